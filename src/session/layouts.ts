/** The two layouts: one Job per worker, or one Indexed Job whose workers find their share by their index. */
import { ArbError } from '../base/errors.js'
import type { JobPlan } from './build-job.js'
import type { EnvVar } from './job.js'
import type { TemplateValues } from './job-template.js'
import { indexedWorkerId, jobName } from './names.js'
import type { Session } from './session.js'
import type { Share } from './shares.js'

/** Jobs of a session with a Job per worker; more are better served by one Indexed Job. */
export const maxJobs = 10_000
/** The API server's own limit for an Indexed Job. */
export const maxIndexes = 100_000

const indexVariable = 'JOB_COMPLETION_INDEX'
const indexAnnotation = "metadata.annotations['batch.kubernetes.io/job-completion-index']"
/** Indexes count from 0, and so do the worker ids of this layout. */
const indexedWorker = `worker-$(${indexVariable})`

/** The Jobs to be built, in order. */
export function plansOf(session: Session, shares: Share[], createdAt: string): JobPlan[] {
  const most = session.layout === 'indexed' ? maxIndexes : maxJobs
  if (shares.length > most) {
    throw new ArbError({
      code: 'ARB_SESSION_INVALID',
      message: `${shares.length} workers are more than the ${most} that the ${session.layout} layout allows`,
      hints: [session.layout === 'indexed' ? 'Split the session.' : 'Use layout: indexed, or fewer workers.'],
    })
  }
  if (session.layout === 'indexed') return [indexedPlan(session, shares, createdAt)]
  return shares.map((share) => workerPlan(session, share, createdAt))
}

function workerPlan(session: Session, { index, workerId, iterations }: Share, createdAt: string): JobPlan {
  return {
    name: jobName({ prefix: session.namePrefix, sessionId: session.sessionId, workerId, index }),
    workerId,
    createdAt,
    args: session.args ?? standardArgs(['--iterations', '{{iterations}}']),
    values: valuesOf(session, { workerId, index: String(index), iterations: String(iterations) }),
    env: standardEnv(session, [{ name: 'WORKER_ID', value: workerId }]),
    spec: {},
  }
}

function indexedPlan(session: Session, shares: Share[], createdAt: string): JobPlan {
  const workers = shares.length
  const even = session.totalIterations % workers === 0
  const name = jobName({
    prefix: session.namePrefix,
    sessionId: session.sessionId,
    workerId: indexedWorkerId,
    index: 0,
    reserve: `-${workers - 1}`.length,
  })
  return {
    name,
    workerId: indexedWorkerId,
    createdAt,
    args:
      session.args ??
      standardArgs([
        '--total-iterations',
        String(session.totalIterations),
        '--workers',
        String(workers),
        '--worker-index',
        '{{index}}',
      ]),
    values: valuesOf(session, {
      workerId: indexedWorker,
      index: `$(${indexVariable})`,
      iterations: even ? String(session.totalIterations / workers) : undefined,
    }),
    env: standardEnv(session, [
      // Declared first, since a variable can only be used in those that come after it.
      { name: indexVariable, valueFrom: { fieldRef: { fieldPath: indexAnnotation } } },
      { name: 'WORKER_ID', value: indexedWorker },
      { name: 'TOTAL_ITERATIONS', value: String(session.totalIterations) },
      { name: 'WORKERS', value: String(workers) },
    ]),
    spec: { completionMode: 'Indexed', completions: workers, parallelism: workers },
  }
}

interface WorkerValues {
  workerId: string
  index: string
  iterations: string | undefined
}

function valuesOf(session: Session, { workerId, index, iterations }: WorkerValues): TemplateValues {
  return {
    session_id: session.sessionId,
    worker_id: workerId,
    iterations,
    index,
    config_path: session.configPath,
    optimizer: session.optimizer,
    mode: session.mode,
    env: session.env,
    output_csv: outputCsv(session.outputCsv, workerId),
  }
}

/** `outputs/session.csv` → `outputs/session_worker-1.csv` */
function outputCsv(base: string, workerId: string): string {
  const ending = /\.[^./]*$/.exec(base)?.[0] ?? ''
  return `${base.slice(0, base.length - ending.length)}_${workerId}${ending}`
}

/** The original tuning script's arguments; `share` is how the worker is told what to do. */
function standardArgs(share: string[]): string[] {
  const option = (name: string, value: string): string[] => [`--${name}`, `{{${value}}}`]
  return [
    'scripts/run_d24_tuning_session.py',
    ...option('config', 'config_path'),
    ...share,
    ...option('mode', 'mode'),
    ...option('env', 'env'),
    ...option('optimizer', 'optimizer'),
    ...option('session-id', 'session_id'),
    ...option('worker-id', 'worker_id'),
    ...option('output-csv', 'output_csv'),
  ]
}

function standardEnv(session: Session, worker: EnvVar[]): EnvVar[] {
  return [
    { name: 'APP_ENV', value: session.env },
    { name: 'REDIS_HOST', value: 'arbitrage-redis' },
    { name: 'REDIS_PORT', value: '6379' },
    { name: 'SESSION_ID', value: session.sessionId },
    ...worker,
    { name: 'MODE', value: session.mode },
  ]
}
