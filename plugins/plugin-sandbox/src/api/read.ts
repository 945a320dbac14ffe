/** get and list. */
import { RevisionGone } from '../store/store.js'
import type { KubeObject } from '../store/objects.js'
import { integer, stored } from './call.js'
import type { Answer, Call } from './call.js'
import { present, presentList } from './present.js'
import { storeKey } from './resources.js'
import { fieldSelector, labelSelector } from './selectors.js'
import type { Matcher } from './selectors.js'
import { StatusError, badRequest, expired, invalid, invalidValue, notFound } from './status.js'

/** The answer to a GET of one object. */
export function get(call: Call): Answer {
  const object = stored(call, storeKey(call.resource))
  if (!object) throw notFound(call.resource, call.path.name!)
  return { code: 200, body: present(call, object) }
}

/** Whether an object is within the request's namespace, name and selectors. */
export function matcherOf(call: Call): Matcher {
  const labels = labelSelector(call.query.get('labelSelector'))
  const fields = fieldSelector(call.resource, call.query.get('fieldSelector'))
  return (object) => labels(object) && fields(object)
}

interface ContinueToken {
  v: string
  rv: number
  start: string
}

/** The answer to a GET of a collection, one page of it where a limit is given. */
export function list(call: Call): Answer {
  const limit = integer(call.query, 'limit') ?? 0
  const token = parseToken(call)
  const revision = token ? token.rv : revisionFor(call)
  const matches = matcherOf(call)
  const all = at(call, revision, token).filter(matches)
  const rest = token ? all.filter((object) => keyOf(call, object) > token.start) : all
  const page = limit > 0 ? rest.slice(0, limit) : rest
  const left = rest.length - page.length
  const metadata = {
    resourceVersion: String(revision),
    ...(left > 0
      ? {
          continue: encodeToken({ v: 'meta.k8s.io/v1', rv: revision, start: keyOf(call, page.at(-1)!) }),
          // As the server: how many are left is told only where no selector hides some of them.
          ...(call.query.get('labelSelector') || call.query.get('fieldSelector') ? {} : { remainingItemCount: left }),
        }
      : {}),
  }
  return { code: 200, body: presentList(call, page, metadata) }
}

function at(call: Call, revision: number, token: ContinueToken | undefined): KubeObject[] {
  const { store } = call.api
  try {
    return store.listAt(storeKey(call.resource), call.path.namespace, revision)
  } catch (error) {
    if (!(error instanceof RevisionGone)) throw error
    throw expired(tooOld, token ? { continue: encodeToken({ ...token, rv: -1 }) } : {})
  }
}

const tooOld =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

/** The revision that a list without a token shows. */
function revisionFor(call: Call): number {
  const { store } = call.api
  const text = call.query.get('resourceVersion')
  if (!text || text === '0') return store.revision
  if (!/^\d+$/.test(text)) throw badVersion(text)
  const wanted = Number(text)
  if (wanted > store.revision) {
    throw new StatusError(504, 'Timeout', `Too large resource version: ${wanted}, current: ${store.revision}`, {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }],
      retryAfterSeconds: 1,
    })
  }
  return call.query.get('resourceVersionMatch') === 'Exact' ? wanted : store.revision
}

/** The error for a resourceVersion that is not a number. */
export function badVersion(text: string): StatusError {
  return invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [
    invalidValue('resourceVersion', text, `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`),
  ])
}

function keyOf(call: Call, object: KubeObject): string {
  const { namespace, name } = object.metadata
  return call.path.namespace || !namespace ? `${name}\u0000` : `${namespace}/${name}\u0000`
}

function encodeToken(token: ContinueToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

function parseToken(call: Call): ContinueToken | undefined {
  const text = call.query.get('continue')
  if (!text) return undefined
  let token: ContinueToken
  try {
    token = JSON.parse(Buffer.from(text, 'base64url').toString()) as ContinueToken
  } catch {
    throw badRequest('invalid continue token: continue key is not valid: it is not JSON in base64')
  }
  if (token.v !== 'meta.k8s.io/v1' || !Number.isInteger(token.rv) || typeof token.start !== 'string') {
    throw badRequest(
      'invalid continue token: continue key is not valid: server does not recognize this encoded version',
    )
  }
  if (token.rv === 0)
    throw badRequest(
      'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    )
  // -1 says: go on from that key in the state of now.
  return token.rv < 0 ? { ...token, rv: call.api.store.revision } : token
}
