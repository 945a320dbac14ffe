/** What came of a try, in words that say what to do, and whether another try can help. */
import type { Delivery } from '@arbk8s/plugin-kit'

import type { EmailSettings } from './settings.js'
import type { Receipt, SmtpError } from './smtp.js'
import { line } from './text.js'
import type { Message, Reference } from './message.js'

type Failure = { permanent: boolean; reason: string }

/** The delivery of a message that the server took, for all recipients or for some. */
export function delivered({ reply, refused }: Receipt, message: Message, hide: (text: string) => string): Delivery {
  const reference: Reference = { message_id: message.id, first_message_id: message.first }
  return {
    delivered: true,
    detail: hide(line(reply, 200)),
    reference,
    ...(refused.length > 0
      ? { undelivered: refused.map(({ to, reply }) => ({ to, reason: hide(line(reply, 200)) })) }
      : {}),
  }
}

/** The delivery of a message that did not go out. */
export function failed(error: SmtpError, settings: EmailSettings, hide: (text: string) => string): Delivery {
  const { permanent, reason } = explain(error, settings)
  // The host's lookup names the host itself.
  const where = reason.startsWith(`${settings.host}: `) ? '' : `${settings.host}:${settings.port}: `
  return { delivered: false, permanent, reason: hide(line(`${where}${reason}`, 400)) }
}

function explain(error: SmtpError, settings: EmailSettings): Failure {
  if (error.over === 'interrupt') return passing(`interrupted while ${error.step}`)
  if (error.over === 'deadline') return passing(`no answer in time while ${error.step}${hintFor(error, settings)}`)
  if (typeof error.responseCode === 'number') return refusedBy(error, settings)
  const code = error.originalCode ?? error.code ?? ''
  const tls = tlsFailure(code, error)
  if (tls) return { permanent: true, reason: tls }
  if (['EPROTOCOL', 'EMESSAGE', 'EENVELOPE', 'EAUTH'].includes(error.code ?? '')) return lasting(error.message)
  if (typeof error.permanent === 'boolean') return { permanent: error.permanent, reason: error.message }
  return passing(`${error.message} (while ${error.step})`)
}

const passing = (reason: string): Failure => ({ permanent: false, reason })
const lasting = (reason: string): Failure => ({ permanent: true, reason })

/** The two TLS modes taken for one another end in silence. */
function hintFor({ step = '' }: SmtpError, { tls, port }: EmailSettings): string {
  if (!step.endsWith('the greeting')) return step.includes('message') ? '; it may have arrived all the same' : ''
  return tls === 'starttls' && port === 465 ? '; port 465 wants tls: implicit' : ''
}

/** A reply of the server: 5yz is for good, 4yz for now. */
function refusedBy(error: SmtpError, { from, tls }: EmailSettings): Failure {
  const { responseCode = 0, command = '', response = '' } = error
  const permanent = responseCode >= 500
  const words: [string, string][] = [
    ['STARTTLS', permanent ? 'it has no STARTTLS, and mail is never sent in clear' : 'it cannot start TLS now'],
    ['AUTH', permanent ? 'it refused the login; check username and password' : 'it could not check the login'],
    ['MAIL FROM', `it refused the sender ${from.address}`],
    ['RCPT TO', 'it refused every recipient'],
    ['DATA', 'it refused the message'],
    ['EHLO', tls === 'starttls' ? 'it refused EHLO, without which there is no STARTTLS' : 'it refused EHLO'],
  ]
  const found = words.find(([start]) => command.startsWith(start))
  return { permanent, reason: `${found?.[1] ?? 'it turned us away'}: ${response}` }
}

const untrusted = new Set([
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_UNTRUSTED', 'CERT_SIGNATURE_FAILURE'],
])

function tlsFailure(code: string, error: SmtpError): string | undefined {
  if (untrusted.has(code)) {
    return `its certificate is not trusted (${code}); if it is your own, name its authority: smtp_ca_file`
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `its certificate is for another name; set host or server_name to a name that it carries: ${error.message}`
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return `its certificate ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'} (${code})`
  }
  if (/^(CERT_|INVALID_|ERR_TLS_CERT_)/.test(code)) return `its certificate is not accepted (${code})`
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return 'it does not speak TLS from the start on this port; tls: starttls may be what it wants'
  }
  return /^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code) ? `no TLS 1.2 or newer could be agreed on (${code})` : undefined
}
