/** The plan as text: what is valid and what is not, what was found, and what each valid Job would run. */
import { maskedArgs, maskedValue } from '../base/secrets.js'
import { clean, cleanLine, count, shorten } from '../base/text.js'
import type { Container, EnvVar, Job } from '../session/job.js'
import type { Finding } from './finding.js'
import type { ValidatedManifest, ValidationResult } from './validate.js'

const shownVariables = 5
const shownArgs = 400

/** The whole plan. Texts from manifests are cleaned, secrets masked. */
export function planText(result: ValidationResult): string {
  const { manifests, findings } = result
  const errors = findings.filter((finding) => finding.severity === 'error')
  const warnings = findings.filter((finding) => finding.severity === 'warning')
  const valid = manifests.filter((manifest) => manifest.valid)
  const sections = [
    summarySection(result),
    section(
      'VALID JOBS',
      valid.map((manifest) => `  ✓ ${label(manifest)}`),
    ),
    section('INVALID JOBS', manifests.filter((manifest) => !manifest.valid).map(invalidLine)),
    section('ERRORS', errors.flatMap(findingLines)),
    section('WARNINGS', warnings.flatMap(findingLines)),
    section(
      'JOBS',
      valid.map(({ job }) => jobText(job!)),
      '\n',
    ),
    section('REQUESTS', resourceLines(result.requests)),
  ]
  return sections.filter((text) => text !== '').join('\n\n')
}

function section(title: string, lines: string[], gap = ''): string {
  return lines.length ? [`[${title}]`, lines.join(`\n${gap}`)].join('\n') : ''
}

function summarySection({ summary, kubeVersion, strict }: ValidationResult): string {
  const { total, valid, invalid, namespaces, errors, warnings, files } = summary
  return section('SUMMARY', [
    `  total:      ${total} in ${count(files, 'file')}`,
    `  valid:      ${valid}`,
    `  invalid:    ${invalid}`,
    `  namespaces: ${namespaces.join(', ') || 'none named'}`,
    `  errors:     ${errors}`,
    `  warnings:   ${warnings}${strict ? ' (counted as errors: --strict)' : ''}`,
    `  checked as: Kubernetes ${kubeVersion}`,
  ])
}

function label({ name, file, line }: ValidatedManifest): string {
  return name === null ? `${place(file)}:${line}` : `${name}  (${place(file)})`
}

function invalidLine(manifest: ValidatedManifest): string {
  return `  ✗ ${label(manifest)}: ${count(manifest.errors, 'error')}`
}

function place(file: string): string {
  return file === '-' ? 'stdin' : cleanLine(file)
}

function findingLines({ file, line, column, rule, path, message, fix }: Finding): string[] {
  const field = path ? `${path}: ` : ''
  return [`  ${place(file)}:${line}:${column}: ${field}${message} [${rule}]`, `      → ${fix}`]
}

function jobText(job: Job): string {
  const { name, namespace, labels } = job.metadata
  const rows: [string, string][] = [
    ['namespace', namespace ?? 'the context’s, or default'],
    ['labels', pairs(labels ?? {})],
    ...parallel(job),
  ]
  const { containers } = job.spec.template.spec
  const lines = [
    `  ${cleanLine(name)}`,
    ...rows.map(row),
    ...containers.flatMap((container) => containerLines(container, containers.length > 1)),
  ]
  return lines.join('\n')
}

function row([title, text]: [string, string]): string {
  return `    ${`${title}:`.padEnd(12)} ${text}`
}

function parallel({ spec }: Job): [string, string][] {
  if ((spec.completions ?? spec.parallelism ?? null) === null) return []
  const mode = spec.completionMode ? `, ${cleanLine(spec.completionMode)}` : ''
  return [['completions', `${spec.completions ?? 1}, ${spec.parallelism ?? 1} at once${mode}`]]
}

function containerLines(container: Container, named: boolean): string[] {
  // A part that is written and empty is null here.
  const [command, args, env] = [container.command ?? [], container.args ?? [], container.env ?? []]
  const resources = container.resources ?? {}
  const title: [string, string][] = named ? [['container', cleanLine(container.name)]] : []
  const rows: [string, string][] = [
    ...title,
    ['image', cleanLine(container.image ?? '')],
    ['command', words(command)],
    ['args', words(args)],
    ['environment', env.length ? count(env.length, 'variable') : 'none'],
  ]
  const more = env.length - shownVariables
  return [
    ...rows.map(row),
    ...env.slice(0, shownVariables).map((entry) => `      ${variable(entry)}`),
    ...(more > 0 ? [`      and ${more} more`] : []),
    row(['requests', pairs(resources.requests ?? {}) || 'none']),
    row(['limits', pairs(resources.limits ?? {}) || 'none']),
  ]
}

function variable({ name, value, valueFrom }: EnvVar): string {
  if (!valueFrom) return `${cleanLine(name)}=${shorten(cleanLine(maskedValue(name, value ?? '')), 120)}`
  const secret = valueFrom.secretKeyRef
  const source = secret
    ? `Secret ${cleanLine(secret.name)}, key ${cleanLine(secret.key)}`
    : Object.keys(valueFrom).map(cleanLine).join(', ')
  return `${cleanLine(name)} from ${source}`
}

function words(texts: string[]): string {
  return (
    shorten(
      maskedArgs(texts)
        .map((text) => quoted(clean(text)))
        .join(' '),
      shownArgs,
    ) || 'none'
  )
}

function quoted(text: string): string {
  return /^[\w@%+=:,./$(){}-]+$/.test(text) ? text : JSON.stringify(text)
}

function pairs(record: Record<string, string>): string {
  return Object.entries(record)
    .map(([name, value]) => `${cleanLine(name)}=${cleanLine(String(value))}`)
    .join(', ')
}

function resourceLines(requests: Record<string, string>): string[] {
  return Object.entries(requests).map(([name, sum]) => `  ${cleanLine(name)}: ${sum}`)
}
