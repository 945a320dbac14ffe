/** The phase of a Job: its conditions decide first, then completions, then what its pods do. */
import type { Pod } from '../cluster/types.js'
import type { Condition, Job } from '../session/job.js'
import type { Phase } from './types.js'

/** The phase and the condition that decided it, if one did. */
export interface PhaseResult {
  phase: Phase
  condition: Condition | null
}

/** A condition that is true; one that is merely present says nothing. */
export function trueCondition(job: Job, ...types: string[]): Condition | null {
  for (const type of types) {
    const found = job.status?.conditions?.find((condition) => condition.type === type && condition.status === 'True')
    if (found) return found
  }
  return null
}

/**
 * `FailureTarget` and `SuccessCriteriaMet` count as the end: Kubernetes never goes back on them, it only waits for the
 * pods to stop. Failed pods alone are retries and decide nothing.
 */
export function phaseOf(job: Job, pods: readonly Pod[]): PhaseResult {
  const failed = trueCondition(job, 'Failed', 'FailureTarget')
  const complete = trueCondition(job, 'Complete', 'SuccessCriteriaMet')
  if (failed && complete) return { phase: 'UNKNOWN', condition: failed }
  if (failed) return { phase: 'FAILED', condition: failed }
  if (complete) return { phase: 'SUCCEEDED', condition: complete }
  return unfinished(job, pods)
}

function unfinished(job: Job, pods: readonly Pod[]): PhaseResult {
  const status = job.status ?? {}
  const { active = 0, succeeded = 0, failed = 0 } = status
  if (![active, succeeded, failed].every(Number.isInteger)) return { phase: 'UNKNOWN', condition: null }
  const suspended = job.spec.suspend === true || trueCondition(job, 'Suspended') !== null
  if (suspended) return { phase: 'PENDING', condition: trueCondition(job, 'Suspended') }
  if (reachedCompletions(job, succeeded, active)) return { phase: 'SUCCEEDED', condition: null }
  return { phase: byPods({ active, progress: succeeded + failed }, pods), condition: null }
}

/** All completions are there and the controller has not yet written its condition. */
function reachedCompletions(job: Job, succeeded: number, active: number): boolean {
  return job.spec.completions !== undefined && succeeded >= job.spec.completions && active === 0 && succeeded > 0
}

function byPods({ active, progress }: { active: number; progress: number }, pods: readonly Pod[]): Phase {
  const current = pods.filter(isCurrent)
  if (current.some(isRunning)) return 'RUNNING'
  if (current.length > 0) return current.every((pod) => pod.status?.phase === 'Unknown') ? 'UNKNOWN' : 'PENDING'
  // No living pod is known: an active one may have come after the list, or the Job waits before its next try.
  return active > 0 || progress > 0 ? 'RUNNING' : 'PENDING'
}

/** True for a pod that has not ended. */
export function isCurrent(pod: Pod): boolean {
  return pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed'
}

/** A pod runs when Kubernetes says so, or when one of its init containers does. */
function isRunning(pod: Pod): boolean {
  const status = pod.status
  return (
    status?.phase === 'Running' || (status?.initContainerStatuses ?? []).some((container) => container.state?.running)
  )
}
