/** Follows Jobs to their end. */
import { ArbError } from '../base/errors.js'
import { count } from '../base/text.js'
import { takeSnapshot } from '../cluster/snapshot.js'
import type { Reader } from '../cluster/types.js'
import { followJobs } from '../cluster/watch-jobs.js'
import { judgeSnapshot } from '../health/judge.js'
import { phaseOf } from '../health/phase.js'
import type { Job } from '../session/job.js'

/** Which Jobs are waited for, and how long. */
export interface WaitOptions {
  namespace: string
  selector: string
  /** The longest wait in all, ms. */
  timeoutMs: number
  /** How often Jobs that do not start are looked at, ms. */
  intervalMs: number
  /** The clock. */
  now: () => Date
  signal: AbortSignal
  /** Called at each change. */
  onProgress?: ((progress: { ended: number; total: number }) => void | Promise<void>) | undefined
}

/** `stuck`: what is not over yet will not get anywhere by itself, as its pods can never start. */
export type WaitEnd = { end: 'done' | 'stuck' | 'timeout'; total: number; open: string[] }

/** Waits until every Job has ended, or those that have not are judged ERROR, or the time is up. */
export async function waitForJobs(reader: Reader, options: WaitOptions): Promise<WaitEnd> {
  const { namespace, selector, intervalMs, signal, timeoutMs } = options
  const limit = AbortSignal.timeout(timeoutMs)
  let jobs: Job[] = []
  try {
    const until = (current: Job[]): boolean => current.every(isOver)
    for await (const update of followJobs(reader, {
      namespace,
      selector,
      intervalMs,
      until,
      signal: AbortSignal.any([signal, limit]),
    })) {
      jobs = update.jobs
      const open = openNames(jobs)
      await options.onProgress?.({ ended: jobs.length - open.length, total: jobs.length })
      if (open.length === 0 && update.confirmed) break
      if (!update.changed && (await stuck(reader, open, options))) return { end: 'stuck', total: jobs.length, open }
    }
  } catch (error) {
    if (signal.aborted || !limit.aborted) throw error
    return { end: 'timeout', total: jobs.length, open: openNames(jobs) }
  }
  return { end: 'done', total: jobs.length, open: [] }
}

/** The error of a wait that ran out of time. */
export function waitTimedOut({ open, total }: WaitEnd, timeout: string): ArbError {
  return new ArbError({
    code: 'ARB_TIMEOUT',
    message: `${open.length} of ${count(total, 'Job')} had not ended after ${timeout}: ${open.slice(0, 5).join(', ')}${open.length > 5 ? ', …' : ''}`,
    hints: ['Give a longer --timeout, or look at them with: arbk8s jobs watch --once'],
    details: { open },
  })
}

function isOver(job: Job): boolean {
  const { phase } = phaseOf(job, [])
  return phase === 'SUCCEEDED' || phase === 'FAILED'
}

function openNames(jobs: Job[]): string[] {
  return jobs.filter((job) => !isOver(job)).map((job) => job.metadata.name)
}

async function stuck(reader: Reader, open: string[], options: WaitOptions): Promise<boolean> {
  if (open.length === 0) return false
  const snapshot = await takeSnapshot(reader, { ...options, maxLogLines: 0, eventsLimit: Infinity })
  const health = judgeSnapshot(snapshot)
  const judged = health.jobs.filter(({ jobName }) => open.includes(jobName))
  return judged.length > 0 && judged.every((job) => job.health === 'ERROR')
}
