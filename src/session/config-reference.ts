/** The reference page and the JSON Schemas of a session's config, made from the table of keys. */
import { configKeys, k8sConfigKeys, orchestratorConfigKeys } from './config-keys.js'
import { objectSchema, typeInWords, type ConfigKey } from './config-types.js'
import { templateNames } from './job-template.js'

/** `docs/reference/session-config.md`. */
export function sessionConfigReference(): string {
  return [
    '# Session config',
    '',
    'Generated from the code by `npm run generate`.',
    '',
    '`arbk8s jobs gen` reads the k8s config (`--k8s-config`) and, where it is given, the orchestrator config',
    '(`--orchestrator-config`). The orchestrator config’s `total_iterations` and `workers` override the other’s; its other keys',
    'fill what the k8s config leaves out, and where both say something else the k8s config is used and a warning names both',
    'lines. An unknown key or a wrong type is an error with file and line. Keys marked with `o` may stand in both files,',
    'those marked with `O` in the orchestrator config alone.',
    '',
    '| key | | what it may be | standard | what it is |',
    '|---|---|---|---|---|',
    ...configKeys.flatMap((key) => [row(key), ...innerRows(key)]),
    '',
    '## Placeholders',
    '',
    `\`command\` and \`args\` may have ${templateNames.map((name) => `\`{{${name}}}\``).join(', ')}.`,
    '`{{index}}` counts from 0, `{{output_csv}}` is the worker’s own file.',
    '',
    '## Layouts',
    '',
    '`per-worker` makes one Job per worker, `worker-1` first. `indexed` makes one Indexed Job with as many completions as workers',
    '(Kubernetes 1.24 and later), for sessions of thousands of workers. Kubernetes counts its indexes from 0, and so do the',
    'worker ids there: `worker-0` first. Each container has `JOB_COMPLETION_INDEX`, `TOTAL_ITERATIONS` and `WORKERS`, and works out',
    'its share as `TOTAL_ITERATIONS div WORKERS`, and one more where `JOB_COMPLETION_INDEX` is less than `TOTAL_ITERATIONS mod WORKERS`.',
    'The standard arguments carry them as `--total-iterations`, `--workers` and `--worker-index` instead of `--iterations`;',
    '`{{iterations}}` can be used where every worker gets the same number.',
    '',
    '## Secrets',
    '',
    'A variable or option whose name looks like a secret (`DB_PASSWORD`, `--api-key`) with its value written out is refused.',
    'Put the value into a Secret and name it:',
    '',
    '```yaml',
    'secret_env:',
    '  DB_PASSWORD: { name: my-secret, key: db-password }',
    '```',
  ].join('\n')
}

const marks = { own: '', both: '`o`', only: '`O`' }

function row(key: ConfigKey, prefix = ''): string {
  const mark = key.orchestrator === 'only' ? marks.only : key.orchestrator ? marks.both : marks.own
  const standard = key.required ? '**required**' : (key.standard ?? '')
  const type = key.type.is === 'object' ? 'a mapping' : typeInWords(key.type)
  return `| \`${prefix}${key.name}\` | ${mark} | ${type} | ${standard} | ${key.description} |`
}

function innerRows({ name, type }: ConfigKey): string[] {
  if (type.is === 'object') return type.keys.map((inner) => row(inner, `${name}.`))
  if (type.is === 'map' && type.of.is === 'object') return type.of.keys.map((inner) => row(inner, `${name}.NAME.`))
  return []
}

/** JSON Schema (draft 2020-12) of the k8s config. What the orchestrator config may fill in is not required here. */
export function k8sConfigSchema(): Record<string, unknown> {
  const keys = k8sConfigKeys.map((key): ConfigKey => (key.orchestrator ? { ...key, required: false } : key))
  return { $schema: draft, title: 'arbk8s k8s config', ...objectSchema(keys) }
}

/** JSON Schema (draft 2020-12) of the orchestrator config. */
export function orchestratorConfigSchema(): Record<string, unknown> {
  return { $schema: draft, title: 'arbk8s orchestrator config', ...objectSchema(orchestratorConfigKeys) }
}

const draft = 'https://json-schema.org/draft/2020-12/schema'
