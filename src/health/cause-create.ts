/** Refusals that make no pod: the Job controller cannot create one, and only events say so. */
import type { ClusterEvent } from '../cluster/types.js'
import { fixMissing, missingObject } from './fix.js'
import { parseQuantity } from '../session/quantity.js'
import { firstSeen, lastSeen, type JobView } from './index-snapshot.js'
import { isCurrent } from './phase.js'
import { makeCause, namespaceOf, timeOf } from './trouble.js'
import type { Cause } from './types.js'

/** Why the Job has fewer pods than it wants, or null. Refusals that a later pod has overcome do not count. */
export function createCause({ job, pods, events }: JobView): Cause | null {
  const { parallelism = 1, completions } = job.spec
  const wanted = Math.min(parallelism, (completions ?? Infinity) - (job.status?.succeeded ?? 0))
  if (pods.filter(isCurrent).length >= wanted) return null
  const refusals = events.filter(
    ({ reason, involvedObject }) => reason === 'FailedCreate' && involvedObject.kind === 'Job',
  )
  const last = refusals.reduce<ClusterEvent | null>(
    (best, event) => (best && seen(best) >= seen(event) ? best : event),
    null,
  )
  if (last === null) return null
  const created = events.filter(({ reason }) => reason === 'SuccessfulCreate')
  if (created.some((event) => seen(event) > seen(last))) return null
  const since = refusals.map(firstSeen).sort((a, b) => timeOf(a) - timeOf(b))[0] ?? null
  return { ...refusalCause(last.message ?? '', namespaceOf(job)), since }
}

function seen(event: ClusterEvent): number {
  return timeOf(lastSeen(event))
}

function refusalCause(raw: string, namespace: string): Cause {
  const message = raw.replace(/^Error creating: /, '')
  const reason = 'FailedCreate'
  const missing = missingObject(message, namespace)
  if (missing) return makeCause({ class: 'config', reason, message, fix: fixMissing(missing) })
  if (/exceeded quota/.test(message)) return quotaCause(message, namespace)
  const unset = /failed quota: ([^:]+): must specify ([\w.,/-]+)/.exec(message)
  if (unset)
    return definiteQuota(
      message,
      `Quota ${unset[1]} needs ${unset[2]!.split(',').join(' and ')}: set them in the Job's resources.`,
    )
  if (/(maximum|minimum) \S+ usage per|must be less than or equal to|LimitRange/i.test(message))
    return definiteQuota(
      message,
      `The namespace's limits refuse these resources: see kubectl describe limits -n ${namespace}`,
    )
  return policyCause(message)
}

function definiteQuota(message: string, fix: string): Cause {
  return makeCause({ class: 'quota', certainty: 'definite', reason: 'FailedCreate', message, fix })
}

/** A request larger than the whole quota can never be met; one that others' use stands against may be. */
function quotaCause(message: string, namespace: string): Cause {
  const quota = /exceeded quota: ([^,]+)/.exec(message)?.[1] ?? ''
  const asked = amounts(/requested: (.*?)(?:, used:|$)/.exec(message)?.[1])
  const limits = amounts(/limited: (.*)$/.exec(message)?.[1])
  for (const [resource, amount] of asked) {
    const limit = limits.get(resource)
    if (limit === undefined || !isMore(amount, limit)) continue
    return definiteQuota(
      message,
      `The pod asks ${resource}=${amount} and quota ${quota} allows ${limit} in all: ask less, or raise the quota.`,
    )
  }
  const fix = `Quota ${quota} is used up: wait for other pods to end, or raise it (kubectl describe quota -n ${namespace}).`
  return makeCause({ class: 'quota', reason: 'FailedCreate', message, fix })
}

function isMore(amount: string, limit: string): boolean {
  const [asked, allowed] = [parseQuantity(amount), parseQuantity(limit)]
  return asked !== undefined && allowed !== undefined && asked.nano > allowed.nano
}

function amounts(text = ''): Map<string, string> {
  return new Map(
    text
      .split(',')
      .map((part) => part.trim().split('=') as [string, string])
      .filter(([, amount]) => amount),
  )
}

function policyCause(message: string): Cause {
  const reason = 'FailedCreate'
  const webhook = /admission webhook "([^"]+)" denied the request:?\s*(.*)/.exec(message)
  if (webhook)
    return makeCause({
      class: 'permanent',
      certainty: 'likely',
      reason,
      message,
      fix: `Admission webhook ${webhook[1]} refuses the pod: ${webhook[2] || 'ask who runs it'}`,
    })
  if (/violates PodSecurity|is invalid|ValidatingAdmissionPolicy/.test(message))
    return makeCause({
      class: 'permanent',
      certainty: 'definite',
      reason,
      message,
      fix: 'The cluster never takes this pod: correct the template as the message says.',
    })
  if (/forbidden/.test(message))
    return makeCause({
      class: 'permanent',
      certainty: 'likely',
      reason,
      message,
      fix: 'The cluster refuses the pod: correct what the message names, or ask for the right.',
    })
  return makeCause({
    class: 'transient',
    reason,
    message,
    fix: 'The controller tries again by itself; if it goes on, ask the cluster’s operators.',
  })
}
