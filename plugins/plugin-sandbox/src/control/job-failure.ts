/** When a Job fails. */
import { hasCondition } from '../store/objects.js'
import type { Job, JobStatus, Pod } from '../store/objects.js'
import type { Tally } from './tally.js'

export interface Failure {
  reason: 'BackoffLimitExceeded' | 'DeadlineExceeded' | 'PodFailurePolicy'
  message: string
}

/** Why the Job fails now, or undefined. */
export function failureOf(
  job: Job,
  at: { status: JobStatus; active: Pod[]; tally: Tally; nowMs: number },
): Failure | undefined {
  const { spec } = job
  const { status, active, tally, nowMs } = at
  const target = status.conditions?.find(({ type }) => type === 'FailureTarget')
  if (target) return { reason: target.reason as Failure['reason'], message: target.message! }
  if (hasCondition(status, 'SuccessCriteriaMet')) return undefined
  if (tally.policyFailure) return { reason: 'PodFailurePolicy', message: tally.policyFailure.message }
  const limit = spec.backoffLimit ?? 6
  if (tally.failed.size > limit || pastRestarts(job, active, limit)) {
    return { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' }
  }
  const deadline = spec.activeDeadlineSeconds
  if (
    deadline !== undefined &&
    status.startTime &&
    !spec.suspend &&
    nowMs - Date.parse(status.startTime) >= deadline * 1000
  ) {
    return { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' }
  }
  return undefined
}

/** With restartPolicy OnFailure the containers' restarts count instead of the pods. */
function pastRestarts(job: Job, active: Pod[], limit: number): boolean {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false
  const statuses = active.flatMap((pod) => [
    ...(pod.status.initContainerStatuses ?? []),
    ...(pod.status.containerStatuses ?? []),
  ])
  const restarts = statuses.reduce((sum, status) => sum + status.restartCount, 0)
  return limit === 0 ? restarts > 0 : restarts >= limit
}
