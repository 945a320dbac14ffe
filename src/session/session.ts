/** A tuning session, worked out from the k8s config and the orchestrator config. */
import { ArbError } from '../base/errors.js'
import { checkConfig, placeOf, type ConfigDocument } from './config-check.js'
import { configKeys, k8sConfigKeys, orchestratorConfigKeys } from './config-keys.js'
import { typeInWords, type ConfigKey } from './config-types.js'
import type { Resources } from './job.js'
import { defaultNamePrefix } from './names.js'
import { refuseLiteralSecrets } from './secret-literals.js'

/** A key of a Kubernetes Secret. */
export interface SecretRef {
  name: string
  key: string
  optional?: boolean
}

/** Everything that Jobs are made from; config keys in camelCase, standard values filled in. */
export interface Session {
  sessionId: string
  namespace: string
  image: string
  mode: 'paper' | 'shadow' | 'live'
  env: 'docker' | 'local' | 'stage' | 'prod'
  totalIterations: number
  workers: number
  optimizer?: 'grid' | 'random' | 'bayesian'
  configPath?: string
  /** A worker's file is this with `_{worker id}` before the ending. */
  outputCsv: string
  resources?: Resources
  extraEnv: Record<string, string>
  secretEnv: Record<string, SecretRef>
  command: string[]
  /** The standard ones where undefined. */
  args?: string[]
  namePrefix: string
  labels: Record<string, string>
  annotations: Record<string, string>
  backoffLimit: number
  restartPolicy: 'Never' | 'OnFailure'
  activeDeadlineSeconds?: number
  ttlSecondsAfterFinished?: number
  serviceAccountName?: string
  imagePullPolicy?: string
  nodeSelector?: Record<string, string>
  /** As in Kubernetes. */
  tolerations?: Record<string, unknown>[]
  /** As in Kubernetes. */
  podFailurePolicy?: Record<string, unknown>
  suspend?: boolean
  queue?: { local_queue: string; priority_class?: string }
  layout: 'per-worker' | 'indexed'
}

/** The parsed configs of a session; the orchestrator’s is optional. */
export interface SessionInput {
  k8s: ConfigDocument
  orchestrator?: ConfigDocument
}

type Values = Record<string, unknown>

/** Labels that arbk8s sets itself. */
export const ownLabels = ['app', 'session_id', 'worker_id', 'component', 'mode', 'env'] as const
const ownAnnotations = ['description', 'created_at']

/** The session of the configs. Throws an ArbError that names file and line for anything that cannot be used. */
export function sessionOf({ k8s, orchestrator }: SessionInput): { session: Session; warnings: string[] } {
  const own = checkConfig(k8s, k8sConfigKeys)
  const over = orchestrator ? checkConfig(orchestrator, orchestratorConfigKeys) : {}
  const warnings = orchestrator ? differences(k8s, own, orchestrator, over) : []
  const values: Values = { ...over, ...own, ...picked(over, ['total_iterations', 'workers']) }
  requireKeys(k8s, values)
  refuseOwnNames(k8s, values)
  refuseLiteralSecrets(k8s, values)
  return { session: fromValues(values), warnings }
}

function picked(values: Values, names: string[]): Values {
  return Object.fromEntries(names.filter((name) => values[name] !== undefined).map((name) => [name, values[name]]))
}

/** The k8s config wins but for iterations and workers; where the two files disagree, both lines are named. */
function differences(k8s: ConfigDocument, own: Values, orchestrator: ConfigDocument, over: Values): string[] {
  const names = Object.keys(over).filter((name) => own[name] !== undefined && own[name] !== over[name])
  return names.map((name) => {
    const overrides = name === 'total_iterations' || name === 'workers'
    const here = `${placeOf(k8s, [name])} says ${String(own[name])}`
    const there = `${placeOf(orchestrator, [name])} says ${String(over[name])}`
    return `${name}: ${here}, ${there}; ${String(overrides ? over[name] : own[name])} is used`
  })
}

function requireKeys(k8s: ConfigDocument, values: Values): void {
  const needed = (key: ConfigKey): boolean =>
    key.required || ((key.name === 'optimizer' || key.name === 'config_path') && values.args === undefined)
  const missing = configKeys.filter((key) => needed(key) && values[key.name] === undefined)
  if (missing.length === 0) return
  throw new ArbError({
    code: 'ARB_CONFIG_INVALID',
    message: `${k8s.file}: missing: ${missing.map((key) => key.name).join(', ')}`,
    hints: missing.map((key) => `Add ${key.name}: ${key.description} (${typeInWords(key.type)}).`),
    details: { file: k8s.file, missing: missing.map((key) => key.name) },
  })
}

function refuseOwnNames(k8s: ConfigDocument, values: Values): void {
  for (const [key, taken] of [
    ['labels', ownLabels],
    ['annotations', ownAnnotations],
  ] as const) {
    for (const name of Object.keys((values[key] ?? {}) as object)) {
      if (!(taken as readonly string[]).includes(name)) continue
      throw new ArbError({
        code: 'ARB_CONFIG_INVALID',
        message: `${placeOf(k8s, [key, name])}: ${key}.${name}: this name is set by arbk8s`,
        hints: [`Choose another name; arbk8s sets ${taken.join(', ')}.`],
      })
    }
  }
  const both = Object.keys((values.secret_env ?? {}) as object).find((name) =>
    Object.hasOwn((values.extra_env ?? {}) as object, name),
  )
  if (both === undefined) return
  throw new ArbError({
    code: 'ARB_CONFIG_INVALID',
    message: `${placeOf(k8s, ['secret_env', both])}: ${both} stands in both extra_env and secret_env`,
    hints: ['Keep one of them.'],
  })
}

const standards: Values = {
  base_output_csv: 'outputs/d29_k8s_session.csv',
  extra_env: {},
  secret_env: {},
  command: ['python'],
  name_prefix: defaultNamePrefix,
  labels: {},
  annotations: {},
  backoff_limit: 0,
  restart_policy: 'Never',
  layout: 'per-worker',
}

const renamed: Record<string, string> = { k8s_namespace: 'namespace', base_output_csv: 'outputCsv' }

/** snake_case to camelCase, the one way in; the values were checked against the table of keys. */
function fromValues(values: Values): Session {
  const session: Values = {}
  for (const [key, value] of Object.entries({ ...standards, ...values })) {
    const name = renamed[key] ?? key.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase())
    session[name] = value
  }
  return session as unknown as Session
}
