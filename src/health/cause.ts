/**
 * The cause of a Job's trouble from the Job, its pods and its events. The objects of the cluster tell more than the
 * Job's own condition does ("Job has reached the specified backoff limit"), so they are asked first.
 */
import type { Pod } from '../cluster/types.js'
import { createCause } from './cause-create.js'
import { failureCause } from './cause-failure.js'
import { podCause } from './cause-pod.js'
import type { JobView } from './index-snapshot.js'
import { isOutlived, memoryTrouble } from './memory.js'
import { isCurrent, phaseOf } from './phase.js'
import { eventsOfPod, makeCause, namespaceOf, timeOf, type Trouble } from './trouble.js'
import type { Cause, Certainty, Phase } from './types.js'

const weight: Record<Certainty, number> = { definite: 0, likely: 1, possible: 2 }

/** The cause, or null for a Job that is in order. Pure: nothing but the view is looked at. */
export function causeOf(view: JobView): Cause | null {
  return troubleOf(view, phaseOf(view.job, view.pods).phase)?.cause ?? null
}

/** The cause and whether it stands in the Job's way now; causes of retries that are over do not. */
export function troubleOf(view: JobView, phase: Phase): Trouble | null {
  const past = pastCauses(view)
  if (phase === 'SUCCEEDED') return past[0] ? { cause: past[0], current: false } : null
  if (phase === 'FAILED') return { cause: { ...failureCause(view, past), certainty: 'definite' }, current: true }
  const present = causesOf(view, view.pods.filter(isCurrent))
  const outlived = present.filter((cause) => isOutlived(cause, view))
  const standing = present.filter((cause) => !outlived.includes(cause))
  const current = surest(standing) ?? createCause(view) ?? queueCause(view)
  if (current) return { cause: current, current: true }
  return memoryTrouble(view, [...past, ...outlived]) ?? (past[0] ? { cause: past[0], current: false } : null)
}

function causesOf(view: JobView, pods: readonly Pod[]): Cause[] {
  const causes = pods.map((pod) => podCause({ job: view.job, pod, events: eventsOfPod(pod, view.events) }))
  return causes.filter((cause) => cause !== null).sort((a, b) => timeOf(a.since) - timeOf(b.since))
}

/** The surest cause; of equal ones the earliest. */
function surest(causes: readonly Cause[]): Cause | undefined {
  return [...causes].sort((a, b) => weight[a.certainty] - weight[b.certainty])[0]
}

/** Causes of the pods that failed, earliest first. */
function pastCauses(view: JobView): Cause[] {
  return causesOf(
    view,
    view.pods.filter((pod) => pod.status?.phase === 'Failed'),
  )
}

/** A suspended Job waits for a person or a queue. */
function queueCause({ job }: JobView): Cause | null {
  if (job.spec.suspend !== true) return null
  const condition = job.status?.conditions?.find(({ type, status }) => type === 'Suspended' && status === 'True')
  const queue = job.metadata.labels?.['kueue.x-k8s.io/queue-name']
  return makeCause({
    class: 'queue',
    reason: condition?.reason ?? 'JobSuspended',
    message: queue ? `waits in the queue ${queue}` : 'the Job is suspended',
    since: condition?.lastTransitionTime ?? job.metadata.creationTimestamp ?? null,
    fix: queue
      ? `See where it stands: kubectl get workloads -n ${namespaceOf(job)}`
      : `Let it start: kubectl patch job ${job.metadata.name} -n ${namespaceOf(job)} -p '{"spec":{"suspend":false}}'`,
  })
}
