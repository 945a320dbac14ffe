/** Why a request got no answer, in words that name host and port and nothing secret. */
import { messageOf } from '../../base/errors.js'

/** What `HttpSender` and `AddressLookup` reject with. */
export interface SendFailure extends Error {
  /** True where another try is useless. */
  permanent: boolean
}

/** A failure of one try. */
export function sendFailure(message: string, permanent: boolean): SendFailure {
  return Object.assign(new Error(message), { permanent })
}

/** True for what this module made. */
export function isSendFailure(error: unknown): error is SendFailure {
  return error instanceof Error && typeof (error as Partial<SendFailure>).permanent === 'boolean'
}

const networkReasons: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved just now',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_HEADERS_OVERFLOW: 'its answer has too many headers',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its answer is not as long as it says',
}

/** Nothing that waiting would mend. */
const tlsReasons: [RegExp, string][] = [
  [/CERT_HAS_EXPIRED/, 'its certificate has expired'],
  [/CERT_NOT_YET_VALID/, 'its certificate is not valid yet; is the clock of this machine right?'],
  [/ALTNAME_INVALID|HOSTNAME_MISMATCH/, 'its certificate is for another host name'],
  [
    /SELF_SIGNED|UNABLE_TO_|CERT_|INVALID_CA/,
    'its certificate is not signed by an authority that is trusted here; ca_file names one for a channel',
  ],
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG/, 'it does not speak TLS'],
  [/ERR_SSL|ERR_TLS|EPROTO|PRX_TLS/, 'the TLS handshake failed'],
]

/** The failure for whatever the connection, TLS or HTTP ended with. `place` is host and port, and the proxy in between. */
export function connectionFailure(place: string, error: unknown): SendFailure {
  const codes = codesOf(error)
  const known = codes.map((code) => networkReasons[code]).find((reason) => reason !== undefined)
  if (known) return sendFailure(`${place}: ${known}`, false)
  const words = [...codes, messageOf(error)].join(' ').toUpperCase().replaceAll(' ', '_')
  if ((error as Error | undefined)?.name === 'HTTPParserError')
    return sendFailure(`${place}: what it answered is not HTTP`, false)
  const tunnel = /PROXY_RESPONSE_\((\d+)\)/.exec(words)
  if (tunnel) return proxyRefusal(place, Number(tunnel[1]))
  const tls = tlsReasons.find(([pattern]) => pattern.test(words))
  if (tls) return sendFailure(`${place}: ${tls[1]}`, true)
  // An error's own words may hold an address or a header: its code alone is shown.
  return sendFailure(`${place}: the request failed${codes[0] ? ` (${codes[0]})` : ''}`, false)
}

function proxyRefusal(place: string, status: number): SendFailure {
  const hint = status === 407 ? '; it wants a user name and password within its address' : ''
  return sendFailure(`${place}: the proxy answered ${status}${hint}`, status >= 400 && status < 500 && status !== 429)
}

/** The codes of an error, of those it gathers (one an address) and of its causes; outermost first. */
function codesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 4) return []
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown }
  const inner = [...(Array.isArray(errors) ? (errors as unknown[]) : []), cause]
  const own = typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? [code] : []
  return [...own, ...inner.flatMap((each) => codesOf(each, depth + 1))]
}
