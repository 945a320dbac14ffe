/**
 * Jobs as they change: a list, then a watch that resumes from it; listed again every minute, when the server has
 * forgotten the version (410) and when the watch fails; polled where watching does not work. A silent stream never hangs
 * it, and an end is only believed when a fresh list says so.
 */
import { ArbError, messageOf } from '../base/errors.js'
import { sleep } from '../base/wait.js'
import type { Job } from '../session/job.js'
import { clusterDetails } from './cluster-error.js'
import { EventPump } from './event-pump.js'
import type { Reader } from './types.js'

/** Which Jobs are followed, and how closely. */
export interface FollowOptions {
  namespace: string
  selector: string
  /** The longest time between two updates, and between two lists while polling; milliseconds. */
  intervalMs: number
  /** Ends the sequence once it holds for Jobs that were just listed. */
  until?: (jobs: Job[]) => boolean
  signal?: AbortSignal
  /** A list at least this often; default one minute. */
  relistMs?: number
  /** How long a cluster that has answered before may be out of reach, from the first failure on; default 30 s. */
  patienceMs?: number
  /** A server that ends each watch at once is not asked more often than this; default 1 s. */
  shortestRoundMs?: number
}

/** The Jobs as they are now. */
export interface JobsUpdate {
  jobs: Job[]
  /** False for an update that only the interval brought. */
  changed: boolean
  /** True where a list has just confirmed it; the last update always is. */
  confirmed: boolean
  /** Why the Jobs could not be read just now; they are then the last ones known. */
  problem: string | null
}

const standardRelistMs = 60_000
const standardPatienceMs = 30_000
/** Changes that come together are one update. */
const settleMs = 100
const standardRoundMs = 1_000
/** So many watches in a row that failed: this cluster is polled. */
const maxWatchFailures = 3

/** The Jobs of a selector, again and again, until `until` holds or the signal aborts. */
export async function* followJobs(reader: Reader, options: FollowOptions): AsyncGenerator<JobsUpdate> {
  const state = new FollowState(reader, options)
  for (;;) {
    const round = performance.now()
    const listed = await state.list()
    const done = listed.problem === null && (options.until?.(listed.jobs) ?? false)
    yield listed
    if (done) return
    if (state.polls || listed.problem !== null) await sleep(options.intervalMs, options.signal)
    else yield* state.watch()
    const rest = (options.shortestRoundMs ?? standardRoundMs) - (performance.now() - round)
    if (rest > 0 && !state.wantsList) await sleep(rest, options.signal)
  }
}

class FollowState {
  polls = false
  /** `until` seems to hold: a list must confirm it, at once. */
  wantsList = false
  /** A change that no update has told yet. */
  private unsaid = false
  private jobs = new Map<string, Job>()
  private resourceVersion = ''
  private failures = 0
  private answered = false
  /** When the first failure since the last answer was. */
  private awaySince: number | undefined

  constructor(
    private readonly reader: Reader,
    private readonly options: FollowOptions,
  ) {}

  /** A fresh list; the last known Jobs with the problem while a cluster that has answered before is out of reach. */
  async list(): Promise<JobsUpdate> {
    const { namespace, selector, signal, patienceMs = standardPatienceMs } = this.options
    this.wantsList = false
    try {
      const { items, resourceVersion } = await this.reader.listJobs({
        namespace,
        selector,
        signal,
      })
      const changed = this.unsaid || !this.answered || this.differs(items)
      this.unsaid = false
      this.jobs = new Map(items.map((job) => [keyOf(job), job]))
      this.resourceVersion = resourceVersion
      this.answered = true
      this.awaySince = undefined
      return { jobs: items, changed, confirmed: true, problem: null }
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      this.awaySince ??= performance.now()
      const known = this.answered && performance.now() - this.awaySince < patienceMs
      if (!known || !isPassing(error)) throw error
      return { jobs: [...this.jobs.values()], changed: false, confirmed: false, problem: messageOf(error) }
    }
  }

  /** Updates from one watch, and one at least every interval, until it ends, a minute is over or `until` seems to hold. */
  async *watch(): AsyncGenerator<JobsUpdate> {
    const { signal, intervalMs, relistMs = standardRelistMs, until } = this.options
    const stop = new AbortController()
    const pump = new EventPump(
      this.reader.watch('jobs', this.watchOptions(signal ? AbortSignal.any([signal, stop.signal]) : stop.signal)),
    )
    const ends = performance.now() + relistMs
    const running = pump.run((event) => this.apply(event))
    try {
      while (!pump.over && performance.now() < ends) {
        await pump.next(Math.min(intervalMs, ends - performance.now()), signal)
        if (pump.dirty) await sleep(settleMs, signal)
        const changed = pump.takeDirty()
        const jobs = [...this.jobs.values()]
        if (changed && until?.(jobs)) {
          this.wantsList = this.unsaid = true
          return
        }
        yield { jobs, changed, confirmed: false, problem: null }
      }
    } finally {
      stop.abort(new Error('the watch is over'))
      await running
    }
    this.judge(pump.error)
  }

  private watchOptions(signal: AbortSignal) {
    const { namespace, selector } = this.options
    return { namespace, selector, resourceVersion: this.resourceVersion, signal }
  }

  /** True where the event changed a Job. */
  private apply({ type, object }: { type: string; object: unknown }): boolean {
    const job = object as Job
    this.awaySince = undefined
    if (job.metadata.resourceVersion) this.resourceVersion = job.metadata.resourceVersion
    if (type === 'BOOKMARK') return false
    if (type === 'DELETED') return this.jobs.delete(keyOf(job))
    const known = this.jobs.get(keyOf(job))
    this.jobs.set(keyOf(job), job)
    return known?.metadata.resourceVersion !== job.metadata.resourceVersion
  }

  /** Too old a version is no failure; a refusal to watch, or failure after failure, means polling from now on. */
  private judge(error: unknown): void {
    if (isPassing(error)) this.awaySince ??= performance.now()
    if (error === undefined || clusterDetails(error).status === 410) this.failures = 0
    else if (++this.failures >= maxWatchFailures || (error as ArbError).code === 'ARB_CLUSTER_FORBIDDEN')
      this.polls = true
  }

  private differs(items: Job[]): boolean {
    return (
      items.length !== this.jobs.size ||
      items.some((job) => this.jobs.get(keyOf(job))?.metadata.resourceVersion !== job.metadata.resourceVersion)
    )
  }
}

function keyOf(job: Job): string {
  return job.metadata.uid ?? job.metadata.name
}

function isPassing(error: unknown): boolean {
  return error instanceof ArbError && error.code === 'ARB_CLUSTER_UNREACHABLE'
}
