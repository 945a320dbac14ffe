/** Causes at a pod: taken away, lost with its node, or taken by no node; else those of its containers. */
import type { Condition } from '../session/job.js'
import { containerCause } from './cause-container.js'
import { fixScheduling } from './fix.js'
import { makeCause, type PodContext } from './trouble.js'
import type { Cause, TroubleClass } from './types.js'

/** Pod reasons that are not the program's fault. */
const podReasons: Record<string, TroubleClass> = {
  Evicted: 'disruption',
  Preempting: 'disruption',
  NodeLost: 'node',
  NodeShutdown: 'node',
  Shutdown: 'node',
  Terminated: 'node',
  UnexpectedAdmissionError: 'node',
  NodeAffinity: 'node',
  DeadlineExceeded: 'deadline',
}

/** Why this pod is in trouble or ended badly, or null. */
export function podCause(context: PodContext): Cause | null {
  return takenAway(context) ?? unscheduled(context) ?? containerCause(context)
}

function condition({ pod }: PodContext, type: string): Condition | undefined {
  return pod.status?.conditions?.find((entry) => entry.type === type)
}

function takenAway(context: PodContext): Cause | null {
  return disruptionCause(context) ?? reasonCause(context) ?? unknownCause(context)
}

function disruptionCause(context: PodContext): Cause | null {
  const disruption = condition(context, 'DisruptionTarget')
  if (disruption?.status !== 'True') return null
  return makeCause({
    class: 'disruption',
    reason: disruption.reason ?? 'DisruptionTarget',
    message: disruption.message || 'the cluster took the pod away',
    pod: context.pod.metadata.name,
    since: disruption.lastTransitionTime ?? null,
    fix: 'The cluster took the pod away, the program did not fail: a higher backoffLimit or a podFailurePolicy lets it try again.',
  })
}

function reasonCause(context: PodContext): Cause | null {
  const { reason = '', message = '' } = context.pod.status ?? {}
  const known = podReasons[reason] ?? (reason.startsWith('OutOf') ? 'node' : undefined)
  if (!known) return null
  const pod = context.pod.metadata.name
  return makeCause({
    class: known,
    reason,
    message: message || reason,
    pod,
    since: endOf(context),
    fix: fixOf(known, reason),
  })
}

function unknownCause(context: PodContext): Cause | null {
  const { reason = 'Unknown', message = '', phase } = context.pod.status ?? {}
  if (phase !== 'Unknown') return null
  return makeCause({
    class: 'node',
    reason,
    message: message || 'the state of the pod is not known',
    pod: context.pod.metadata.name,
    since: condition(context, 'Ready')?.lastTransitionTime ?? null,
    fix: 'The node does not answer: see kubectl get nodes.',
  })
}

function fixOf(trouble: TroubleClass, reason: string): string {
  if (trouble === 'deadline') return 'Raise activeDeadlineSeconds, or give each worker fewer iterations.'
  if (reason === 'Evicted')
    return 'The node ran short: set requests that the work really needs, ephemeral-storage included.'
  if (trouble === 'disruption') return 'The cluster took the pod away: a higher backoffLimit lets the Job try again.'
  return 'The node went away or refused the pod: see kubectl get nodes; a higher backoffLimit lets the Job try again.'
}

function endOf({ pod }: PodContext): string | null {
  const { containerStatuses = [], conditions = [], startTime } = pod.status ?? {}
  const finished = containerStatuses.map((status) => status.state?.terminated?.finishedAt).find(Boolean)
  return finished ?? conditions.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? startTime ?? null
}

function unscheduled(context: PodContext): Cause | null {
  const scheduled = condition(context, 'PodScheduled')
  if (scheduled?.status !== 'False') return null
  const shared = {
    pod: context.pod.metadata.name,
    reason: scheduled.reason ?? 'Unschedulable',
    message: scheduled.message || 'no node takes the pod',
    since: context.pod.metadata.creationTimestamp ?? scheduled.lastTransitionTime ?? null,
  }
  if (scheduled.reason === 'SchedulingGated')
    return makeCause({
      ...shared,
      class: 'queue',
      fix: 'A queue or a topology gate holds the pod; it starts when that lets it go.',
    })
  return makeCause({ ...shared, class: 'capacity', fix: fixScheduling(shared.message) })
}
