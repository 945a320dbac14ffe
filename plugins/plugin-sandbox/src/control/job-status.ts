/** Conditions and numbers of a Job's status. */
import { timeText } from '../store/names.js'
import { hasCondition, omit } from '../store/objects.js'
import type { Condition, Job, JobStatus, Pod } from '../store/objects.js'
import { formatIndexes } from './indexes.js'
import type { Tally } from './tally.js'

/** The status with a condition set; the time of change moves only where its status changes. */
export function withCondition(
  status: JobStatus,
  wanted: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>,
  now: Date,
): JobStatus {
  const conditions = status.conditions ?? []
  const before = conditions.find((condition) => condition.type === wanted.type)
  if (before?.status === wanted.status && before.reason === wanted.reason) return status
  const time = timeText(now)
  const next: Condition = {
    type: wanted.type,
    status: wanted.status,
    lastProbeTime: time,
    lastTransitionTime: time,
    reason: wanted.reason,
    message: wanted.message,
  }
  return {
    ...status,
    conditions: before
      ? conditions.map((condition) => (condition === before ? next : condition))
      : [...conditions, next],
  }
}

/** The status with the numbers of these pods. */
export function withCounts(
  job: Job,
  status: JobStatus,
  pods: { active: Pod[]; terminating: number },
  tally: Tally,
): JobStatus {
  const ready = pods.active.filter((pod) => hasCondition(pod.status, 'Ready')).length
  const indexes = formatIndexes(tally.completedIndexes)
  const succeeded = job.spec.completionMode === 'Indexed' ? tally.completedIndexes.size : tally.succeeded.size
  return {
    ...omit(status, 'active', 'succeeded', 'failed', 'completedIndexes'),
    ...(pods.active.length > 0 ? { active: pods.active.length } : {}),
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(tally.failed.size > 0 ? { failed: tally.failed.size } : {}),
    ...(indexes ? { completedIndexes: indexes } : {}),
    ready,
    terminating: pods.terminating,
    uncountedTerminatedPods: {},
  }
}

/** True for a Job that has come to its end. */
export function isFinished(job: Job): boolean {
  return hasCondition(job.status, 'Complete') || hasCondition(job.status, 'Failed')
}

/** When a finished Job ended, in ms. */
export function finishedAt(job: Job): number | undefined {
  const end = job.status.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  )
  return end?.lastTransitionTime ? Date.parse(end.lastTransitionTime) : undefined
}
