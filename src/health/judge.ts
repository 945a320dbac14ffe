/** Snapshot → SessionHealth: the health table, the budgets of trouble and the overall rule. Pure; time is the snapshot's. */
import type { Pod, Snapshot } from '../cluster/types.js'
import { workerLabel, type Job } from '../session/job.js'
import { troubleOf } from './cause.js'
import { viewsOf, type JobView } from './index-snapshot.js'
import { phaseOf, trueCondition, type PhaseResult } from './phase.js'
import { defaultBudgets, likelyGraceMs, type Budgets } from './reasons.js'
import { timeOf, type Trouble } from './trouble.js'
import type { Cause, Health, JobHealth, JobReason, Phase, SessionHealth, SessionReason } from './types.js'

/** How strictly a snapshot is judged. */
export interface JudgeOptions {
  /** A Job that has not started is a WARN. Default true. */
  warnOnPending?: boolean
  /** A Job whose phase is not known is an ERROR, else a WARN. Default true. */
  unknownAsError?: boolean
  /** No Job at all is OK. Default false: a WARN. */
  allowEmpty?: boolean
  /** Budgets that differ from `defaultBudgets`, in ms. */
  budgets?: Partial<Budgets>
}

interface Judging {
  warnOnPending: boolean
  unknownAsError: boolean
  budgets: Budgets
  /** Milliseconds since the epoch. */
  now: number
}

/** Judges a session by what one snapshot shows. Throws nothing; what could not be read is in the snapshot's `errors`. */
export function judgeSnapshot(snapshot: Snapshot, options: JudgeOptions = {}): SessionHealth {
  const judging: Judging = {
    warnOnPending: options.warnOnPending ?? true,
    unknownAsError: options.unknownAsError ?? true,
    budgets: { ...defaultBudgets, ...options.budgets },
    now: timeOf(snapshot.takenAt),
  }
  const jobs = viewsOf(snapshot).map((view) => judgeJob(view, judging))
  const reasons: SessionReason[] = []
  if (jobs.length === 0 && !options.allowEmpty) reasons.push('no_jobs')
  if (snapshot.errors.length > 0) reasons.push('read_errors')
  return {
    namespace: snapshot.namespace,
    selector: snapshot.selector,
    overallHealth: worst([reasons.length > 0 ? 'WARN' : 'OK', ...jobs.map((job) => job.health)]),
    reasons,
    timestamp: snapshot.takenAt,
    jobs,
    errors: [...snapshot.errors],
  }
}

/** The worst of some healths; OK for none. */
export function worst(healths: readonly Health[]): Health {
  return healths.includes('ERROR') ? 'ERROR' : healths.includes('WARN') ? 'WARN' : 'OK'
}

function judgeJob(view: JobView, judging: Judging): JobHealth {
  const { job, pods } = view
  const decided = phaseOf(job, pods)
  const trouble = troubleOf(view, decided.phase)
  const retries = retriesOf(job, pods, decided.phase)
  return {
    ...identityOf(job),
    phase: decided.phase,
    ...verdict({ job, decided, trouble, retries }, judging),
    cause: trouble?.cause ?? null,
    condition: conditionOf(decided),
    retries,
    ...countsOf(job),
    startTime: job.status?.startTime ?? null,
    // Only success has a completionTime; a failed Job ends when its condition turned true.
    endTime: job.status?.completionTime ?? trueCondition(job, 'Failed', 'Complete')?.lastTransitionTime ?? null,
    labels: { ...job.metadata.labels },
  }
}

function identityOf({ metadata }: Job): Pick<JobHealth, 'jobName' | 'namespace' | 'uid' | 'workerId'> {
  return {
    jobName: metadata.name,
    namespace: metadata.namespace ?? 'default',
    uid: metadata.uid ?? null,
    workerId: metadata.labels?.[workerLabel] ?? null,
  }
}

function countsOf({ spec, status }: Job): Pick<JobHealth, 'succeeded' | 'failed' | 'active' | 'completions'> {
  const { succeeded = 0, failed = 0, active = 0 } = status ?? {}
  return { succeeded, failed, active, completions: spec.completions ?? 1 }
}

function conditionOf({ condition }: PhaseResult): JobHealth['condition'] {
  if (condition === null) return null
  const { type, reason = '', message = '', lastTransitionTime: since = null } = condition
  return { type, reason, message, since }
}

interface Evidence {
  job: Job
  decided: PhaseResult
  trouble: Trouble | null
  retries: number
}

/** Health and reasons by the table; trouble that stands in the way now makes it a WARN, and an ERROR past its budget. */
function verdict(
  { job, decided, trouble, retries }: Evidence,
  judging: Judging,
): Pick<JobHealth, 'health' | 'reasons'> {
  const found = phaseReasons(job, decided, judging)
  if (job.metadata.deletionTimestamp && !['SUCCEEDED', 'FAILED'].includes(decided.phase))
    found.push(['deleting', 'WARN'])
  if (trouble?.current)
    found.push([trouble.cause.class, trouble.outlived ? 'WARN' : troubleHealth(trouble.cause, judging)])
  if (retries > 0) found.push(['retried', 'OK'])
  return { health: worst(found.map(([, health]) => health)), reasons: found.map(([reason]) => reason) }
}

function phaseReasons(job: Job, { phase }: PhaseResult, judging: Judging): [JobReason, Health][] {
  switch (phase) {
    case 'FAILED':
      return [['job_failed', 'ERROR']]
    case 'UNKNOWN':
      return [['unknown_phase', judging.unknownAsError ? 'ERROR' : 'WARN']]
    case 'PENDING': {
      const pending: [JobReason, Health] = ['pending', judging.warnOnPending ? 'WARN' : 'OK']
      return job.spec.suspend === true ? [pending, ['suspended', 'OK']] : [pending]
    }
    case 'SUCCEEDED':
      return job.status?.failedIndexes ? [['failed_indexes', 'WARN']] : []
    case 'RUNNING':
      return []
  }
}

/** Waiting in a queue is no trouble of its own: `pending` says it. */
function troubleHealth(cause: Cause, { budgets, now }: Judging): Health {
  if (cause.class === 'queue' && cause.certainty === 'possible') return 'OK'
  if (cause.certainty === 'definite') return 'ERROR'
  const budget = cause.certainty === 'likely' ? Math.min(likelyGraceMs, budgets[cause.class]) : budgets[cause.class]
  const since = timeOf(cause.since)
  const age = since === 0 ? 0 : Math.max(0, now - since)
  return age >= budget ? 'ERROR' : 'WARN'
}

/** Failed pods, as the Job counts them or as they are still there, and restarts of containers. */
function retriesOf(job: Job, pods: readonly Pod[], phase: Phase): number {
  const failed = pods.filter((pod) => pod.status?.phase === 'Failed').length
  const restarts = pods
    .flatMap((pod) => [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])])
    .reduce((sum, container) => sum + (container.restartCount ?? 0), 0)
  const failures = Math.max(failed, job.status?.failed ?? 0)
  return Math.max(0, failures - (phase === 'FAILED' ? 1 : 0)) + restarts
}
