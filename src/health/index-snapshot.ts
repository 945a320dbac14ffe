/** Which pods and events belong to which Job: worked out once for a snapshot, so that thousands of Jobs cost one pass. */
import type { ClusterEvent, Pod } from '../cluster/types.js'
import type { Job } from '../session/job.js'
import { withoutNulls } from './nulls.js'

/** A Job with what belongs to it. */
export interface JobView {
  job: Job
  pods: Pod[]
  /** Events of the Job and of its pods, living or gone, in the snapshot's order. */
  events: ClusterEvent[]
}

const jobNameLabels = ['batch.kubernetes.io/job-name', 'job-name']

/** One view per Job, in the order of the Jobs. Pods and events of other Jobs are left out. */
export function viewsOf(snapshot: { jobs: Job[]; pods: Pod[]; events: ClusterEvent[] }): JobView[] {
  const views = snapshot.jobs.map((job): JobView => ({ job: withoutNulls(job), pods: [], events: [] }))
  const byUid = new Map<string, JobView>()
  const byName = new Map<string, JobView>()
  for (const view of views) {
    if (view.job.metadata.uid) byUid.set(view.job.metadata.uid, view)
    byName.set(view.job.metadata.name, view)
  }
  const ofPod = new Map<string, JobView>()
  for (const pod of snapshot.pods.map(withoutNulls)) {
    const view = ownerOf(pod, byUid, byName)
    view?.pods.push(pod)
    if (view) ofPod.set(pod.metadata.uid ?? pod.metadata.name, view).set(pod.metadata.name, view)
  }
  for (const event of snapshot.events) viewOfEvent(event, { byUid, byName, ofPod })?.events.push(event)
  return views
}

/** The name of the Job that a pod belongs to, or null. */
export function jobNameOf(pod: Pod): string | null {
  const owner = pod.metadata.ownerReferences?.find((reference) => reference.kind === 'Job')
  if (owner) return owner.name
  for (const label of jobNameLabels) {
    const name = pod.metadata.labels?.[label]
    if (name) return name
  }
  return null
}

function ownerOf(pod: Pod, byUid: Map<string, JobView>, byName: Map<string, JobView>): JobView | undefined {
  const owner = pod.metadata.ownerReferences?.find((reference) => reference.kind === 'Job')
  // A pod of an earlier Job of the same name has another uid and is not this Job's.
  if (owner) return byUid.get(owner.uid)
  const name = jobNameOf(pod)
  return name === null ? undefined : byName.get(name)
}

interface Lookup {
  byUid: Map<string, JobView>
  byName: Map<string, JobView>
  ofPod: Map<string, JobView>
}

function viewOfEvent(event: ClusterEvent, { byUid, byName, ofPod }: Lookup): JobView | undefined {
  const { kind, name = '', uid } = event.involvedObject
  if (kind === 'Job') return uid ? byUid.get(uid) : byName.get(name)
  if (kind !== 'Pod') return undefined
  const known = ofPod.get(uid ?? name) ?? ofPod.get(name)
  if (known) return known
  // A pod that is gone: its name is the Job's with one or, for an Indexed Job, two parts more.
  const base = name.replace(/-[^-]*$/, '')
  return byName.get(base) ?? byName.get(base.replace(/-\d+$/, ''))
}

/** When an event was last seen, RFC 3339, or null: newer servers leave the older fields empty. */
export function lastSeen(event: ClusterEvent): string | null {
  return (
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.eventTime ??
    event.firstTimestamp ??
    event.metadata.creationTimestamp ??
    null
  )
}

/** When an event was first seen, RFC 3339, or null. */
export function firstSeen(event: ClusterEvent): string | null {
  return event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? null
}
