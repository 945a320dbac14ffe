/** What a Job's controller remembers of pods that ended, also of those that are gone from the store. */
import { isTerminal } from '../store/objects.js'
import type { Job, Pod, PodFailurePolicyRule } from '../store/objects.js'
import { indexOf } from './pod-of-job.js'

export interface PolicyFailure {
  message: string
}

export class Tally {
  readonly succeeded = new Set<string>()
  readonly failed = new Set<string>()
  readonly completedIndexes = new Set<number>()
  /** Pods that the controller itself removed (suspend, fewer in parallel), or that a policy ignores: no failures. */
  readonly released = new Set<string>()
  /** Failures since the last success, and when the last was: they set the delay before the next pod. */
  failuresInRow = 0
  lastFailureMs = 0
  /** Set where a rule of the Job's failure policy fails the Job. */
  policyFailure: PolicyFailure | undefined

  /** Counts a pod once it has ended, or is being removed by someone else. */
  observe(job: Job, pod: Pod, nowMs: number): void {
    const { uid } = pod.metadata
    if (this.succeeded.has(uid) || this.failed.has(uid) || this.released.has(uid)) return
    if (pod.status.phase === 'Succeeded') {
      this.succeeded.add(uid)
      const index = indexOf(pod)
      if (index !== undefined) this.completedIndexes.add(index)
      this.failuresInRow = 0
    } else if (pod.status.phase === 'Failed') this.fail(job, pod, nowMs)
    else if (pod.metadata.deletionTimestamp && job.spec.podReplacementPolicy !== 'Failed') this.addFailure(uid, nowMs)
  }

  /** Counts a pod that vanished before it ended. */
  vanished(pod: Pod, nowMs: number): void {
    const { uid } = pod.metadata
    if (isTerminal(pod) || this.succeeded.has(uid) || this.failed.has(uid) || this.released.has(uid)) return
    this.addFailure(uid, nowMs)
  }

  /** Failed pods count as failures of the Job that ended them, however they end. */
  addFailure(uid: string, nowMs: number): void {
    this.failed.add(uid)
    this.failuresInRow++
    this.lastFailureMs = nowMs
  }

  private fail(job: Job, pod: Pod, nowMs: number): void {
    const rules = job.spec.podFailurePolicy?.rules ?? []
    for (const [at, rule] of rules.entries()) {
      const match = matchRule(rule, pod)
      if (!match) continue
      if (rule.action === 'Ignore') return void this.released.add(pod.metadata.uid)
      if (rule.action === 'FailJob') this.policyFailure ??= { message: `${match} matching FailJob rule at index ${at}` }
      break
    }
    this.addFailure(pod.metadata.uid, nowMs)
  }
}

function matchRule(rule: PodFailurePolicyRule, pod: Pod): string | undefined {
  const where = `pod ${pod.metadata.namespace}/${pod.metadata.name}`
  if (rule.onExitCodes) {
    const { containerName, operator, values } = rule.onExitCodes
    const statuses = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])]
    const hit = statuses.find(({ name, state }) => {
      const code = state.terminated?.exitCode
      if (!code || (containerName && containerName !== name)) return false
      return values.includes(code) === (operator === 'In')
    })
    return hit && `Container ${hit.name} for ${where} failed with exit code ${hit.state.terminated!.exitCode}`
  }
  const hit = rule.onPodConditions?.find(({ type, status }) =>
    pod.status.conditions?.some((condition) => condition.type === type && condition.status === status),
  )
  return hit && `${where[0]!.toUpperCase()}${where.slice(1)} has condition ${hit.type}`
}
