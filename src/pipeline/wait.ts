/** Follows Jobs to their end. */
import { ArbError } from '../base/errors.js'
import { count } from '../base/text.js'
import { takeSnapshot } from '../cluster/snapshot.js'
import type { Reader } from '../cluster/types.js'
import { followJobs } from '../cluster/watch-jobs.js'
import { judgeSnapshot } from '../health/judge.js'
import { isOver } from '../health/vanished.js'
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

/** How a wait ended. `stuck`: what is not over yet will not get anywhere by itself, as its pods can never start. */
export interface WaitEnd {
  end: 'done' | 'stuck' | 'timeout'
  total: number
  open: string[]
  /** Every Job as it was last seen, those that are gone meanwhile included. */
  seen: Job[]
}

/** Waits until every Job has ended, or those that have not are judged ERROR, or the time is up. */
export async function waitForJobs(reader: Reader, options: WaitOptions): Promise<WaitEnd> {
  const { namespace, selector, intervalMs, signal, timeoutMs } = options
  const limit = AbortSignal.timeout(timeoutMs)
  const either = AbortSignal.any([signal, limit])
  const seen = new Map<string, Job>()
  let jobs: Job[] = []
  const ended = (end: WaitEnd['end']): WaitEnd => ({
    end,
    total: jobs.length,
    open: openNames(jobs),
    seen: [...seen.values()],
  })
  try {
    const until = (current: Job[]): boolean => current.every(isOver)
    for await (const update of followJobs(reader, { namespace, selector, intervalMs, until, signal: either })) {
      jobs = update.jobs
      for (const job of jobs) seen.set(job.metadata.name, job)
      const open = openNames(jobs)
      await options.onProgress?.({ ended: jobs.length - open.length, total: jobs.length })
      if (open.length === 0 && update.confirmed) break
      if (!update.changed && (await stuck(reader, open, { ...options, signal: either }))) return ended('stuck')
    }
  } catch (error) {
    if (signal.aborted || !limit.aborted) throw error
    return ended('timeout')
  }
  return ended('done')
}

/** The error of a wait that ran out of time. */
export function waitTimedOut({ open, total }: WaitEnd, timeout: string): ArbError {
  return new ArbError({
    code: 'ARB_TIMEOUT',
    message:
      total === 0
        ? `no Job was seen within ${timeout}`
        : `${open.length} of ${count(total, 'Job')} had not ended after ${timeout}: ${open.slice(0, 5).join(', ')}${open.length > 5 ? ', …' : ''}`,
    hints: ['Give a longer --timeout, or look at them with: arbk8s jobs watch --once'],
    details: { open },
  })
}

function openNames(jobs: Job[]): string[] {
  return jobs.filter((job) => !isOver(job)).map((job) => job.metadata.name)
}

/** A look that fails says nothing: whether the cluster is out of reach is for `followJobs` to say. */
async function stuck(reader: Reader, open: string[], options: WaitOptions): Promise<boolean> {
  if (open.length === 0) return false
  const look = takeSnapshot(reader, { ...options, maxLogLines: 0, eventsLimit: Infinity })
  const snapshot = await look.catch(() => options.signal.throwIfAborted())
  if (!snapshot) return false
  const judged = judgeSnapshot(snapshot).jobs.filter(({ jobName }) => open.includes(jobName))
  return judged.length > 0 && judged.every((job) => job.health === 'ERROR')
}
