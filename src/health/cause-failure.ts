/** Why a Job failed: what its pods say, else what events remember of pods that are gone, else the Job's condition. */
import { fixMissing, missingObject } from './fix.js'
import { firstSeen, type JobView } from './index-snapshot.js'
import { trueCondition } from './phase.js'
import { firstEvent, makeCause, namespaceOf, timeOf } from './trouble.js'
import type { Cause, TroubleClass } from './types.js'

/** Classes of a past failure that say more than another: the program's own end over what the cluster did to it. */
const rank: Partial<Record<TroubleClass, number>> = { permanent: 0, memory: 1, config: 2, crash: 3 }

/** The cause of a failed Job; `past` holds its failed pods' causes, earliest first. */
export function failureCause(view: JobView, past: readonly Cause[]): Cause {
  const condition = trueCondition(view.job, 'Failed', 'FailureTarget')
  const since = condition?.lastTransitionTime ?? null
  if (condition?.reason === 'DeadlineExceeded') return deadlineCause(view, since)
  const best = [...past].sort(
    (a, b) => (rank[a.class] ?? 9) - (rank[b.class] ?? 9) || timeOf(a.since) - timeOf(b.since),
  )[0]
  return best ?? goneCause(view) ?? conditionCause(view, since)
}

function deadlineCause(view: JobView, since: string | null): Cause {
  const seconds = view.job.spec.activeDeadlineSeconds
  const before = beforeTheEnd(view)
  const ran = `ran longer than activeDeadlineSeconds${seconds === undefined ? '' : ` ${seconds}`}`
  return makeCause({
    class: 'deadline',
    certainty: 'definite',
    reason: 'DeadlineExceeded',
    message: before ? `${ran}; before that: ${before.message}` : ran,
    since,
    fix: before?.fix ?? 'Raise active_deadline_seconds, or give each worker fewer iterations.',
  })
}

const troubleEvents = [
  'Failed',
  'InspectFailed',
  'ErrImageNeverPull',
  'FailedScheduling',
  'FailedMount',
  'FailedCreate',
]

/** What events say kept the Job from running at all, for pods that were deleted when the deadline came. */
function beforeTheEnd({ job, events }: JobView): { message: string; fix: string | null } | null {
  if (events.some(({ reason }) => reason === 'Started')) return null
  const event = firstEvent(events, troubleEvents)
  if (event === null) return null
  const message = (event.message ?? '').replace(/^Error(?: creating)?: /, '')
  const missing = missingObject(message, namespaceOf(job))
  return { message, fix: missing ? fixMissing(missing) : `It never started: ${event.reason}. Mend that first.` }
}

/** Pods that the controller deleted: their events are still there for an hour. */
function goneCause({ job, events, pods }: JobView): Cause | null {
  if (pods.length > 0) return null
  const event = firstEvent(events, ['BackOff'], /restarting failed container/)
  if (event === null) return null
  return makeCause({
    class: 'crash',
    certainty: 'definite',
    reason: trueCondition(job, 'Failed', 'FailureTarget')?.reason ?? 'CrashLoopBackOff',
    message:
      'the container ended with an error each time it was started; its pod is deleted, its exit code is not known any more',
    pod: event.involvedObject.name ?? null,
    since: firstSeen(event),
    fix: 'Set restart_policy: Never to keep failed pods and their logs, then run the Job again.',
  })
}

function conditionCause({ job }: JobView, since: string | null): Cause {
  const { reason = 'Failed', message = '' } = trueCondition(job, 'Failed', 'FailureTarget') ?? {}
  const text = message || reason
  const failedIndexes = job.status?.failedIndexes
  return makeCause({
    class: 'crash',
    certainty: 'definite',
    reason,
    message: failedIndexes ? `${text} (failed indexes ${failedIndexes})` : text,
    ...namedInMessage(text),
    since,
    fix: `The pods are gone; see kubectl describe job -n ${namespaceOf(job)} ${job.metadata.name}`,
  })
}

/** `Container main for pod ns/name failed with exit code 42 …`, as a podFailurePolicy puts it. */
function namedInMessage(message: string): Pick<Cause, 'container' | 'pod' | 'exitCode'> {
  const code = /exit code (\d+)/.exec(message)?.[1]
  return {
    container: /Container (\S+) for pod/.exec(message)?.[1] ?? null,
    pod: /for pod (?:\S+\/)?(\S+) failed/.exec(message)?.[1] ?? null,
    exitCode: code === undefined ? null : Number(code),
  }
}
