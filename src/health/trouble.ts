/** What the cause finders share: the shape of a trouble and small helpers over a view. */
import type { ClusterEvent, Pod } from '../cluster/types.js'
import type { Container, Job } from '../session/job.js'
import { firstSeen } from './index-snapshot.js'
import type { Cause } from './types.js'

/** A cause with what judging needs: whether it stands in the way now, or is over and was only a retry. */
export interface Trouble {
  cause: Cause
  current: boolean
  /** True where a retry runs already: however long ago it was, it stays a WARN. */
  outlived?: boolean
}

/** What a finder says; the rest of a Cause is empty unless it gives it. */
export type CauseParts = Pick<Cause, 'class' | 'reason' | 'message' | 'fix'> & Partial<Cause>

/** A whole Cause from its parts, with the message in one line. */
export function makeCause(parts: CauseParts): Cause {
  return {
    certainty: 'possible',
    pod: null,
    container: null,
    exitCode: null,
    signal: null,
    since: null,
    ...parts,
    message: parts.message.replace(/\s+/g, ' ').trim(),
  }
}

/** Everything a finder looks at for one pod. */
export interface PodContext {
  job: Job
  pod: Pod
  /** Events of this pod. */
  events: ClusterEvent[]
}

/** Events of a pod among a Job's events. */
export function eventsOfPod(pod: Pod, events: readonly ClusterEvent[]): ClusterEvent[] {
  const { uid, name } = pod.metadata
  return events.filter(({ involvedObject: object }) =>
    object.kind === 'Pod' && uid && object.uid ? object.uid === uid : object.kind === 'Pod' && object.name === name,
  )
}

/** The earliest event with one of the reasons whose message matches: the first message says most, later ones less. */
export function firstEvent(
  events: readonly ClusterEvent[],
  reasons: readonly string[],
  message = /./,
): ClusterEvent | null {
  let best: ClusterEvent | null = null
  for (const event of events) {
    if (!reasons.includes(event.reason ?? '') || !message.test(event.message ?? '')) continue
    if (best === null || timeOf(firstSeen(event)) < timeOf(firstSeen(best))) best = event
  }
  return best
}

/** Milliseconds since the epoch; 0 for a time that is not known. */
export function timeOf(time: string | null | undefined): number {
  const ms = time ? Date.parse(time) : Number.NaN
  return Number.isNaN(ms) ? 0 : ms
}

/** The container as the Job's template defines it. */
export function containerSpec(job: Job, name: string): Container | undefined {
  const { initContainers = [], containers = [] } = job.spec.template.spec
  return [...initContainers, ...containers].find((container) => container.name === name)
}

/** The Job's namespace, or the cluster's default. */
export function namespaceOf(job: Job): string {
  return job.metadata.namespace ?? 'default'
}

/** The command that shows a container's log. */
export function logCommand({ job, pod }: PodContext, container: string): string {
  return `kubectl logs -n ${namespaceOf(job)} ${pod.metadata.name} -c ${container}`
}

/** When a pod's containers could first start: after its init containers, or when the node took it. */
export function startedWaiting(pod: Pod, init: boolean): string | null {
  const initialised = pod.status?.conditions?.find(({ type, status }) => type === 'Initialized' && status === 'True')
  const taken = pod.status?.startTime ?? pod.metadata.creationTimestamp ?? null
  return (init ? undefined : initialised?.lastTransitionTime) ?? taken
}
