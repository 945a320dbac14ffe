/** Slack's side of a conversation. */
import type { Alert, HttpRequest, HttpResponse, Notifier } from '../../../plugins/plugin-kit/src/index.js'
import hook from '../../../plugins/plugin-slack/src/notifier.js'
import { pluginContext } from '../../../src/plugins/load.js'

export const webhookUrl = 'https://hooks.slack.com/services/T000/B000/aBcDeFgHiJkLmNoPqRsTuVwX'
export const token = 'xoxb-1234567890-abcdefghijklmnop'
export const botSettings = { bot_token: token, channel: 'C0123456789' }

export function answer(status: number, body: string, fields: Partial<HttpResponse> = {}): HttpResponse {
  const temporary = status >= 500 || [408, 425, 429].includes(status)
  return { status, headers: {}, body, temporary, retry_after_seconds: null, ...fields }
}

export const botOk = answer(200, '{"ok":true,"channel":"C0123456789","ts":"1763287500.000100"}')
export const botError = (error: string): HttpResponse => answer(200, JSON.stringify({ ok: false, error }))

export interface Conversation {
  notifier: Notifier
  requests: HttpRequest[]
  /** The parsed bodies. */
  bodies(): Record<string, unknown>[]
  /** The last parts of the addresses. */
  methods(): string[]
}

/** A notifier whose requests get the answers in their order, the last one again and again. */
export async function conversation(
  settings: Record<string, unknown>,
  answers: (HttpResponse | Error)[],
): Promise<Conversation> {
  const requests: HttpRequest[] = []
  const http = async (request: HttpRequest): Promise<HttpResponse> => {
    const next = answers[Math.min(requests.length, answers.length - 1)]!
    requests.push(request)
    if (next instanceof Error) throw next
    return next
  }
  const notifier = await hook({ host: pluginContext({ settings, http, signal: new AbortController().signal }) })
  return {
    notifier,
    requests,
    bodies: () => requests.map(({ body }) => JSON.parse(body!) as Record<string, unknown>),
    methods: () => requests.map(({ url }) => url.slice(url.lastIndexOf('/') + 1)),
  }
}

/** The attachment of a preview. */
export async function attachmentOf(notifier: Notifier, alert: Alert): Promise<Record<string, string>> {
  const { body } = await notifier.preview(alert)
  return (JSON.parse(body) as { attachments: [Record<string, string>] }).attachments[0]
}
