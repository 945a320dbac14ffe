/** What keeps an apply from the wrong place and from live trading. Pure: every switch is an argument. */
import { ArbError } from '../base/errors.js'
import type { ClusterTarget } from '../cluster/types.js'
import type { Job } from '../session/job.js'
import { isLive, liveWords } from './live-words.js'

/** Whether Jobs in live mode may be applied. */
export interface LiveGuard {
  /** --allow-live. */
  allowLive: boolean
  /** ARBK8S_FORBID_LIVE: wins over everything. */
  forbidLive: boolean
}

/** Which clusters may be changed. */
export interface TargetGuard {
  /** Patterns of protected contexts; `*` stands for anything. */
  protectedContexts: string[]
  /** --confirm-context. */
  confirmContext?: string | undefined
  /** --insecure-skip-tls-verify. */
  allowInsecure: boolean
}

/** Why a Job counts as live trading, or undefined: by label, variable or argument. */
export function liveReason(job: Job): string | undefined {
  const { template } = job.spec
  if (isLive(job.metadata.labels?.mode)) return 'its label mode is "live"'
  if (isLive(template.metadata?.labels?.mode)) return 'its pods’ label mode is "live"'
  for (const container of [...template.spec.containers, ...(template.spec.initContainers ?? [])]) {
    const words = liveWords(container)
    if (words !== undefined) return words
  }
  return undefined
}

/** Throws ARB_LIVE_REFUSED for a Job in live mode that was not allowed. Asked again for each object just before it is sent. */
export function checkLive(job: Job, { allowLive, forbidLive }: LiveGuard): void {
  const reason = liveReason(job)
  if (reason === undefined || (allowLive && !forbidLive)) return
  throw new ArbError({
    code: 'ARB_LIVE_REFUSED',
    message: `the Job "${job.metadata.name}" is live trading (${reason}) and ${forbidLive ? 'ARBK8S_FORBID_LIVE forbids that' : 'that was not allowed'}; nothing was sent`,
    hints: [
      forbidLive
        ? 'Unset ARBK8S_FORBID_LIVE where live trading is really meant.'
        : 'Give --allow-live beside --apply where live trading is really meant.',
    ],
    details: { job: job.metadata.name },
  })
}

/** Throws where the target may not be changed: a protected or unconfirmed context, a connection that is not checked. */
export function checkTarget(
  target: ClusterTarget,
  { protectedContexts, confirmContext, allowInsecure }: TargetGuard,
): void {
  const name = target.context ?? target.cluster ?? target.server
  if (confirmContext !== undefined && confirmContext !== name) {
    throw new ArbError({
      code: 'ARB_CONTEXT_PROTECTED',
      message: `--confirm-context says "${confirmContext}", but the context is "${name}"; nothing was sent`,
      hints: ['Choose the context with --context, then confirm just that one.'],
    })
  }
  const pattern = protectedContexts.find((entry) => matches(entry, name))
  if (pattern !== undefined && confirmContext === undefined) {
    throw new ArbError({
      code: 'ARB_CONTEXT_PROTECTED',
      message: `the context "${name}" is protected (protected_contexts: ${pattern}); nothing was sent`,
      hints: [`Confirm it with --confirm-context ${name}.`],
    })
  }
  if (target.insecure && !allowInsecure) {
    throw new ArbError({
      code: 'ARB_TARGET_INSECURE',
      message: `the connection to ${target.server} is not checked (plain HTTP, or insecure-skip-tls-verify); nothing was sent`,
      hints: ['Set certificate-authority in the kubeconfig, or give --insecure-skip-tls-verify to apply all the same.'],
    })
  }
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(name)
}
