/**
 * By bot token: one message an incident, which each further alert updates and adds a reply to. The message's id is the
 * delivery's `reference`.
 */
import type { Alert, Delivery, HttpResponse, Notifier, PluginContext } from '@arbk8s/plugin-kit'

import { errorOf, jsonOf, refusal } from './answers.js'
import { failure, masked } from './failure.js'
import { messageOf } from './message.js'
import type { SlackSettings } from './settings.js'

const contentType = 'application/json; charset=utf-8'

/** The message is not there any more: the incident gets a new one. */
const gone = new Set(['message_not_found', 'thread_not_found', 'channel_not_found', 'cannot_reply_to_message'])
/** The message is there and stays as it is; a reply is possible. */
const unchangeable = new Set([
  'edit_window_closed',
  'cant_update_message',
  'update_failed',
  'external_channel_migrating',
])

interface Reference {
  channel: string
  ts: string
}

interface Call {
  method: 'chat.postMessage' | 'chat.update'
  body: string
}

type Outcome = { reference: Reference | undefined } | { error: string | undefined; answer: HttpResponse }
type Bot = Extract<SlackSettings, { form: 'bot' }>

/** The notifier of a bot. */
export function botNotifier(host: PluginContext, bot: Bot): Notifier {
  return {
    apiVersion: 1,
    preview: async (alert) => {
      const calls = callsOf(alert, bot)
      return {
        destination: calls.map(({ method }) => `${bot.apiUrl}/${method}`).join(', then '),
        contentType,
        body: calls.map(({ body }) => body).join('\n'),
      }
    },
    send: async (alert) => {
      try {
        const delivery = await deliver(alert, bot, (call) => send(call, host, bot))
        return delivery.delivered ? delivery : { ...delivery, reason: masked(delivery.reason, [bot.token]) }
      } catch (error) {
        return failure(error, [bot.token])
      }
    },
  }
}

async function deliver(alert: Alert, bot: Bot, call: (call: Call) => Promise<Outcome>): Promise<Delivery> {
  const [first, reply] = callsOf(alert, bot)
  const outcome = await call(first!)
  if (!reply) return deliveryOf(outcome, undefined)
  const reference = referenceOf(alert.previous, bot)
  if (isError(outcome, gone)) return deliveryOf(await call(opening(alert, bot)), undefined)
  if ('answer' in outcome && !isError(outcome, unchangeable)) return deliveryOf(outcome, undefined)
  const replied = await call(reply)
  if (isError(replied, gone)) return deliveryOf(await call(opening(alert, bot)), undefined)
  return deliveryOf(replied, reference)
}

/** One request for an incident's first alert; an update and a reply for a further one. */
function callsOf(alert: Alert, bot: Bot): Call[] {
  const reference = referenceOf(alert.previous, bot)
  if (!reference) return [opening(alert, bot)]
  const { channel, ts } = reference
  const { text, attachments } = messageOf(alert)
  // Replies are seen by those who follow the thread; a turn for the worse concerns the channel.
  const broadcast = alert.kind === 'worse' && { reply_broadcast: true }
  return [
    { method: 'chat.update', body: JSON.stringify({ channel, ts, text, attachments, ...unparsed }) },
    {
      method: 'chat.postMessage',
      body: JSON.stringify({ channel, thread_ts: ts, ...broadcast, ...messageOf(alert), ...unparsed }),
    },
  ]
}

/** Slack makes no links and mentions of its own from the text. */
const unparsed = { parse: 'none', link_names: false }

function opening(alert: Alert, { channel }: Bot): Call {
  return { method: 'chat.postMessage', body: JSON.stringify({ channel, ...messageOf(alert), ...unparsed }) }
}

async function send({ method, body }: Call, { http }: PluginContext, { apiUrl, token }: Bot): Promise<Outcome> {
  const headers = { 'content-type': contentType, authorization: `Bearer ${token}` }
  const answer = await http({ url: `${apiUrl}/${method}`, method: 'POST', headers, body })
  const said = jsonOf(answer.body)
  // An error comes with status 200 too.
  if (answer.status !== 200 || said.ok !== true) return { error: errorOf(answer.body), answer }
  return { reference: asReference(said) }
}

function isError(outcome: Outcome, errors: ReadonlySet<string>): boolean {
  return 'answer' in outcome && outcome.error !== undefined && errors.has(outcome.error)
}

/** `known` is the incident's message, where the answer is a reply's. */
function deliveryOf(outcome: Outcome, known: Reference | undefined): Delivery {
  if ('answer' in outcome) return refusal(outcome.answer, outcome.error)
  const reference = known ?? outcome.reference
  return reference ? { delivered: true, reference } : { delivered: true }
}

/** The message of an incident's alerts before; none where it is of another channel than the one that is set now. */
function referenceOf(previous: unknown, bot: Bot): Reference | undefined {
  const reference = asReference(previous)
  return reference && (!isChannelId(bot.channel) || reference.channel === bot.channel) ? reference : undefined
}

function asReference(value: unknown): Reference | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { channel, ts } = value as Record<string, unknown>
  if (typeof channel !== 'string' || typeof ts !== 'string') return undefined
  return isChannelId(channel) && /^\d{1,12}\.\d{1,9}$/.test(ts) ? { channel, ts } : undefined
}

function isChannelId(text: string): boolean {
  return /^[CGD][A-Z0-9]{2,30}$/.test(text)
}
