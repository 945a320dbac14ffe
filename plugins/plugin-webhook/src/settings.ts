/** The channel's settings, read and checked once. */

/** The body that is sent. */
export type Form = 'arbk8s' | 'alertmanager' | 'pagerduty' | 'cloudevents'

export interface WebhookSettings {
  url: string
  format: Form
  /** Own headers, names as given. */
  headers: Record<string, string>
  hmacSecret: string | undefined
  /** PagerDuty's integration key. */
  routingKey: string | undefined
  /** Further labels of Alertmanager's alerts. */
  labels: Record<string, string>
  /** The CloudEvents `source`; undefined is one by namespace. */
  source: string | undefined
}

const known: readonly string[] = ['webhook_url', 'format', 'headers', 'hmac_secret', 'routing_key', 'labels', 'source']
const formats: readonly string[] = ['arbk8s', 'alertmanager', 'pagerduty', 'cloudevents']
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Visible ASCII, blanks and tabs: what every server reads alike. */
const headerText = /^[\t\x20-\x7e]*$/
/** Headers that are the connection's, or that the channel itself sets. */
const reserved =
  /^(host|connection|content-length|content-type|transfer-encoding|keep-alive|upgrade|te|trailer|expect|accept-encoding|idempotency-key|x-arbk8s-signature|proxy-.*)$/i
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/
const routingKey = /^[0-9A-Za-z]{32}$/

/** Throws with `code: 'ERR_SETTINGS'`, naming the setting and never its value. */
export function readSettings(settings: Record<string, unknown>): WebhookSettings {
  const stranger = Object.keys(settings).find((key) => !known.includes(key))
  if (stranger !== undefined) throw wrong(`${JSON.stringify(stranger)} is not one of its settings: ${known.join(', ')}`)
  const format = textOf(settings, 'format') ?? 'arbk8s'
  if (!formats.includes(format)) throw wrong(`format must be one of ${formats.join(', ')}`)
  const url = textOf(settings, 'webhook_url')
  if (url === undefined) throw wrong(`webhook_url is missing: set it for the channel, or give --webhook-url`)
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw wrong('webhook_url must be an https:// URL')
  const key = textOf(settings, 'routing_key')
  if (format === 'pagerduty' && !routingKey.test(key ?? ''))
    throw wrong(
      `routing_key ${key === undefined ? 'is missing' : 'must be'}: the 32 characters of PagerDuty's integration key`,
    )
  return {
    url,
    format: format as Form,
    headers: headersOf(settings),
    hmacSecret: textOf(settings, 'hmac_secret'),
    routingKey: key,
    labels: labelsOf(settings),
    source: textOf(settings, 'source'),
  }
}

function headersOf(settings: Record<string, unknown>): Record<string, string> {
  const headers = mapOf(settings, 'headers')
  for (const [name, value] of Object.entries(headers)) {
    if (!token.test(name)) throw wrong(`headers: ${JSON.stringify(name)} is no name of a header`)
    if (reserved.test(name)) throw wrong(`headers: ${name} is set by the channel itself`)
    if (!headerText.test(value)) throw wrong(`headers: the value of ${name} has characters that no header may have`)
  }
  return headers
}

function labelsOf(settings: Record<string, unknown>): Record<string, string> {
  const labels = mapOf(settings, 'labels')
  const bad = Object.keys(labels).find((name) => !labelName.test(name))
  if (bad !== undefined) throw wrong(`labels: ${JSON.stringify(bad)} must be letters, digits and _`)
  return labels
}

function mapOf(settings: Record<string, unknown>, key: string): Record<string, string> {
  const value = settings[key] ?? {}
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(`${key} must be a mapping of names to texts`)
  const out: Record<string, string> = {}
  for (const [name, entry] of Object.entries(value)) {
    if (!['string', 'number', 'boolean'].includes(typeof entry))
      throw wrong(`${key}: the value of ${name} must be text`)
    Object.defineProperty(out, name, { value: String(entry), enumerable: true })
  }
  return out
}

function textOf(settings: Record<string, unknown>, key: string): string | undefined {
  const value = settings[key]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw wrong(`${key} must be text`)
  return value.trim()
}

function wrong(message: string): Error {
  return Object.assign(new Error(`the webhook channel: ${message}`), { code: 'ERR_SETTINGS' })
}
