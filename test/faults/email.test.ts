/** The email channel against real SMTP servers on loopback. Figures: docs/reference/reliability.md, section email. */
import type { Delivery } from '@arbk8s/plugin-kit'
import { expect } from 'chai'
import PostalMime from 'postal-mime'

import { sampleAlert } from '../../plugins/plugin-kit/src/testing/index.js'
import { deliver } from '../../src/alerts/deliver.js'
import { makeAuthority } from '../helpers/certificates.js'
import { emailSettings, openEmail } from '../helpers/email.js'
import { login, type MailServer, type MailServerOptions, startMailServer } from '../helpers/smtp.js'

const authority = makeAuthority()
const hourMs = 3_600_000

/** One alert to a server of these options; the server is idle and closed afterwards. */
async function mail(
  options: Partial<MailServerOptions>,
  over: Record<string, unknown> = {},
): Promise<{ delivery: Delivery; server: MailServer }> {
  const server = await startMailServer({ certificate: authority.leaf(), ...options })
  try {
    const notifier = await openEmail(emailSettings({ port: server.port, ca: authority.cert }, over))
    const delivery = await notifier.send(sampleAlert())
    await server.idle()
    expect(JSON.stringify(delivery)).to.not.include(login.password)
    return { delivery, server }
  } finally {
    await server.close()
  }
}

/** A failure's reason, after its kind was checked. */
function reasonOf(delivery: Delivery, permanent: boolean): string {
  if (delivery.delivered) throw new Error('it was delivered')
  expect(delivery.permanent, delivery.reason).to.equal(permanent)
  return delivery.reason
}

describe('email to a real server', () => {
  for (const tls of ['starttls', 'implicit'] as const) {
    it(`arrives by ${tls}, logged in, at every recipient`, async () => {
      const { delivery, server } = await mail({ tls }, { tls })
      expect(delivery).to.deep.equal({
        delivered: true,
        detail: '250 queued as test',
        reference: {
          message_id: '<0123456789ab-opened-1@tuning.example>',
          first_message_id: '<0123456789ab-opened-1@tuning.example>',
        },
      })
      const [sent] = server.mails
      expect(server.mails).to.have.length(1)
      expect(sent).to.include({ from: 'alerts@tuning.example', user: login.username })
      expect(sent!.to).to.deep.equal(['oncall@example.com', 'lead@example.com'])
      expect((await PostalMime.parse(sent!.raw)).text).to.include('1 job(s) in ERROR state')
    })
  }

  it('arrives without a login where the server wants none', async () => {
    const { delivery } = await mail({ login: null }, { username: undefined, password: undefined })
    expect(delivery.delivered).to.equal(true)
  })

  it('is the message that the preview showed, and the preview holds no password', async () => {
    const server = await startMailServer({ certificate: authority.leaf() })
    try {
      const notifier = await openEmail(emailSettings({ port: server.port, ca: authority.cert }))
      const preview = await notifier.preview(sampleAlert())
      expect(server.mails).to.deep.equal([])
      await notifier.send(sampleAlert())
      expect(server.mails[0]!.raw.toString()).to.equal(preview.body)
      expect(preview.contentType).to.equal('message/rfc822')
      expect(preview.destination).to.equal(
        `smtp+starttls://tuning@localhost:${server.port} → oncall@example.com, lead@example.com`,
      )
      expect(JSON.stringify(preview)).to.not.include(login.password)
    } finally {
      await server.close()
    }
  })

  it('masks a username that is itself a key', async () => {
    const key = 'AKIA0000EXAMPLE00000'
    const settings = emailSettings({ port: 465, ca: authority.cert }, { username: key, to: 'a@example.com' })
    const { destination } = await (await openEmail(settings)).preview(sampleAlert())
    expect(destination).to.equal('smtps://********@localhost:465 → a@example.com')
  })
})

describe('email and certificates', () => {
  const cases: [string, Partial<MailServerOptions>, Record<string, unknown>, RegExp][] = [
    ['of an authority that is not trusted', {}, { smtp_ca: undefined }, /not trusted.*smtp_ca_file/],
    ['of another authority', { certificate: makeAuthority('other').leaf() }, {}, /not trusted/],
    [
      'for another name',
      { certificate: authority.leaf({ names: ['mail.example.com'] }) },
      {},
      /another name.*server_name/,
    ],
    [
      'that has expired',
      { certificate: authority.leaf({ from: new Date(Date.now() - 9 * hourMs), to: new Date(Date.now() - hourMs) }) },
      {},
      /has expired/,
    ],
    [
      'that is not valid yet',
      { certificate: authority.leaf({ from: new Date(Date.now() + hourMs) }) },
      {},
      /not valid yet/,
    ],
  ]
  for (const tls of ['starttls', 'implicit'] as const) {
    for (const [name, options, over, expected] of cases) {
      it(`refuses a certificate ${name}, by ${tls}`, async () => {
        const { delivery, server } = await mail({ tls, ...options }, { tls, ...over })
        expect(reasonOf(delivery, true)).to.match(expected)
        expect(server.mails).to.deep.equal([])
      })
    }
  }

  it('refuses it also where the environment tells Node to trust everything', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      const { delivery } = await mail({}, { smtp_ca: undefined })
      expect(reasonOf(delivery, true)).to.match(/not trusted/)
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
    }
  })

  it('takes the name that server_name says', async () => {
    const certificate = authority.leaf({ names: ['mail.example.com'] })
    const { delivery } = await mail({ certificate }, { server_name: 'mail.example.com' })
    expect(delivery.delivered).to.equal(true)
  })
})

describe('email that a real server refuses', () => {
  it('fails for good on a wrong login', async () => {
    const { delivery, server } = await mail({ login: { username: 'tuning', password: 'other' } })
    const reason = reasonOf(delivery, true)
    expect(reason)
      .to.match(/refused the login; check username and password: 535/)
      .and.to.include('with ********')
    expect(server.mails).to.deep.equal([])
  })

  it('names the recipient who was refused, and reaches the other', async () => {
    const { delivery, server } = await mail({
      recipient: (address) => (address.startsWith('lead') ? '550 no such user' : undefined),
    })
    expect(delivery).to.deep.include({
      delivered: true,
      undelivered: [{ to: 'lead@example.com', reason: '550 no such user' }],
    })
    expect(server.mails[0]!.to).to.deep.equal(['oncall@example.com'])
  })

  it('fails where every recipient is refused: for good, or for now where one may be taken later', async () => {
    const never = await mail({ recipient: () => '550 no such user' })
    expect(reasonOf(never.delivery, true)).to.match(/refused every recipient: 550 no such user/)
    const later = await mail({
      recipient: (address) => (address.startsWith('lead') ? '450 greylisted' : '550 no such user'),
    })
    expect(reasonOf(later.delivery, false)).to.match(/refused every recipient: 450 greylisted/)
    expect([never.server.mails, later.server.mails]).to.deep.equal([[], []])
  })

  it('fails where the message is too big for the server', async () => {
    const { delivery } = await mail({ options: { size: 1000 } })
    expect(reasonOf(delivery, true)).to.match(/larger than allowed 1000/)
  })

  it('is tried again by the host after a passing refusal, with the same id', async () => {
    const server = await startMailServer({
      certificate: authority.leaf(),
      message: (n) => (n < 3 ? '451 try again later' : undefined),
    })
    try {
      const notifier = await openEmail(emailSettings({ port: server.port, ca: authority.cert }))
      const signal = new AbortController().signal
      const delivery = await deliver(notifier, sampleAlert(), { timeoutMs: 5000, signal, random: () => 0 })
      expect(delivery).to.include({ delivered: true, tries: 3 })
      expect(server.mails).to.have.length(1)
      expect(server.mails[0]!.raw.toString()).to.include('Message-ID: <0123456789ab-opened-1@tuning.example>')
    } finally {
      await server.close()
    }
  })

  it('is not sent where the server offers no login', async () => {
    const { delivery, server } = await mail({ login: null })
    expect(reasonOf(delivery, true)).to.match(/offers no login/)
    expect(server.mails).to.deep.equal([])
  })
})
