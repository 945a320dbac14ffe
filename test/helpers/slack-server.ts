/** A small Slack on loopback: one incoming webhook, `chat.postMessage` and `chat.update`, and what it was sent. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const webhookPath = '/services/T000/B000/aBcDeFgHiJkLmNoPqRsTuVwX'
export const botToken = 'xoxb-1234567890-abcdefghijklmnop'

/** A message as a channel shows it; replies have their first message's `ts` as `thread_ts`. */
export interface SlackMessage {
  channel: string
  ts: string
  text: string
  thread_ts?: string
  reply_broadcast?: boolean
  attachments: { color: string; text: string; footer: string }[]
}

export interface SlackServer {
  url: string
  /** Paths in the order of the requests, those that were refused too. */
  requests: string[]
  /** Their bodies. */
  bodies: string[]
  messages: SlackMessage[]
  /** Answers in place of the server's own, the first one first; a `null` leaves its turn to the server. */
  faults: ({ status: number; body: string; headers?: Record<string, string> } | null)[]
  close(): Promise<void>
}

/** Starts it on a port of its own. */
export async function startSlack(): Promise<SlackServer> {
  const slack: Omit<SlackServer, 'url' | 'close'> = { requests: [], bodies: [], messages: [], faults: [] }
  const server = createServer((request, response) => {
    void readBody(request).then((body) => respond(slack, { request, response, body }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...slack,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Call {
  request: IncomingMessage
  response: ServerResponse
  body: string
}

function respond(slack: Omit<SlackServer, 'url' | 'close'>, { request, response, body }: Call): void {
  const path = request.url ?? ''
  slack.requests.push(path)
  slack.bodies.push(body)
  const fault = slack.faults.shift()
  if (fault) return void response.writeHead(fault.status, fault.headers).end(fault.body)
  if (path === webhookPath) {
    const ok = add(slack.messages, { ...parsed(body), channel: 'C0WEBHOOK00' })
    return void response.writeHead(ok ? 200 : 400).end(ok ? 'ok' : 'invalid_payload')
  }
  const said =
    request.headers.authorization === `Bearer ${botToken}` ? call(slack.messages, path, parsed(body)) : 'invalid_auth'
  const answer =
    typeof said === 'string' ? { ok: false, error: said } : { ok: true, channel: said.channel, ts: said.ts }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
}

function call(messages: SlackMessage[], path: string, fields: Partial<SlackMessage>): SlackMessage | string {
  if (path === '/api/chat.postMessage') return add(messages, fields) ?? 'no_text'
  if (path !== '/api/chat.update') return 'unknown_method'
  const message = messages.find(({ channel, ts }) => channel === fields.channel && ts === fields.ts)
  return message ? Object.assign(message, fields) : 'message_not_found'
}

function add(messages: SlackMessage[], fields: Partial<SlackMessage>): SlackMessage | undefined {
  if (typeof fields.text !== 'string' || fields.text === '' || !Array.isArray(fields.attachments)) return undefined
  const message = { ...fields, ts: `1763287500.${String(messages.length + 1).padStart(6, '0')}` } as SlackMessage
  messages.push(message)
  return message
}

function parsed(body: string): Partial<SlackMessage> {
  try {
    return JSON.parse(body) as Partial<SlackMessage>
  } catch {
    return {}
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk as string
  return body
}
