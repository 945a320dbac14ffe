/**
 * One message to one server in one conversation: TLS first, then the login, then the message. Nothing but EHLO and
 * STARTTLS ever goes out in clear.
 */
import type net from 'node:net'

import type { PluginContext } from '@arbk8s/plugin-kit'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SMTPConnectionAuth, SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection'

import { dial } from './dial.js'
import { type Limit, startLimit } from './limit.js'
import type { EmailSettings } from './settings.js'

/** What the server said of the message and of those recipients that it refused. */
export interface Receipt {
  reply: string
  refused: { to: string; reply: string }[]
}

/** An error with the step at which the conversation ended, in words that follow "while". */
export interface SmtpError extends Error {
  step?: string
  /** The time was over, or the user interrupted. */
  over?: 'deadline' | 'interrupt'
  /** Set where it is known that another try is useless, or useful. */
  permanent?: boolean
  code?: string
  originalCode?: string
  responseCode?: number
  response?: string
  command?: string
}

interface Talk {
  settings: EmailSettings
  host: PluginContext
  limit: Limit
  /** What is going on now. */
  step: string
}

/** Rejects with an SmtpError; the connection is closed in either case. */
export async function transmit(bytes: Buffer, settings: EmailSettings, host: PluginContext): Promise<Receipt> {
  const limit = startLimit(host.timeoutMs, host.signal)
  const talk: Talk = { settings, host, limit, step: 'looking up its address' }
  try {
    host.signal.throwIfAborted()
    const addresses = await limit.race(host.lookup(settings.host))
    // Loaded before there is a connection: nobody would hear of its end meanwhile.
    const { default: Connection } = await import('nodemailer/lib/smtp-connection')
    talk.step = 'connecting'
    const socket = await dial(addresses, settings.port, limit)
    return await converse(new Connection(connectionOptions(socket, talk)), socket, { bytes, talk })
  } catch (cause) {
    const error: SmtpError = cause instanceof Error ? cause : new Error(String(cause))
    const over = limit.signal.aborted ? { over: host.signal.aborted ? 'interrupt' : 'deadline' } : {}
    throw Object.assign(new Error(error.message, { cause }), error, { message: error.message, step: talk.step }, over)
  } finally {
    limit.end()
  }
}

async function converse(
  connection: SMTPConnection,
  socket: net.Socket,
  { bytes, talk }: { bytes: Buffer; talk: Talk },
): Promise<Receipt> {
  const { settings, limit } = talk
  const broken = new Promise<never>((_resolve, reject) => {
    const closed = (): void => reject(new Error('the server closed the connection'))
    connection.on('error', reject)
    connection.once('end', closed)
    // The library listens a moment later only; where it does, its own error says more and comes first.
    socket.once('close', () => setImmediate(closed))
  })
  broken.catch(() => undefined)
  const ask = <T>(start: (done: (error?: Error | null, value?: T) => void) => void): Promise<T> =>
    limit.race(Promise.race([promised(start), broken]))
  try {
    await ask((done) => connection.connect(done))
    if (!connection.secure) throw refusal('the connection is not encrypted')
    if (settings.login) await logIn(connection, settings.login, ask)
    const envelope = { from: settings.from.address, to: settings.to, size: bytes.length }
    const info = await ask<Sent>((done) => connection.send(envelope, bytes, done as never))
    await leave(connection, talk)
    const refused = (info.rejectedErrors ?? []).map(({ recipient = '', response, message }) => ({
      to: recipient,
      reply: response || message,
    }))
    return { reply: info.response, refused }
  } finally {
    connection.close()
    socket.destroy()
  }
}

interface Sent {
  response: string
  rejectedErrors?: { recipient?: string; response?: string | false; message: string }[]
}

type Ask = <T>(start: (done: (error?: Error | null, value?: T) => void) => void) => Promise<T>

function promised<T>(start: (done: (error?: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value as T))))
}

/** An error that another try would meet again. */
function refusal(message: string): SmtpError {
  return Object.assign(new Error(message), { permanent: true })
}

async function logIn(
  connection: SMTPConnection,
  { username, password }: { username: string; password: string },
  ask: Ask,
): Promise<void> {
  if (!connection.allowsAuth) throw refusal('the server offers no login; leave username and password away')
  const auth: SMTPConnectionAuth = { user: username, pass: password, credentials: { user: username, pass: password } }
  await ask((done) => connection.login(auth, done))
}

function connectionOptions(socket: net.Socket, talk: Talk): SMTPConnectionOptions {
  const { settings, host } = talk
  // Longer than the limit, which decides.
  const patience = host.timeoutMs * 2
  return {
    connection: socket,
    host: settings.host,
    port: settings.port,
    secure: settings.tls === 'implicit',
    requireTLS: true,
    opportunisticTLS: false,
    ignoreTLS: false,
    tls: {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(settings.ca === null ? {} : { ca: settings.ca }),
      ...(settings.serverName === null ? {} : { servername: settings.serverName }),
    },
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    socketCloseTimeout: 0,
    maxResponseSize: 65_536,
    transactionLog: true,
    logger: stepLogger(talk),
  }
}

const steps: [RegExp, string][] = [
  [/^EHLO/, 'waiting for the answer to EHLO'],
  [/^STARTTLS/, 'waiting for the answer to STARTTLS'],
  [/^AUTH/, 'logging in'],
  [/^MAIL/, 'handing over the addresses'],
  [/^DATA/, 'handing over the message'],
]

/** Follows the conversation by its commands; of an answer or a secret nothing is kept. */
function stepLogger(talk: Talk): NonNullable<SMTPConnectionOptions['logger']> {
  talk.step = talk.settings.tls === 'implicit' ? 'waiting for TLS and the greeting' : 'waiting for the greeting'
  const follow = (entry: unknown, message?: unknown): void => {
    if ((entry as { tnx?: unknown } | null)?.tnx !== 'client') return
    const found = steps.find(([command]) => command.test(String(message)))
    if (!found) return
    talk.step = found[1]
    talk.host.log.debug(`email: ${found[1]}`)
  }
  const ignore = (): void => undefined
  return {
    level: ignore,
    trace: ignore,
    debug: follow,
    info: ignore,
    warn: ignore,
    error: ignore,
    fatal: ignore,
  } as never
}

/** Says goodbye. The message is delivered already: a server that does not answer is left after a second. */
async function leave(connection: SMTPConnection, { limit }: Talk): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const gone = new Promise<void>((resolve) => {
    connection.once('end', resolve)
    timer = setTimeout(resolve, Math.min(1000, limit.left()))
  })
  connection.quit()
  await gone
  clearTimeout(timer)
}
