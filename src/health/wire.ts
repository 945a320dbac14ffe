/** SessionHealth as JSON in the original tool's snake_case, and as an exit code. */
import { exitCodes } from '../base/errors.js'
import { timeOf } from './trouble.js'
import type {
  Cause,
  Certainty,
  Health,
  JobHealth,
  JobReason,
  Phase,
  SessionHealth,
  SessionReason,
  TroubleClass,
} from './types.js'

/** Why a Job is not simply fine, and what to do. */
export interface WireCause {
  class: TroubleClass
  certainty: Certainty
  reason: string
  message: string
  pod: string | null
  container: string | null
  exit_code: number | null
  signal: number | null
  since: string | null
  fix: string
}

/** One Job; the first nine fields are the original's. */
export interface WireJobHealth {
  job_name: string
  namespace: string
  phase: Phase
  health: Health
  reasons: JobReason[]
  succeeded: number
  failed: number
  active: number
  labels: Record<string, string>
  completions: number
  retries: number
  worker_id: string | null
  uid: string | null
  start_time: string | null
  end_time: string | null
  /** Seconds from start to end, or to the judgement for a Job that runs; null before the start. */
  duration_seconds: number | null
  cause: WireCause | null
  condition: { type: string; reason: string; message: string; since: string | null } | null
}

/** What `health:check --json` prints. */
export interface WireHealth {
  namespace: string
  selector: string
  overall_health: Health
  timestamp: string
  jobs_health: WireJobHealth[]
  errors: string[]
  reasons: SessionReason[]
}

/** The JSON form of a judgement. */
export function healthToWire(health: SessionHealth): WireHealth {
  return {
    namespace: health.namespace,
    selector: health.selector,
    overall_health: health.overallHealth,
    timestamp: health.timestamp,
    jobs_health: health.jobs.map((job) => jobToWire(job, health.timestamp)),
    errors: health.errors,
    reasons: health.reasons,
  }
}

function jobToWire(job: JobHealth, now: string): WireJobHealth {
  return {
    job_name: job.jobName,
    namespace: job.namespace,
    phase: job.phase,
    health: job.health,
    reasons: job.reasons,
    succeeded: job.succeeded,
    failed: job.failed,
    active: job.active,
    labels: job.labels,
    completions: job.completions,
    retries: job.retries,
    worker_id: job.workerId,
    uid: job.uid,
    start_time: job.startTime,
    end_time: job.endTime,
    duration_seconds: durationSeconds(job, now),
    cause: job.cause && causeToWire(job.cause),
    condition: job.condition,
  }
}

function causeToWire({ exitCode, ...cause }: Cause): WireCause {
  return { ...cause, exit_code: exitCode }
}

/** Seconds from a Job's start to its end, or to `now` (RFC 3339) where it has not ended; null before the start. */
export function durationSeconds(job: Pick<JobHealth, 'startTime' | 'endTime'>, now: string): number | null {
  const start = timeOf(job.startTime)
  const end = timeOf(job.endTime ?? now)
  return start === 0 || end === 0 ? null : Math.max(0, (end - start) / 1000)
}

/** 0 for OK, 2 for ERROR; a WARN is 0, or 1 where it is taken strictly. */
export function healthExitCode(health: Health, { strict = false } = {}): number {
  if (health === 'ERROR') return exitCodes.unhealthy
  return health === 'WARN' && strict ? exitCodes.findings : exitCodes.ok
}
