/** How long Jobs took, from the records that saw them; spread per worker. */
import type { HistoryRecord } from '@arbk8s/plugin-kit'

/** One Job as it was last seen. */
export interface JobRun {
  jobName: string
  workerId: string | null
  phase: string
  /** Seconds from start to end, or so far; null where it had not started. */
  seconds: number | null
  retries: number
}

export interface Spread {
  count: number
  min: number
  q1: number
  median: number
  q3: number
  max: number
}

export interface WorkerSpread extends Spread {
  worker: string
}

/** Jobs by uid, or by name where the uid is not known, each as its newest record has it. */
export type JobRuns = Map<string, JobRun>

/** Adds the Jobs of the next newer record. */
export function addJobs(runs: JobRuns, record: HistoryRecord): void {
  for (const job of record.jobs ?? []) {
    runs.set(job.uid ?? `${record.namespace}/${job.job_name}`, {
      jobName: job.job_name,
      workerId: job.worker_id,
      phase: job.phase,
      seconds: job.duration_seconds,
      retries: job.retries,
    })
  }
}

/** Spread of the durations of Jobs that succeeded, per worker, the slowest median first. */
export function workerSpreads(runs: Iterable<JobRun>): WorkerSpread[] {
  const seconds = new Map<string, number[]>()
  for (const run of runs) {
    if (run.phase !== 'SUCCEEDED' || run.seconds === null) continue
    const worker = run.workerId ?? run.jobName
    const known = seconds.get(worker)
    if (known) known.push(run.seconds)
    else seconds.set(worker, [run.seconds])
  }
  const spreads = [...seconds].map(([worker, values]) => ({ worker, ...spreadOf(values) }))
  return spreads.sort((a, b) => b.median - a.median || a.worker.localeCompare(b.worker))
}

/** Quartiles by linear interpolation. The list must not be empty. */
export function spreadOf(values: number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => {
    const place = share * (sorted.length - 1)
    const low = sorted[Math.floor(place)]!
    return low + (sorted[Math.ceil(place)]! - low) * (place % 1)
  }
  return { count: sorted.length, min: at(0), q1: at(0.25), median: at(0.5), q3: at(0.75), max: at(1) }
}
