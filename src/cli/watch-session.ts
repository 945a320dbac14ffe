/** A session looked at again and again: each update is one judged snapshot. */
import { isArbError } from '../base/errors.js'
import type { Reader, Snapshot } from '../cluster/types.js'
import { isOver, withVanished } from '../health/vanished.js'
import { judgeSnapshot, type JudgeOptions } from '../health/judge.js'
import type { SessionHealth } from '../health/types.js'
import type { Job } from '../session/job.js'
import { lookAtSession } from './health.js'

export interface WatchOptions {
  namespace: string
  selector: string
  maxLogLines: number
  judge: JudgeOptions
  /** The longest time between two updates, ms. */
  intervalMs: number
  /** Ends when every Job is over, or those that are not can never get anywhere. */
  untilDone: boolean
  signal: AbortSignal
}

export interface WatchUpdate {
  snapshot: Snapshot
  health: SessionHealth
  /** Why the cluster could not be read just now; the snapshot is then the last one. */
  problem: string | null
  /** `done`: every Job is over. `stuck`: the others are judged ERROR and will not start by themselves. */
  end: 'done' | 'stuck' | null
}

/** Updates until the end, or until the signal aborts; the first one comes at once. */
export async function* watchSession(reader: Reader, options: WatchOptions): AsyncGenerator<WatchUpdate> {
  const { followJobs } = await import('../cluster/watch-jobs.js')
  const { namespace, selector, intervalMs, untilDone, signal } = options
  const until = (jobs: Job[]): boolean => untilDone && jobs.every(isOver)
  const seen = new Map<string, Job>()
  let last: WatchUpdate | undefined
  for await (const update of followJobs(reader, { namespace, selector, intervalMs, until, signal })) {
    const done = update.confirmed && until(update.jobs)
    const look = update.problem === null ? await lookOrProblem(reader, options, done) : update.problem
    if (typeof look === 'string') {
      if (last) yield { ...last, problem: look }
      continue
    }
    const snapshot = untilDone ? withVanished(look.snapshot, seen.values()) : look.snapshot
    for (const job of snapshot.jobs) seen.set(job.metadata.name, job)
    const health = snapshot === look.snapshot ? look.health : judgeSnapshot(snapshot, options.judge)
    const end = done ? 'done' : untilDone && isStuck(health) ? 'stuck' : null
    last = { snapshot, health, problem: null, end }
    yield last
    if (end) return
  }
}

/** A look, or why there is none just now. The last look must succeed: without it the result is not known. */
async function lookOrProblem(
  reader: Reader,
  options: WatchOptions,
  mustSucceed: boolean,
): Promise<{ snapshot: Snapshot; health: SessionHealth } | string> {
  const { namespace, selector, maxLogLines, judge, signal } = options
  try {
    return await lookAtSession(reader, { namespace, selector, maxLogLines, judge, signal })
  } catch (error) {
    if (mustSucceed || !isArbError(error) || error.code !== 'ARB_CLUSTER_UNREACHABLE') throw error
    return error.message
  }
}

function isStuck({ jobs }: SessionHealth): boolean {
  const open = jobs.filter(({ phase }) => phase !== 'SUCCEEDED' && phase !== 'FAILED')
  return open.length > 0 && open.every((job) => job.health === 'ERROR')
}
