/** Who the requests come from: headers and a client certificate made from a kubeconfig's user entry. */
import { ArbError, messageOf } from '../base/errors.js'
import { readTextFile, reasonOf } from '../base/files.js'
import type { Masker } from '../base/masker.js'
import { cleanLine, shorten } from '../base/text.js'
import { execIdentity } from './exec-credential.js'
import { invalidEntry, pathOf, textOf, type RawEntry } from './kubeconfig-entry.js'
import { checkedCertificates, checkedKey, pemOf } from './pem.js'

/** What a request carries. Nothing of it is ever shown. */
export interface Identity {
  headers: Record<string, string | string[]>
  cert?: string
  key?: string
  /** When it must be asked for again, milliseconds since 1970; for ever where it is not there. */
  expiresAt?: number
}

export interface Credentials {
  /** Where the identity comes from, in words. */
  readonly source: string
  /** The identity for the next request; may read a file or run a plugin. */
  identity(signal?: AbortSignal): Promise<Identity>
  /** Forgets what is cached after a 401; false where asking again would give the same. */
  forget(): boolean
}

export interface CredentialContext {
  user: RawEntry | null
  cluster: RawEntry
  clusterInfo: Record<string, unknown>
  env: Record<string, string | undefined>
  /** Is told all that is secret in an identity. */
  masker: Masker
  now?: () => number
}

/** A token file may be renewed at any time; a pod's is, every hour or so. */
const tokenFileMs = 60_000
/** An identity is renewed this long before it ends, so that no request is under way with a dead one. */
const earlyMs = 10_000

/** The credentials of a user entry. Files are read and plugins run at the first request, not here. */
export function credentialsOf(context: CredentialContext): Credentials {
  const now = context.now ?? Date.now
  const { user } = context
  if (!user) return { source: 'no user', identity: async () => ({ headers: {} }), forget: () => false }
  const obtain = sourceOf(context, user, now)
  let cached: Identity | undefined
  let pending: Promise<Identity> | undefined
  return {
    source: sourceInWords(user),
    async identity(signal) {
      if (cached && (cached.expiresAt ?? Infinity) - earlyMs > now()) return cached
      // Many requests at once wait for one answer.
      pending ??= obtain(signal).finally(() => (pending = undefined))
      cached = await pending
      addIdentity(context.masker, cached)
      return cached
    },
    forget() {
      cached = undefined
      return isRenewable(user)
    },
  }
}

function addIdentity(masker: Masker, { headers, key }: Identity): void {
  if (key !== undefined) masker.add(key)
  const { authorization } = headers
  if (typeof authorization !== 'string') return
  const [scheme, credential = ''] = authorization.split(' ')
  masker.add(credential)
  if (scheme !== 'Basic') return
  const pair = Buffer.from(credential, 'base64').toString('utf8')
  masker.add(pair)
  masker.add(pair.slice(pair.indexOf(':') + 1))
}

function sourceInWords({ name, values }: RawEntry): string {
  const { exec, 'auth-provider': provider } = values as Record<string, Record<string, unknown> | undefined>
  const of = `of the user "${cleanLine(name)}"`
  if (exec) return `the exec plugin "${cleanLine(String(exec.command))}" ${of}`
  if (provider) return `the auth provider "${cleanLine(String(provider.name))}" ${of}`
  return `the kubeconfig ${of}`
}

function isRenewable(user: RawEntry): boolean {
  return ['exec', 'auth-provider', 'tokenFile'].some((key) => Boolean(user.values[key]))
}

function sourceOf(
  context: CredentialContext,
  user: RawEntry,
  now: () => number,
): (signal?: AbortSignal) => Promise<Identity> {
  const impersonation = impersonationHeaders(user)
  return async (signal) => {
    const base = await plainIdentity(user, now)
    const more = base.headers.authorization ? undefined : await pluginIdentity(context, user, signal)
    return { ...base, ...more, headers: { ...base.headers, ...more?.headers, ...impersonation } }
  }
}

async function pluginIdentity(
  context: CredentialContext,
  user: RawEntry,
  signal?: AbortSignal,
): Promise<Identity | undefined> {
  if (user.values.exec) return execIdentity({ ...context, user, signal })
  if (!user.values['auth-provider']) return undefined
  try {
    const { authProviderIdentity } = await import('./auth-provider.js')
    return await authProviderIdentity(context.cluster, user)
  } catch (error) {
    if (error instanceof ArbError) throw error
    throw new ArbError({
      code: 'ARB_CREDENTIALS',
      message: `the auth provider of the user "${cleanLine(user.name)}" gave no credential: ${shorten(cleanLine(messageOf(error)), 200)}`,
      hints: ['Log in again with the provider’s own tool, or use an exec plugin.'],
      cause: error,
    })
  }
}

/** Token, token file, user and password, and client certificate: in kubectl's order of force. */
async function plainIdentity(user: RawEntry, now: () => number): Promise<Identity> {
  const identity: Identity = { headers: {} }
  const tokenFile = pathOf(user, 'tokenFile')
  const token = tokenFile === undefined ? textOf(user, 'token') : await readToken(user, tokenFile)
  if (tokenFile !== undefined) identity.expiresAt = now() + tokenFileMs + earlyMs
  const username = textOf(user, 'username')
  if (token !== undefined) {
    if (!/^[\x21-\x7e]+$/.test(token)) throw invalidEntry(user, 'the token holds characters that no token has')
    identity.headers.authorization = `Bearer ${token}`
  } else if (username !== undefined) {
    identity.headers.authorization = `Basic ${Buffer.from(`${username}:${textOf(user, 'password') ?? ''}`).toString('base64')}`
  }
  const cert = await pemOf(user, 'client-certificate')
  const key = await pemOf(user, 'client-key')
  if ((cert === undefined) !== (key === undefined))
    throw invalidEntry(user, 'a client certificate and its key must be given together')
  if (cert !== undefined && key !== undefined) {
    identity.cert = checkedCertificates(cert, (problem) => invalidEntry(user, `the client certificate ${problem}`))
    identity.key = checkedKey(key, (problem) => invalidEntry(user, `the client key ${problem}`))
  }
  return identity
}

async function readToken(user: RawEntry, file: string): Promise<string> {
  const token = await readTextFile(file).catch((error: unknown) => {
    throw invalidEntry(user, `"tokenFile": ${file} cannot be read: ${reasonOf(error)}`)
  })
  if (token.trim() === '') throw invalidEntry(user, `"tokenFile": ${file} is empty`)
  return token.trim()
}

function impersonationHeaders(user: RawEntry): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  const as = textOf(user, 'as')
  if (as === undefined) return headers
  headers['impersonate-user'] = as
  const uid = textOf(user, 'as-uid')
  if (uid !== undefined) headers['impersonate-uid'] = uid
  const groups = user.values['as-groups']
  if (Array.isArray(groups)) headers['impersonate-group'] = groups.map(String)
  const extra = user.values['as-user-extra']
  if (typeof extra === 'object' && extra !== null) {
    for (const [key, values] of Object.entries(extra))
      headers[`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`] = [values].flat().map(String)
  }
  return headers
}
