/** The channel's settings, checked. */

/** Either form of sending. */
export type SlackSettings =
  { form: 'webhook'; webhookUrl: string } | { form: 'bot'; token: string; channel: string; apiUrl: string }

const known: readonly string[] = ['webhook_url', 'bot_token', 'channel', 'api_url']
const standardApi = 'https://slack.com/api'

/** Reads the settings; throws an Error with the code ERR_SETTINGS that names what is missing or wrong. */
export function readSettings(settings: Record<string, unknown>): SlackSettings {
  // A mistyped `fallback` would otherwise be found out on the night when it is needed.
  const stranger = Object.keys(settings).find((key) => !known.includes(key))
  if (stranger !== undefined) throw wrong(`${JSON.stringify(stranger)} is not one of its settings: ${known.join(', ')}`)
  const { webhook_url, bot_token, channel, api_url = standardApi } = settings
  if (isEmpty(webhook_url) && isEmpty(bot_token))
    throw wrong('webhook_url is missing: give the URL of an incoming webhook, or bot_token and channel')
  if (!isEmpty(webhook_url) && !isEmpty(bot_token))
    throw wrong('webhook_url and bot_token are both set: keep one of them')
  if (!isEmpty(webhook_url)) return { form: 'webhook', webhookUrl: address('webhook_url', webhook_url) }
  return {
    form: 'bot',
    token: word('bot_token', bot_token, 'a bot token such as xoxb-…'),
    channel: word('channel', channel, 'the ID of a channel such as C0123456789, or its name such as #alerts'),
    apiUrl: address('api_url', api_url).replace(/\/+$/, ''),
  }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

function address(name: string, value: unknown): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) throw wrong(`${name} is not a web address`)
  if (url.username || url.password) throw wrong(`${name} must not hold a user name or a password`)
  return url.href
}

/** Printable and without spaces: it goes into a header or a field. */
function word(name: string, value: unknown, what: string): string {
  if (isEmpty(value)) throw wrong(`${name} is missing: give ${what}`)
  if (typeof value !== 'string' || !/^[\x21-\x7e\u00a1-\ud7ff]{1,500}$/.test(value))
    throw wrong(`${name} is not ${what}`)
  return value
}

function wrong(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_SETTINGS' })
}
