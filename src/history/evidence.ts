/**
 * The evidence that a record keeps of the Jobs that are not OK: the cause, and the last log lines of the container that
 * failed, since the cluster forgets both. Getting it never changes a judgement.
 */
import type { RecordedCause } from '@arbk8s/plugin-kit'

import { isArbError, messageOf } from '../base/errors.js'
import { maskText } from '../base/mask-text.js'
import { cleanLine, shorten } from '../base/text.js'
import { mapBounded } from '../base/wait.js'
import type { ContainerLog, ContainerStatus, Reader, Snapshot } from '../cluster/types.js'
import type { Cause, JobHealth, SessionHealth } from '../health/types.js'
import { lastLines, maxLines } from './last-lines.js'

/** Jobs whose log is read; the others keep their cause alone. */
const maxJobs = 5
/** Characters of last lines that one record keeps over all its Jobs. */
const maxTotal = 12_000
const maxText = 1024
const deadlineMs = 10_000
const maxLogBytes = 256 * 1024
const atOnce = 4

/** What was read for evidence, and what could not be. */
export interface Evidence {
  logs: ContainerLog[]
  /** In words, for people; none of it is an error of the session. */
  notes: string[]
}

/**
 * Reads the last log lines of at most five Jobs that are not OK, worst first; what the snapshot has is not read again.
 * Throws only where the signal is aborted.
 */
export async function readEvidence(
  reader: Pick<Reader, 'podLog'>,
  snapshot: Snapshot,
  health: SessionHealth,
  { signal }: { signal: AbortSignal },
): Promise<Evidence> {
  const places = worstFirst(health.jobs).flatMap((job) => placeOf(job, snapshot))
  const limited = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
  const notes = new Set<string>()
  const logs = await mapBounded(places.slice(0, maxJobs), atOnce, async (place) => {
    try {
      return place.known ?? (await readPlace(reader, snapshot.namespace, place, limited))
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (!isNoLog(error)) notes.add(`the last log lines could not be read: ${reasonOf(error, limited)}`)
      return undefined
    }
  })
  return { logs: logs.filter((log) => log !== undefined), notes: [...notes] }
}

/** Each cause as a record keeps it, by the Job's place in `jobs`; null for a Job without one. */
export function recordedCauses(jobs: readonly JobHealth[], logs: readonly ContainerLog[]): (RecordedCause | null)[] {
  let left = maxTotal
  const causes = new Map<JobHealth, RecordedCause>()
  for (const job of worstFirst(jobs)) {
    if (!job.cause) continue
    const { pod, container } = job.cause
    const log = logs.find((one) => one.job === job.jobName && one.pod === pod && one.container === container)
    const lines = within(lastLines(log?.lines ?? []), left)
    left -= lines.join('').length
    causes.set(job, recordedCause(job.cause, lines))
  }
  return jobs.map((job) => causes.get(job) ?? null)
}

function recordedCause(cause: Cause, lines: string[]): RecordedCause {
  return {
    class: cause.class,
    reason: shorten(cleanLine(cause.reason), 128),
    message: shorten(maskText(cleanLine(shorten(cause.message, maxText * 2))), maxText),
    fix: shorten(cleanLine(cause.fix), maxText) || null,
    pod: cause.pod,
    container: cause.container,
    exit_code: cause.exitCode,
    signal: cause.signal,
    last_lines: lines,
  }
}

/** The newest lines that fit. */
function within(lines: string[], left: number): string[] {
  const kept: string[] = []
  for (const line of lines.toReversed()) {
    left -= line.length
    if (left < 0) break
    kept.unshift(line)
  }
  return kept
}

/** Jobs that are not OK, ERROR before WARN. */
function worstFirst(jobs: readonly JobHealth[]): JobHealth[] {
  return (['ERROR', 'WARN'] as const).flatMap((state) => jobs.filter(({ health }) => health === state))
}

interface Place {
  job: string
  pod: string
  container: string
  /** The failed run of a container that runs again. */
  previous: boolean
  known: ContainerLog | undefined
}

/** Where the lines of a Job's failure are; nowhere while its container has not begun. */
function placeOf({ jobName: job, cause }: JobHealth, snapshot: Snapshot): Place[] {
  const { pod = null, container = null } = cause ?? {}
  if (pod === null || container === null) return []
  const { state = {}, lastState = {} } = statusOf(snapshot, pod, container)
  if (!state.running && !state.terminated && !lastState.terminated) return []
  const previous = Boolean(state.running && lastState.terminated)
  const logs = previous ? [] : snapshot.logs
  const known = logs.find((log) => log.pod === pod && log.container === container)
  return [{ job, pod, container, previous, known }]
}

function statusOf({ pods }: Snapshot, pod: string, container: string): Partial<ContainerStatus> {
  const status = pods.find(({ metadata }) => metadata.name === pod)?.status
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  return statuses.find(({ name }) => name === container) ?? {}
}

async function readPlace(
  reader: Pick<Reader, 'podLog'>,
  namespace: string,
  { job, pod, container, previous }: Place,
  signal: AbortSignal,
): Promise<ContainerLog> {
  const text = await reader.podLog({
    namespace,
    pod,
    container,
    // Empty lines are left out later.
    tailLines: maxLines * 2,
    limitBytes: maxLogBytes,
    ...(previous && { previous }),
    signal,
  })
  return { job, pod, container, lines: text.split('\n') }
}

/** The pod went away, or its container has not begun. */
function isNoLog(error: unknown): boolean {
  const status = isArbError(error) ? error.details.status : undefined
  return status === 404 || status === 400
}

function reasonOf(error: unknown, limited: AbortSignal): string {
  return limited.aborted ? `no answer within ${deadlineMs / 1000}s` : cleanLine(messageOf(error))
}
