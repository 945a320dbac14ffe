/** The logs of a session's pods as one, in time order. */
import { isArbError, messageOf } from '../base/errors.js'
import { mapBounded, sleep } from '../base/wait.js'
import type { Job } from '../session/job.js'
import { workerLabel } from '../session/job.js'
import { clusterDetails } from './cluster-error.js'
import { requireNamespace } from './namespace.js'
import { jobOfPod, podsOfJobs } from './pods-of-jobs.js'
import type { CallOptions, Pod, Reader } from './types.js'
import { followJobs } from './watch-jobs.js'

/** One line of one container. */
export interface LogLine {
  job: string
  worker: string | null
  pod: string
  container: string
  /** RFC 3339, as the container runtime wrote it; null where it wrote none. */
  time: string | null
  text: string
}

/** Whose logs are read, and which part of them. */
export interface SessionLogOptions extends CallOptions {
  namespace: string
  selector: string
  /** Only this worker: a worker id, or a Job's name. */
  worker?: string | undefined
  /** Only containers that ended with an error, and pods and Jobs that failed. */
  failed?: boolean | undefined
  /** The last lines of each container. */
  tailLines?: number | undefined
  /** RFC 3339. */
  sinceTime?: string | undefined
}

/** The lines of all containers, oldest first. */
export interface SessionLogs {
  lines: LogLine[]
  /** Jobs that the selector matched, before `worker` and `failed`. */
  jobs: number
  /** Containers that were read. */
  containers: number
  /** Logs that could not be read, or not whole. */
  errors: string[]
}

const logsAtOnce = 8
const maxLogBytes = 8 * 1024 * 1024

interface Source {
  job: string
  worker: string | null
  pod: string
  container: string
}

/** What the logs hold now, merged by time. */
export async function readSessionLogs(reader: Reader, options: SessionLogOptions): Promise<SessionLogs> {
  const { namespace, selector, signal } = options
  const { items: jobs } = await reader.listJobs({ namespace, selector, signal })
  if (jobs.length === 0) await requireNamespace(reader, namespace, { signal })
  const pods = await podsOfJobs(reader, { jobs, namespace, selector, signal })
  const sources = sourcesOf(pods, jobs, options)
  const errors: string[] = []
  const lists = await mapBounded(sources, logsAtOnce, (source) => readSource(reader, { source, options, errors }))
  return { lines: mergeByTime(lists), jobs: jobs.length, containers: sources.length, errors }
}

interface ReadWork {
  source: Source
  options: SessionLogOptions
  errors: string[]
}

async function readSource(reader: Reader, { source, options, errors }: ReadWork): Promise<LogLine[]> {
  const { namespace, tailLines, sinceTime, signal } = options
  const { pod, container } = source
  try {
    const text = await reader.podLog({
      ...{ namespace, pod, container, tailLines, sinceTime, signal },
      timestamps: true,
      limitBytes: maxLogBytes,
    })
    if (Buffer.byteLength(text) >= maxLogBytes)
      errors.push(
        `log of ${pod}/${container}: only its first ${maxLogBytes} bytes are shown; --tail or --since gives the end`,
      )
    return text === ''
      ? []
      : text
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => lineOf(source, line))
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (isArbError(error) && error.code === 'ARB_CLUSTER_FORBIDDEN') throw error
    if (!isNotThere(error)) errors.push(`log of ${pod}/${container}: ${messageOf(error)}`)
    return []
  }
}

/** The pod is gone, or its container has not begun. */
function isNotThere(error: unknown): boolean {
  const { status } = clusterDetails(error)
  return status === 404 || status === 400
}

/** Whose logs are followed. */
export interface FollowLogOptions extends SessionLogOptions {
  /** How often new pods are looked for, ms. Default 2 s. */
  intervalMs?: number
  /** Told once for each log that cannot be read. */
  onError?: (message: string) => void
}

const standardIntervalMs = 2_000
/** Lines that come within this time are put in order among each other. */
const orderMs = 250
/** What pods may still write after their Jobs have ended. */
const graceMs = 30_000

/** Lines as they come, until every Job has ended and its logs were read, or the signal aborts. */
export async function* followSessionLogs(reader: Reader, options: FollowLogOptions): AsyncGenerator<LogLine> {
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  const work = new Following(reader, { ...options, signal, refuse: (error) => stop.abort(error) })
  const running = work.run()
  running.catch(() => undefined)
  try {
    while (!work.over || work.buffer.length > 0) {
      yield* work.take()
      if (!work.over) await sleep(orderMs, options.signal)
    }
    await running
  } finally {
    stop.abort(new Error('the logs are not followed any more'))
    await running.catch(() => undefined)
  }
}

/** Follows the containers of a session in the background and collects their lines. */
class Following {
  over = false
  buffer: LogLine[] = []
  private readonly started = new Map<string, Promise<void>>()

  constructor(
    private readonly reader: Reader,
    private readonly options: FollowLogOptions & { signal: AbortSignal; refuse: (error: unknown) => void },
  ) {}

  async run(): Promise<void> {
    const { namespace, selector, signal, intervalMs = standardIntervalMs } = this.options
    const until = (jobs: Job[]): boolean => jobs.every(hasEnded)
    let seen = 0
    try {
      for await (const update of followJobs(this.reader, { namespace, selector, intervalMs, until, signal })) {
        seen += update.jobs.length
        if (update.problem === null) await this.startNew(update.jobs)
      }
      if (seen === 0) {
        await requireNamespace(this.reader, namespace, { signal })
        this.options.onError?.(`no Job matches ${selector} in ${namespace}`)
      }
      await this.finish()
    } finally {
      this.over = true
    }
  }

  /** The lines so far, in order. */
  take(): LogLine[] {
    const lines = this.buffer
    this.buffer = []
    return mergeByTime([lines])
  }

  private async startNew(jobs: Job[]): Promise<void> {
    const { namespace, selector, signal } = this.options
    const pods = await podsOfJobs(this.reader, { jobs, namespace, selector, signal }).catch((error: unknown) => {
      if (signal.aborted || !isArbError(error) || error.code !== 'ARB_CLUSTER_UNREACHABLE') throw error
      return []
    })
    for (const source of sourcesOf(pods, jobs, this.options)) {
      const key = `${source.pod}/${source.container}`
      if (!this.started.has(key)) this.started.set(key, this.follow(source))
    }
  }

  private async follow(source: Source): Promise<void> {
    const { namespace, tailLines, sinceTime, signal, onError, refuse } = this.options
    const { pod, container } = source
    try {
      const lines = this.reader.followLog({ namespace, pod, container, tailLines, sinceTime, signal, timestamps: true })
      for await (const line of lines) this.buffer.push(lineOf(source, line))
    } catch (error) {
      // A right that is missing is missing for every log.
      if (isArbError(error) && error.code === 'ARB_CLUSTER_FORBIDDEN') return refuse(error)
      if (!signal.aborted && !isNotThere(error)) onError?.(`log of ${pod}/${container}: ${messageOf(error)}`)
      // A container that had not begun is tried again at the next look.
      if (isNotThere(error)) this.started.delete(`${pod}/${container}`)
    }
  }

  /** Waits for the logs to end by themselves; a pod that hangs on after its Job does not hold us for ever. */
  private async finish(): Promise<void> {
    const waited = new AbortController()
    const { signal } = this.options
    const grace = sleep(graceMs, AbortSignal.any([signal, waited.signal])).catch(() => undefined)
    await Promise.race([Promise.all(this.started.values()), grace])
    waited.abort(new Error('all logs have ended'))
    await grace
    signal.throwIfAborted()
  }
}

function hasEnded(job: Job): boolean {
  return (job.status?.conditions ?? []).some(
    ({ type, status }) =>
      status === 'True' && ['Complete', 'Failed', 'SuccessCriteriaMet', 'FailureTarget'].includes(type),
  )
}

function sourcesOf(pods: readonly Pod[], jobs: Job[], { worker, failed }: SessionLogOptions): Source[] {
  return pods.flatMap((pod) => {
    const job = jobOfPod(pod, jobs)
    if (!job) return []
    const source = { job: job.metadata.name, worker: workerOf(pod, job), pod: pod.metadata.name }
    if (worker !== undefined && source.worker !== worker && source.job !== worker) return []
    return begunContainers(pod)
      .filter((container) => !failed || isFailed(pod, container, job))
      .map((container) => ({ ...source, container }))
  })
}

/** The pod's own worker: in an Indexed Job its index tells, else the Job's label. */
function workerOf(pod: Pod, job: Job): string | null {
  const index = pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index']
  if (index !== undefined) return `worker-${index}`
  return job.metadata.labels?.[workerLabel] ?? null
}

function begunContainers(pod: Pod): string[] {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  return statuses
    .filter(({ state, lastState }) => state?.running ?? state?.terminated ?? lastState?.terminated)
    .map(({ name }) => name)
}

function isFailed(pod: Pod, container: string, job: Job): boolean {
  const failed = job.status?.conditions?.some(({ type, status }) => type === 'Failed' && status === 'True')
  if (failed || pod.status?.phase === 'Failed') return true
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const { state, lastState } = statuses.find(({ name }) => name === container) ?? {}
  return [state?.terminated, lastState?.terminated].some((ended) => ended !== undefined && ended.exitCode !== 0)
}

const stamped = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?/

function lineOf(source: Source, line: string): LogLine {
  const match = stamped.exec(line)
  return { ...source, time: match?.[1] ?? null, text: match ? line.slice(match[0].length) : line }
}

/** Lines of several containers in the order of their times; each container's own order stays as it is. */
export function mergeByTime(lists: readonly (readonly LogLine[])[]): LogLine[] {
  const keyed = lists.flat().map((line) => ({ line, key: line.time === null ? '' : sortable(line.time) }))
  // A line without a time stays behind the one before it.
  for (let index = 1; index < keyed.length; index++)
    if (keyed[index]!.key === '') keyed[index]!.key = keyed[index - 1]!.key
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ line }) => line)
}

/** A time whose text order is its time order: in UTC, whatever its number of digits. */
function sortable(time: string): string {
  const [, second = '', fraction = '', zone = 'Z'] = /^([^.Z+]{19})(?:\.(\d+))?(.*)$/.exec(time) ?? []
  const utc = zone === 'Z' ? second : new Date(`${second}${zone}`).toISOString().slice(0, 19)
  return `${utc}.${fraction}`
}
