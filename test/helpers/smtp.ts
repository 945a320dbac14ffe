/** SMTP servers on loopback: a real one, and one that follows a script. */
import net, { type AddressInfo, type Socket } from 'node:net'
import tls from 'node:tls'

import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

import type { Certificate } from './certificates.js'

/** A message as the server took it. */
export interface Mail {
  from: string
  to: string[]
  user: string | undefined
  raw: Buffer
}

export interface MailServer {
  port: number
  mails: Mail[]
  /** Connections that are open now. */
  open(): Promise<number>
  /** Resolves once no connection is open; rejects after five seconds. */
  idle(): Promise<void>
  close(): Promise<void>
}

export interface MailServerOptions {
  certificate: Certificate
  /** Default starttls; `none` offers no TLS at all. */
  tls?: 'implicit' | 'starttls' | 'none'
  /** Default `tuning` with `pass`. */
  login?: { username: string; password: string } | null
  /** The reply to a recipient, e.g. `550 no such user`; undefined takes it. */
  recipient?: (address: string) => string | undefined
  /** The reply to the n-th message, counted from 1; undefined takes it. */
  message?: (n: number) => string | undefined
  options?: SMTPServerOptions
}

export const login = { username: 'tuning', password: 'pa55-Wörd-CANARY' }

/** Starts a real SMTP server. */
export async function startMailServer(setup: MailServerOptions): Promise<MailServer> {
  const { certificate, tls: mode = 'starttls', recipient, message, options } = setup
  const wanted = setup.login === undefined ? login : setup.login
  const mails: Mail[] = []
  let count = 0
  const server = new SMTPServer({
    ...certificate,
    secure: mode === 'implicit',
    authOptional: wanted === null,
    disabledCommands: [...(mode === 'none' ? ['STARTTLS'] : []), ...(wanted === null ? ['AUTH'] : [])],
    allowInsecureAuth: mode === 'none',
    logger: false,
    disableReverseLookup: true,
    onAuth({ username, password }, _session, done) {
      const fits = username === wanted?.username && password === wanted?.password
      if (fits) return done(null, { user: username })
      done(new Error(`no login for ${username} with ${password}`))
    },
    onRcptTo({ address }, _session, done) {
      done(asError(recipient?.(address)))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const refusal = asError(message?.(++count))
        if (refusal) return done(refusal)
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          user: session.user,
          raw: Buffer.concat(chunks),
        })
        done(null, 'queued as test')
      })
    },
    ...options,
  } as SMTPServerOptions)
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    ...follow(server.server),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

function asError(reply: string | undefined): Error | null {
  return reply === undefined
    ? null
    : Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) })
}

/** Counts by the server itself: an upgrade to TLS takes a socket's listeners away. */
function follow(server: net.Server): Pick<MailServer, 'open' | 'idle'> {
  const open = (): Promise<number> =>
    new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))))
  const idle = async (): Promise<void> => {
    for (let waited = 0; (await open()) > 0; waited += 10) {
      if (waited > 5000) throw new Error(`${await open()} connections are still open`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  return { open, idle }
}

/** What a scripted server does next: says a reply, says nothing, or ends the connection. */
export type Step = string | 'hang' | 'close' | 'reset'

export interface ScriptOptions {
  certificate?: Certificate
  /** Speaks TLS from the start. */
  implicit?: boolean
  /** The version of TLS to speak. */
  tlsVersion?: tls.SecureVersion
  /** Steps by command (`greeting`, `EHLO`, `STARTTLS`, `TLS`, `AUTH`, `MAIL`, `RCPT`, `DATA`, `message`, `QUIT`). */
  replies?: Record<string, Step>
}

export interface ScriptedServer extends Pick<MailServer, 'port' | 'open' | 'idle' | 'close'> {
  /** First words of the commands that came in clear, and of those that came over TLS. */
  clear: string[]
  encrypted: string[]
  connections(): number
}

const defaults: Record<string, Step> = {
  greeting: '220 test ESMTP',
  EHLO: '250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN',
  STARTTLS: '220 go ahead',
  AUTH: '235 welcome',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  message: '250 taken',
  QUIT: '221 bye',
}

/** Starts a server that does what the script says. */
export async function startScript(options: ScriptOptions = {}): Promise<ScriptedServer> {
  const replies = { ...defaults, ...options.replies }
  const [clear, encrypted, sockets]: [string[], string[], Set<Socket>] = [[], [], new Set()]
  let connections = 0
  const server = net.createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => undefined)
    if (!options.implicit) return converse(socket, socket, clear)
    // A socket that nobody reads would not notice that the other side is gone.
    if (replies.TLS === 'hang') socket.resume()
    else upgrade(socket)
  })
  const upgrade = (socket: Socket): void => {
    const { tlsVersion } = options
    const versions = tlsVersion ? { minVersion: tlsVersion, maxVersion: tlsVersion, ciphers: 'DEFAULT@SECLEVEL=0' } : {}
    const secure = new tls.TLSSocket(socket, { isServer: true, ...options.certificate, ...versions })
    secure.on('error', () => undefined)
    converse(secure, socket, encrypted)
  }
  const converse = (socket: Socket, raw: Socket, seen: string[]): void => {
    const afterStartTls = seen === encrypted && !options.implicit
    let [rest, inMessage] = ['', false]
    const act = (step: Step): void => {
      if (step === 'hang') return
      if (step === 'close') return void socket.end()
      if (step === 'reset') return void raw.resetAndDestroy()
      socket.write(`${step}\r\n`)
    }
    const take = (text: string): void => {
      if (inMessage) {
        if (text !== '.') return
        inMessage = false
        return act(replies.message!)
      }
      const verb = text.split(/[ :]/)[0]!.toUpperCase()
      seen.push(verb)
      const step = (afterStartTls ? replies[`${verb} over TLS`] : undefined) ?? replies[verb] ?? '500 what?'
      act(step)
      if (verb === 'DATA' && step.startsWith('354')) inMessage = true
      if (verb !== 'STARTTLS' || !step.startsWith('220')) return
      socket.removeAllListeners('data')
      if (replies.TLS !== 'hang') upgrade(socket)
    }
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\r\n')
      rest = lines.pop()!
      for (const text of lines) take(text)
    })
    if (!afterStartTls) act(replies.greeting!)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    clear,
    encrypted,
    connections: () => connections,
    ...follow(server),
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
