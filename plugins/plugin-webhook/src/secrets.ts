/** What of the settings is secret, and text without it. */
import type { WebhookSettings } from './settings.js'

const mask = '********'
/** Shorter parts of an address or values of headers are words such as `v2`, not secrets. */
const shortestSecret = 8

/** Where an alert goes, as it may be shown: scheme, host and port. */
export function maskedUrl(url: string): string {
  const { origin, pathname, search } = new URL(url)
  return pathname === '/' && search === '' ? `${origin}/` : `${origin}/…`
}

/** The settings whose secret stands in a body, with the mask in its place. */
export function withoutKey(settings: WebhookSettings): WebhookSettings {
  return settings.routingKey === undefined ? settings : { ...settings, routingKey: mask }
}

/** Text in which every secret of the settings is masked, as it is and as it stands within JSON or a URL. */
export function hideSecrets(text: string, settings: WebhookSettings): string {
  return secretsOf(settings).reduce((shown, secret) => shown.replaceAll(secret, mask), text)
}

function secretsOf({ url, headers, hmacSecret, routingKey }: WebhookSettings): string[] {
  const { href, pathname, search, username, password } = new URL(url)
  const path = `${pathname}${search}`
  const parts = [...path.split(/[/?&=#]/), username, password].filter(({ length }) => length >= shortestSecret)
  const values = Object.values(headers).filter(({ length }) => length >= shortestSecret)
  const own = [url, href, path, ...parts, ...values, hmacSecret ?? '', routingKey ?? '']
  const plain = own.filter(({ length }) => length > 1)
  const forms = plain.flatMap((secret) => [secret, decoded(secret), JSON.stringify(secret).slice(1, -1)])
  return [...new Set(forms)].sort((a, b) => b.length - a.length)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
