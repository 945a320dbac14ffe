/** The email channel against servers that misbehave by a script. Figures: docs/reference/reliability.md, section email. */
import type { Delivery } from '@arbk8s/plugin-kit'
import { expect } from 'chai'

import { sampleAlert } from '../../plugins/plugin-kit/src/testing/index.js'
import { makeAuthority } from '../helpers/certificates.js'
import { emailSettings, openEmail } from '../helpers/email.js'
import {
  login,
  type ScriptedServer,
  type ScriptOptions,
  startMailServer,
  startScript,
  type Step,
} from '../helpers/smtp.js'

const authority = makeAuthority()
const certificate = authority.leaf()

interface Try {
  delivery: Delivery
  server: ScriptedServer
}

/** One alert to a scripted server, which is left with no open connection. */
async function tryScript(options: ScriptOptions, timeoutMs = 5000): Promise<Try> {
  const server = await startScript({ certificate, ...options })
  try {
    const tls = options.implicit ? 'implicit' : 'starttls'
    const notifier = await openEmail(emailSettings({ port: server.port, ca: authority.cert }, { tls }), { timeoutMs })
    const delivery = await notifier.send(sampleAlert())
    await server.idle()
    expect(JSON.stringify(delivery)).to.not.include(login.password)
    return { delivery, server }
  } finally {
    await server.close()
  }
}

function reasonOf({ delivery }: Try, permanent: boolean): string {
  if (delivery.delivered) throw new Error('it was delivered')
  expect(delivery.permanent, delivery.reason).to.equal(permanent)
  return delivery.reason
}

/** Nothing but these two may ever be seen in clear. */
function expectNoSecretInClear({ server }: Try): void {
  expect(server.clear.filter((word) => word !== 'EHLO' && word !== 'STARTTLS')).to.deep.equal([])
}

describe('email and a connection that does not become safe', () => {
  const plain = '250-test\r\n250 AUTH PLAIN LOGIN'
  const cases: [string, Record<string, Step>, boolean, RegExp][] = [
    [
      'no STARTTLS is offered (500)',
      { EHLO: plain, STARTTLS: '500 unknown command' },
      true,
      /has no STARTTLS.*never sent in clear/,
    ],
    ['no STARTTLS is offered (502)', { EHLO: plain, STARTTLS: '502 not implemented' }, true, /has no STARTTLS/],
    [
      'STARTTLS was taken out of the answer to EHLO on the way',
      { EHLO: plain, STARTTLS: '554 no' },
      true,
      /has no STARTTLS/,
    ],
    ['STARTTLS is refused for now', { STARTTLS: '454 TLS not available' }, false, /cannot start TLS now: 454/],
    ['STARTTLS is answered like any other command', { STARTTLS: '250 ok' }, false, /./],
    ['EHLO is refused', { EHLO: '502 only HELO here' }, true, /refused EHLO/],
    ['EHLO is refused for now', { EHLO: '421 too busy' }, false, /421 too busy/],
    ['the connection is closed in place of TLS', { STARTTLS: 'close' }, false, /./],
    ['the connection is reset in place of TLS', { STARTTLS: 'reset' }, false, /./],
    ['text comes in place of TLS', { STARTTLS: '220 go ahead\r\n250-no\r\n250 AUTH PLAIN', TLS: 'hang' }, false, /./],
  ]
  for (const [name, replies, permanent, expected] of cases) {
    it(`sends neither login nor mail where ${name}`, async () => {
      const outcome = await tryScript({ replies }, 1000)
      const { delivery, server } = outcome
      expectNoSecretInClear(outcome)
      expect(server.encrypted).to.deep.equal([])
      expect(delivery.delivered).to.equal(false)
      expect(reasonOf(outcome, permanent)).to.match(expected)
    })
  }

  it('fails at a real server without STARTTLS that would take the login in clear', async () => {
    const server = await startMailServer({ certificate, tls: 'none' })
    try {
      const notifier = await openEmail(emailSettings({ port: server.port, ca: authority.cert }))
      const delivery = await notifier.send(sampleAlert())
      expect(delivery).to.include({ delivered: false, permanent: true })
      expect(server.mails).to.deep.equal([])
    } finally {
      await server.close()
    }
  })

  it('refuses TLS 1.1 and takes 1.2', async () => {
    const old = await tryScript({ tlsVersion: 'TLSv1.1' })
    expect(reasonOf(old, true)).to.match(/no TLS 1.2 or newer/)
    expectNoSecretInClear(old)
    expect((await tryScript({ tlsVersion: 'TLSv1.2' })).delivery.delivered).to.equal(true)
  })

  it('says so where a port wants STARTTLS and is asked for TLS at once', async () => {
    const server = await startScript({ certificate })
    try {
      const settings = emailSettings({ port: server.port, ca: authority.cert }, { tls: 'implicit' })
      const delivery = await (await openEmail(settings)).send(sampleAlert())
      expect(delivery).to.include({ delivered: false, permanent: true })
      expect((delivery as { reason: string }).reason).to.match(/does not speak TLS from the start.*starttls/)
    } finally {
      await server.close()
    }
  })

  it('forgets what came in clear before TLS', async () => {
    const outcome = await tryScript({ replies: { STARTTLS: '220 go ahead\r\n250-test\r\n250 AUTH PLAIN' } })
    expectNoSecretInClear(outcome)
  })
})

describe('email and refusals at each step', () => {
  const cases: [string, RegExp][] = [
    ['greeting', /turned us away/],
    ['AUTH', /login/],
    ['MAIL', /refused the sender alerts@tuning.example/],
    ['RCPT', /refused every recipient/],
    ['DATA', /refused the message/],
    ['message', /refused the message/],
  ]
  for (const [step, expected] of cases) {
    it(`tells a passing from a lasting one at ${step}`, async () => {
      const later = reasonOf(await tryScript({ replies: { [step]: '451 4.3.0 later\u001b[31m' } }), false)
      expect(later)
        .to.match(expected)
        .and.to.match(/451 4\.3\.0 later$/)
      const never = reasonOf(await tryScript({ replies: { [step]: '554 5.7.1 never' } }), true)
      expect(never)
        .to.match(expected)
        .and.to.match(/554 5\.7\.1 never$/)
    })
  }

  it('never repeats a password that the server echoes, plain or in base64', async () => {
    const { username, password } = login
    const base64 = Buffer.from(`\0${username}\0${password}`).toString('base64')
    const echo = `535 bad: ${password} ${Buffer.from(password).toString('base64')} ${base64}`
    expect(reasonOf(await tryScript({ replies: { AUTH: echo } }), true)).to.match(/535 bad: \*+ \*+ \*+$/)
  })

  it('takes a server of another protocol for what it is', async () => {
    expect(reasonOf(await tryScript({ replies: { greeting: 'HTTP/1.1 400 Bad Request' } }), true)).to.match(/greeting/i)
  })
})

describe('email and a server that falls silent, closes or resets', () => {
  const steps: [string, RegExp, ScriptOptions?][] = [
    ['greeting', /waiting for the greeting/],
    ['EHLO', /answer to EHLO/],
    ['STARTTLS', /answer to STARTTLS/],
    ['TLS', /STARTTLS/],
    ['TLS', /TLS and the greeting/, { implicit: true }],
    ['greeting', /TLS and the greeting/, { implicit: true }],
    ['EHLO over TLS', /answer to EHLO/],
    ['AUTH', /logging in/],
    ['MAIL', /handing over the addresses/],
    ['RCPT', /handing over the addresses/],
    ['DATA', /handing over the message/],
    ['message', /handing over the message; it may have arrived all the same/],
  ]
  for (const [step, expected, options] of steps) {
    it(`gives up at its deadline, silent at ${step}${options ? ' (implicit TLS)' : ''}`, async () => {
      const outcome = await tryScript({ ...options, replies: { [step]: 'hang' } }, 500)
      expect(reasonOf(outcome, false))
        .to.match(/no answer in time while/)
        .and.to.match(expected)
      expect(outcome.server.connections()).to.equal(1)
    })
    if (step === 'TLS') continue
    it(`fails for now, closed or reset at ${step}${options ? ' (implicit TLS)' : ''}`, async () => {
      for (const end of ['close', 'reset'] as const) {
        const reason = reasonOf(await tryScript({ ...options, replies: { [step]: end } }), false)
        expect(reason, end).to.not.include('no answer in time')
      }
    })
  }

  it('is delivered though the server never says goodbye', async () => {
    for (const end of ['hang', 'close', 'reset'] as const) {
      expect((await tryScript({ replies: { QUIT: end } })).delivery.delivered).to.equal(true)
    }
  })

  it('bounds an answer without end', async () => {
    const flood = `250-${'x'.repeat(200)}\r\n`.repeat(1000) + '250 AUTH PLAIN'
    expect(reasonOf(await tryScript({ replies: { 'EHLO over TLS': flood } }), true)).to.match(/maximum allowed size/)
  })

  it('stops when the user does', async () => {
    const server = await startScript({ certificate, replies: { EHLO: 'hang' } })
    const stop = new AbortController()
    try {
      const settings = emailSettings({ port: server.port, ca: authority.cert })
      const sending = (await openEmail(settings, { signal: stop.signal })).send(sampleAlert())
      while (server.clear.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      stop.abort()
      expect(await sending).to.deep.include({ delivered: false, permanent: false })
      await server.idle()
    } finally {
      await server.close()
    }
  })
})

describe('email and addresses', () => {
  const settings = (port: number) => emailSettings({ port, ca: authority.cert })

  it('connects to what the host looked up and to nothing else, the next address where one is dead', async () => {
    const server = await startScript({ certificate })
    try {
      const asked: string[] = []
      const lookup = async (name: string) => {
        asked.push(name)
        return [
          { address: '127.0.0.2', family: 4 as const },
          { address: '127.0.0.1', family: 4 as const },
        ]
      }
      const notifier = await openEmail({ ...settings(server.port), host: 'localhost' }, { lookup })
      expect((await notifier.send(sampleAlert())).delivered).to.equal(true)
      expect(asked).to.deep.equal(['localhost'])
    } finally {
      await server.close()
    }
  })

  it('fails for now where nobody listens, and as the lookup says where it rejects', async () => {
    const server = await startScript({ certificate })
    await server.close()
    const refused = await (await openEmail(settings(server.port))).send(sampleAlert())
    expect(refused).to.include({ delivered: false, permanent: false })
    expect((refused as { reason: string }).reason).to.match(/^localhost:\d+: .*ECONNREFUSED/)

    for (const permanent of [true, false]) {
      const lookup = () => Promise.reject(Object.assign(new Error('10.0.0.1 is private'), { permanent }))
      const delivery = await (await openEmail(settings(1), { lookup })).send(sampleAlert())
      expect(delivery).to.include({ delivered: false, permanent })
      expect((delivery as { reason: string }).reason).to.include('10.0.0.1 is private')
    }
  })
})
