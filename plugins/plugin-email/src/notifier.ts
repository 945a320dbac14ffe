/** The email channel: one message per alert over SMTP, encrypted or not at all. */
import type { NotifierHook } from '@arbk8s/plugin-kit'

import { compose } from './message.js'
import { delivered, failed } from './outcome.js'
import { type EmailSettings, readSettings } from './settings.js'
import { type SmtpError, transmit } from './smtp.js'
import { mask, masker } from './text.js'

const hook: NotifierHook = ({ host }) => {
  const settings = readSettings(host.settings)
  const hide = masker(secretsOf(settings))
  return {
    apiVersion: 1,
    async preview(alert) {
      const { bytes } = await compose(alert, settings, host.now())
      return { destination: destinationOf(settings), contentType: 'message/rfc822', body: hide(bytes.toString('utf8')) }
    },
    async send(alert) {
      const message = await compose(alert, settings, host.now())
      try {
        return delivered(await transmit(message.bytes, settings, host), message, hide)
      } catch (error) {
        return failed(error as SmtpError, settings, hide)
      }
    },
  }
}
export default hook

/** The password in each form in which it crosses the wire, and a username that is itself a key. */
function secretsOf({ login }: EmailSettings): string[] {
  if (!login) return []
  const { username, password } = login
  return [password, `\0${username}\0${password}`, ...(isSecretLike(username, password) ? [username] : [])]
}

/** Some services log in by a key for a name: a long mix of letters and digits that is no address. */
function isSecretLike(username: string, password: string): boolean {
  if (username === password) return true
  return username.length >= 16 && !username.includes('@') && /\d/.test(username) && /[a-z]/i.test(username)
}

function destinationOf({ host, port, tls, login, to }: EmailSettings): string {
  const user = login ? `${isSecretLike(login.username, login.password) ? mask : login.username}@` : ''
  const server = `${user}${host.includes(':') ? `[${host}]` : host}:${port}`
  return `${tls === 'implicit' ? 'smtps' : 'smtp+starttls'}://${server} → ${to.join(', ')}`
}
