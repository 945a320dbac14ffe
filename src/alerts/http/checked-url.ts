/** What is refused of a URL by its form alone, before any name is resolved. Pure. */
import { bareHost, portOf } from '../../base/no-proxy.js'
import { sendFailure } from './failure.js'
import { type AddressPolicy, refusedName } from './lookup.js'

/** The URL of a request. Throws a SendFailure, which names host and port and nothing secret. */
export function checkedUrl(text: string, policy: AddressPolicy): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw sendFailure('the address is not an https:// URL', true)
  }
  const place = `${url.hostname}:${portOf(url)}`
  if (url.username !== '' || url.password !== '') {
    throw sendFailure(`the address of ${place} holds a login; send it in a header instead`, true)
  }
  if (url.protocol === 'http:' && !policy.allowPrivate) {
    throw sendFailure(`the address of ${place} is http://; only https:// is used without allow_private`, true)
  }
  const refusal = refusedName(bareHost(url), policy)
  if (refusal) throw refusal
  return url
}
