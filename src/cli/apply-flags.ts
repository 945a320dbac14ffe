/** Flags of whatever may apply Jobs, and the guards that they make with the settings and the environment. */
import { Flags } from '@oclif/core'

import type { LiveGuard, TargetGuard } from '../apply/guards.js'

/** What keeps an apply in its place. */
export const guardFlags = {
  'allow-live': Flags.boolean({ description: 'allow Jobs in live mode; ARBK8S_FORBID_LIVE=1 wins over it' }),
  'confirm-context': Flags.string({
    description: 'the context, named once more: needed for one that protected_contexts matches',
    helpValue: 'NAME',
  }),
  'insecure-skip-tls-verify': Flags.boolean({
    description: 'do not check the API server’s certificate; needed to apply over a connection that is not checked',
    helpGroup: 'CLUSTER',
  }),
}

export interface GuardFlagValues {
  'allow-live': boolean
  'confirm-context'?: string | undefined
  'insecure-skip-tls-verify': boolean
}

/** The guards. ARBK8S_FORBID_LIVE counts unless it is empty, 0 or false. */
export function guardOf(
  flags: GuardFlagValues,
  protectedContexts: string[],
  env: Record<string, string | undefined>,
): LiveGuard & TargetGuard {
  return {
    allowLive: flags['allow-live'],
    forbidLive: !['', '0', 'false'].includes((env.ARBK8S_FORBID_LIVE ?? '').toLowerCase()),
    protectedContexts,
    confirmContext: flags['confirm-context'],
    allowInsecure: flags['insecure-skip-tls-verify'],
  }
}
