/**
 * Credentials of a legacy `auth-provider` entry such as OIDC, by the Kubernetes client library. Imported only for such an
 * entry: the library costs half a second and 70 MB.
 */
import { KubeConfig } from '@kubernetes/client-node'

import { ArbError } from '../base/errors.js'
import { cleanLine } from '../base/text.js'
import type { Identity } from './credentials.js'
import { textOf, type RawEntry } from './kubeconfig-entry.js'

const timeoutMs = 30_000
/** The provider keeps its own cache; it is asked again every minute. */
const askAgainMs = 60_000

/** Asks the provider that the entry names. */
export async function authProviderIdentity(cluster: RawEntry, user: RawEntry): Promise<Identity> {
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [{ name: 'cluster', server: textOf(cluster, 'server') ?? '', skipTLSVerify: false }],
    users: [{ name: user.name, authProvider: user.values['auth-provider'] }],
    contexts: [{ name: 'context', cluster: 'cluster', user: user.name }],
    currentContext: 'context',
  })
  const options: { headers?: Record<string, string>; cert?: string; key?: string } = { headers: {} }
  await withinTime(config.applyToHTTPSOptions(options as never), user)
  const authorization = options.headers?.Authorization ?? options.headers?.authorization
  if (!authorization) {
    throw new ArbError({
      code: 'ARB_CREDENTIALS',
      message: `the auth provider of the user "${cleanLine(user.name)}" gave no token`,
      hints: ['Log in again with the provider’s own tool, or use an exec plugin.'],
    })
  }
  return { headers: { authorization }, expiresAt: Date.now() + askAgainMs }
}

async function withinTime(work: Promise<unknown>, user: RawEntry): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new ArbError({
            code: 'ARB_CREDENTIALS',
            message: `the auth provider of the user "${cleanLine(user.name)}" did not answer within ${timeoutMs / 1000}s`,
          }),
        ),
      timeoutMs,
    )
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
