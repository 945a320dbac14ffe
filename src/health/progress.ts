/** Progress and time to go of a session, from what its Jobs have really done. */
import { timeOf } from './trouble.js'
import type { JobHealth, Phase } from './types.js'

/** How far a session is. */
export interface Progress {
  /** Completions that succeeded. */
  done: number
  /** Completions wanted in all. */
  total: number
  /** Completions that never come, since their Job failed. */
  lost: number
  jobs: Record<Phase, number>
  /** Milliseconds to the expected end; null where nothing measured tells. */
  etaMs: number | null
}

/** Sums up the Jobs; `now` is RFC 3339. */
export function progressOf(jobs: readonly JobHealth[], now: string): Progress {
  const progress: Progress = {
    done: 0,
    total: 0,
    lost: 0,
    jobs: { SUCCEEDED: 0, FAILED: 0, RUNNING: 0, PENDING: 0, UNKNOWN: 0 },
    etaMs: etaOf(jobs, timeOf(now)),
  }
  for (const job of jobs) {
    const done = job.phase === 'SUCCEEDED' ? job.completions : Math.min(job.succeeded, job.completions)
    progress.jobs[job.phase]++
    progress.total += job.completions
    progress.done += done
    if (job.phase === 'FAILED') progress.lost += job.completions - done
  }
  return progress
}

/** True when no Job can go on: each one has succeeded or failed for good. No Job at all is not an end. */
export function allEnded(jobs: readonly JobHealth[]): boolean {
  return jobs.length > 0 && jobs.every(({ phase }) => phase === 'SUCCEEDED' || phase === 'FAILED')
}

/**
 * Running Jobs are expected to take as long as the median of those that succeeded, and Jobs of many completions as
 * their own rate says. Jobs that wait are taken to run in waves of as many as run now.
 */
function etaOf(jobs: readonly JobHealth[], now: number): number | null {
  const running = jobs.filter((job) => job.phase === 'RUNNING')
  const waiting = jobs.filter((job) => job.phase === 'PENDING')
  if (running.length === 0) return null
  const typical = median(jobs.filter((job) => job.phase === 'SUCCEEDED').map((job) => spanOf(job, timeOf(job.endTime))))
  const left = running.map((job) => timeLeft(job, typical, now))
  if (left.includes(null) || (waiting.length > 0 && typical === null)) return null
  const waves = Math.ceil(waiting.length / running.length)
  const eta = Math.max(...(left as number[])) + waves * (typical ?? 0)
  return eta > 0 ? eta : null
}

function timeLeft(job: JobHealth, typical: number | null, now: number): number | null {
  const age = spanOf(job, now)
  if (age === null) return null
  if (job.completions > 1) return job.succeeded === 0 ? null : (age / job.succeeded) * (job.completions - job.succeeded)
  return typical === null ? null : Math.max(0, typical - age)
}

function spanOf(job: JobHealth, end: number): number | null {
  const start = timeOf(job.startTime)
  return start === 0 || end === 0 ? null : Math.max(0, end - start)
}

function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b)
  if (known.length === 0) return null
  const middle = Math.floor(known.length / 2)
  return known.length % 2 ? known[middle]! : (known[middle - 1]! + known[middle]!) / 2
}
