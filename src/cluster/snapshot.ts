/** Jobs, pods, events and last log lines of a selector at one time. */
import { ArbError, messageOf } from '../base/errors.js'
import { mapBounded } from '../base/wait.js'
import type { Job } from '../session/job.js'
import { clusterDetails } from './cluster-error.js'
import { requireNamespace } from './namespace.js'
import { podsOfJobs, jobOfPod } from './pods-of-jobs.js'
import type { CallOptions, ClusterEvent, ContainerLog, Pod, Reader, Snapshot } from './types.js'

/** Which session, and how much of its logs and events. */
export interface SnapshotOptions extends CallOptions {
  namespace: string
  selector: string
  /** Last lines per container; 0 reads no logs. */
  maxLogLines: number
  /** The newest events kept, over all objects; 0 reads none. */
  eventsLimit: number
  /** The clock. */
  now: () => Date
}

const logsAtOnce = 8
/** More containers than this get no log read: nobody reads so many, and each is a request. */
const maxLogs = 200
const maxLogBytes = 256 * 1024

/**
 * Reads the Jobs and what belongs to them. Jobs that cannot be read are an exception; pods, logs and events that cannot
 * be are an entry in `errors`.
 */
export async function takeSnapshot(reader: Reader, options: SnapshotOptions): Promise<Snapshot> {
  const { namespace, selector, signal } = options
  const call = { signal }
  const { items: jobs } = await reader.listJobs({ namespace, selector, ...call })
  if (jobs.length === 0) await requireNamespace(reader, namespace, call)
  const errors: string[] = []
  const attempt = async <T>(what: string, work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      errors.push(readError(what, error))
      return otherwise
    }
  }
  const pods = await attempt('pods', () => podsOfJobs(reader, { jobs, namespace, selector, ...call }), [])
  const events =
    options.eventsLimit > 0 && jobs.length > 0
      ? await attempt(
          'events',
          async () => newest(await eventsOf(reader, { jobs, pods, namespace, ...call }), options.eventsLimit),
          [],
        )
      : []
  const logs = options.maxLogLines > 0 ? await readLogs(reader, { ...options, jobs, pods, errors }) : []
  return {
    namespace,
    selector,
    takenAt: options.now().toISOString(),
    jobs,
    pods,
    events,
    logs,
    errors: [...new Set(errors)],
  }
}

function readError(what: string, error: unknown): string {
  const prefix = error instanceof ArbError && error.code === 'ARB_CLUSTER_FORBIDDEN' ? '' : `${what}: `
  return `${prefix}${messageOf(error)}`
}

interface Objects extends CallOptions {
  jobs: Job[]
  pods: Pod[]
  namespace: string
}

/** The namespace's events that are about these objects, oldest first. By uid; by name where an event has no uid. */
async function eventsOf(reader: Reader, { jobs, pods, namespace, ...call }: Objects): Promise<ClusterEvent[]> {
  const objects = [
    ...jobs.map((job) => ({ kind: 'Job', ...job.metadata })),
    ...pods.map((pod) => ({ kind: 'Pod', ...pod.metadata })),
  ]
  const uids = new Set(objects.map((object) => object.uid))
  const names = new Set(objects.map((object) => `${object.kind}/${object.name}`))
  const podNames = jobs.map((job) => `${job.metadata.name}-`)
  const { items } = await reader.listEvents({ namespace, ...call })
  return items
    .filter(({ involvedObject: about }) => {
      if (about.uid) return uids.has(about.uid) || isPodOfJob(about, podNames)
      return names.has(`${about.kind}/${about.name}`)
    })
    .sort((a, b) => eventTime(a).localeCompare(eventTime(b)))
}

/** A pod that is gone already still has events that tell what became of it. */
function isPodOfJob(about: ClusterEvent['involvedObject'], prefixes: string[]): boolean {
  return (
    about.kind === 'Pod' &&
    prefixes.some(
      (prefix) => about.name?.startsWith(prefix) && /^(\d+-)?[a-z0-9]{5}$/.test(about.name.slice(prefix.length)),
    )
  )
}

/** When an event was last seen, by whichever of its times is there. */
export function eventTime(event: ClusterEvent): string {
  return (
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.eventTime ??
    event.firstTimestamp ??
    event.metadata.creationTimestamp ??
    ''
  )
}

function newest(events: ClusterEvent[], limit: number): ClusterEvent[] {
  return events.slice(-limit)
}

interface LogWork extends SnapshotOptions {
  jobs: Job[]
  pods: Pod[]
  errors: string[]
}

interface LogPlace {
  pod: Pod
  container: string
  job: string
  /** 0: failed; those are what people look for. */
  rank: number
}

async function readLogs(reader: Reader, work: LogWork): Promise<ContainerLog[]> {
  const places = logPlaces(work).sort((a, b) => a.rank - b.rank)
  const { signal, errors } = work
  if (places.length > maxLogs)
    errors.push(`logs: the last lines of ${maxLogs} of ${places.length} containers were read, failed ones first`)
  let forbidden: string | undefined
  const logs = await mapBounded(places.slice(0, maxLogs), logsAtOnce, async (place) => {
    // One refusal says it for all of them.
    if (forbidden !== undefined) return undefined
    try {
      return await readLog(reader, place, work)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (error instanceof ArbError && error.code === 'ARB_CLUSTER_FORBIDDEN') forbidden ??= error.message
      else if (!isGoneOrNotStarted(error))
        errors.push(`log of ${place.pod.metadata.name}/${place.container}: ${messageOf(error)}`)
      return undefined
    }
  })
  if (forbidden !== undefined) errors.push(forbidden)
  return logs.filter((log) => log !== undefined)
}

async function readLog(
  reader: Reader,
  { pod, container, job }: LogPlace,
  { namespace, maxLogLines, signal }: LogWork,
): Promise<ContainerLog> {
  const text = await reader.podLog({
    namespace,
    pod: pod.metadata.name,
    container,
    tailLines: maxLogLines,
    limitBytes: maxLogBytes,
    signal,
  })
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  return { pod: pod.metadata.name, container, job, lines: lines.slice(-maxLogLines) }
}

/** The pod went away between list and read, or its container has not begun: no log is no trouble then. */
function isGoneOrNotStarted(error: unknown): boolean {
  const { status } = clusterDetails(error)
  return status === 404 || status === 400
}

/** Every container that has a log, begun or ended. */
function logPlaces({ jobs, pods }: LogWork): LogPlace[] {
  return pods.flatMap((pod) => {
    const job = jobOfPod(pod, jobs)?.metadata.name ?? ''
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
    return statuses
      .filter(({ state, lastState }) => state?.running ?? state?.terminated ?? lastState?.terminated)
      .map(({ name, state }) => ({ pod, container: name, job, rank: rankOf(pod, state?.terminated?.exitCode) }))
  })
}

function rankOf(pod: Pod, exitCode: number | undefined): number {
  if (pod.status?.phase === 'Failed' || (exitCode !== undefined && exitCode !== 0)) return 0
  return exitCode === undefined ? 1 : 2
}
