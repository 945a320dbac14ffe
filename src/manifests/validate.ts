/** Manifests in, findings out: the three levels over every document, then the Jobs as a whole. */
import { cleanLine } from '../base/text.js'
import type { Job } from '../session/job.js'
import { sumResources } from '../session/quantity.js'
import type { Finding } from './finding.js'
import { pathText, type FieldPath, type Position, type Problem } from './path.js'
import type { ManifestSource } from './read.js'
import { jobRules } from './rules/catalogue.js'
import { fieldsOf, listOf, numberOf, viewJob, type Fields } from './rules/job-view.js'
import { checkSchema } from './schema/check.js'
import { kubeMinor } from './schema/kube-version.js'
import { documentReader, type ParsedDocument } from './yaml-document.js'

/** How strictly, and against which Kubernetes version. */
export interface ValidateOptions {
  /** Warnings count as errors. */
  strict?: boolean
  /** `1.31`, `v1.31` or `1.31.2`; the newest known version by default. */
  kubeVersion?: string
  signal?: AbortSignal
}

/** One document of one file. */
export interface ValidatedManifest {
  file: string
  /** 0-based index in its file. */
  document: number
  line: number
  name: string | null
  namespace: string | null
  valid: boolean
  errors: number
  warnings: number
  /** The object as it was read, for Jobs without errors. */
  job: Job | null
}

/** Counts over all manifests. */
export interface ValidationSummary {
  files: number
  total: number
  valid: number
  invalid: number
  errors: number
  warnings: number
  namespaces: string[]
}

/** What validation found. */
export interface ValidationResult {
  /** `1.31`. */
  kubeVersion: string
  strict: boolean
  manifests: ValidatedManifest[]
  /** By file, document and place. */
  findings: Finding[]
  summary: ValidationSummary
  /** The sum over all valid Jobs and their parallel pods, per resource. */
  requests: Record<string, string>
}

interface Run {
  minor: number
  strict: boolean
  manifests: ValidatedManifest[]
  findings: Finding[]
  /** Where a namespace and name was seen first. */
  names: Map<string, string>
  files: number
}

/** Validates every document of the sources. Invalid manifests are findings; throws only for what cannot be read. */
export async function validateManifests(
  sources: AsyncIterable<ManifestSource> | Iterable<ManifestSource>,
  { strict = false, kubeVersion, signal }: ValidateOptions = {},
): Promise<ValidationResult> {
  const minor = kubeMinor(kubeVersion)
  const run: Run = { minor, strict, manifests: [], findings: [], names: new Map(), files: 0 }
  const read = await documentReader()
  for await (const source of sources) {
    signal?.throwIfAborted()
    run.files++
    if (source.problem) addUnreadable(run, source.file, source.problem)
    for (const document of read(source.text)) addDocument(run, source.file, document)
  }
  return { kubeVersion: `1.${minor}`, strict, manifests: run.manifests, findings: run.findings, ...totals(run) }
}

function addUnreadable(run: Run, file: string, problem: Problem): void {
  const document: ParsedDocument = {
    index: 0,
    line: 1,
    value: undefined,
    problems: [problem],
    locate: () => ({ line: 1, column: 1 }),
  }
  addDocument(run, file, document)
}

function addDocument(run: Run, file: string, document: ParsedDocument): void {
  const value = fieldsOf(document.value)
  const metadata = fieldsOf(value.metadata)
  const name = nameOf(metadata.name)
  const namespace = nameOf(metadata.namespace)
  const problems = [
    ...document.problems,
    ...objectProblems(document.value, run.minor),
    ...sameName(run, { file, document, value }),
  ]
  const findings = problems
    .map((problem) => toFinding(problem, { run, file, document, name }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
  const errors = findings.filter((finding) => finding.severity === 'error').length
  run.findings.push(...findings)
  run.manifests.push({
    file,
    document: document.index,
    line: document.line,
    name,
    namespace,
    valid: errors === 0,
    errors,
    warnings: findings.length - errors,
    job: errors === 0 ? (document.value as Job) : null,
  })
}

/** Levels 2 and 3 over one value; nothing for a document that could not be read. */
export function objectProblems(value: unknown, minor: number): Problem[] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [notAnObject]
  const object = value as Fields
  const wrongKind = kindProblem(object)
  if (wrongKind) return [wrongKind]
  const problems = [...versionProblem(object), ...checkSchema(object, 'Job', minor)]
  const job = viewJob(object)
  for (const { id: rule, level, severity, fix, check } of jobRules) {
    check({
      job,
      minor,
      report: (path, message, more = {}) => problems.push({ rule, level, severity, fix, path, message, ...more }),
    })
  }
  return problems
}

const notAnObject: Problem = {
  rule: 'schema/manifest',
  level: 2,
  severity: 'error',
  path: [],
  message: 'the document is not a mapping',
  fix: 'Begin with apiVersion: batch/v1, kind: Job, metadata and spec.',
}

function kindProblem({ kind }: Fields): Problem | undefined {
  if (kind === 'Job') return undefined
  const missing = kind === undefined || kind === null
  const found = typeof kind === 'string' ? cleanLine(kind) : 'something else'
  return {
    rule: 'schema/kind',
    level: 2,
    severity: 'error',
    path: ['kind'],
    message: missing ? 'kind is missing' : `kind is ${found}, not Job`,
    fix: missing ? 'Add kind: Job.' : 'Keep manifests of other kinds in another folder.',
  }
}

function versionProblem({ apiVersion }: Fields): Problem[] {
  if (apiVersion === 'batch/v1') return []
  const missing = apiVersion === undefined || apiVersion === null
  const found = typeof apiVersion === 'string' ? `"${cleanLine(apiVersion)}"` : 'no text'
  return [
    {
      rule: 'schema/api-version',
      level: 2,
      severity: 'error',
      path: ['apiVersion'],
      message: missing ? 'apiVersion is missing' : `apiVersion is ${found}, not batch/v1`,
      fix: 'Write apiVersion: batch/v1.',
    },
  ]
}

interface Place {
  file: string
  document: ParsedDocument
  value: Fields
}

function sameName(run: Run, { file, document, value }: Place): Problem[] {
  const { name, namespace } = fieldsOf(value.metadata)
  if (value.kind !== 'Job' || typeof name !== 'string') return []
  const key = `${typeof namespace === 'string' ? namespace : ''}/${name}`
  const first = run.names.get(key)
  if (first === undefined) {
    run.names.set(key, `${file}:${document.locate(['metadata', 'name']).line}`)
    return []
  }
  return [
    {
      rule: 'session/duplicate-name',
      level: 3,
      severity: 'error',
      path: ['metadata', 'name'],
      message: `the name ${cleanLine(name)} is already used at ${first}`,
      fix: 'Rename one of the two; the second would overwrite the first.',
    },
  ]
}

interface Found {
  run: Run
  file: string
  document: ParsedDocument
  name: string | null
}

function toFinding(problem: Problem, { run, file, document, name }: Found): Finding {
  const { line, column }: Position = problem.position ?? document.locate(problem.path as FieldPath, problem.at)
  return {
    file,
    line,
    column,
    document: document.index,
    rule: problem.rule,
    level: problem.level,
    severity: run.strict ? 'error' : problem.severity,
    path: pathText(problem.path),
    job: name,
    message: problem.message,
    fix: problem.fix,
  }
}

function nameOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? cleanLine(value) : null
}

function totals({ manifests, findings, files }: Run): Pick<ValidationResult, 'summary' | 'requests'> {
  const valid = manifests.filter((manifest) => manifest.valid)
  const errors = findings.filter((finding) => finding.severity === 'error').length
  const namespaces = manifests.flatMap(({ namespace }) => (namespace === null ? [] : [namespace]))
  return {
    summary: {
      files,
      total: manifests.length,
      valid: valid.length,
      invalid: manifests.length - valid.length,
      errors,
      warnings: findings.length - errors,
      namespaces: [...new Set(namespaces)].sort(),
    },
    requests: sumResources(valid.flatMap(({ job }) => podRequests(job!))),
  }
}

/** A Job's requests count once for every pod that may run at once. */
function podRequests(job: Job): { resources: Record<string, string>; times: number }[] {
  const view = viewJob(job as unknown as Fields)
  const times = numberOf(view.spec.parallelism) ?? 1
  return listOf(view.pod.containers).map((container) => ({
    resources: fieldsOf(fieldsOf(fieldsOf(container).resources).requests) as Record<string, string>,
    times,
  }))
}
