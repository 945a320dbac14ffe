/** Text that tries to become a header, a recipient or a command. Figures: docs/reference/reliability.md, section email. */
import type { Alert } from '@arbk8s/plugin-kit'
import { expect } from 'chai'
import PostalMime from 'postal-mime'

import { sampleAlert, sampleEvent, sampleFailedJob } from '../../plugins/plugin-kit/src/testing/index.js'
import { makeAuthority } from '../helpers/certificates.js'
import { emailSettings, openEmail } from '../helpers/email.js'
import { type Mail, startMailServer } from '../helpers/smtp.js'

const payloads = [
  'x\r\nBcc: evil@evil.example',
  'x\nBcc: evil@evil.example',
  'x\rBcc: evil@evil.example',
  'x\r\n\r\n<html>a body of its own</html>',
  'x\r\n.\r\nMAIL FROM:<evil@evil.example>\r\nRCPT TO:<evil@evil.example>\r\nDATA\r\n',
  'x\n.\nRCPT TO:<evil@evil.example>',
  'b@x\r\nRCPT TO:<evil@evil.example>',
  'x>\r\nRCPT TO:<evil@evil.example',
  '<evil@evil.example>, "x" <evil@evil.example>',
  'x\u0085Bcc: evil@evil.example',
  'x\u2028Bcc: evil@evil.example\u2029',
  'x\u0000Bcc: evil@evil.example',
  'x\u000b\u000cBcc: evil@evil.example',
  '=?UTF-8?Q?x=0D=0ABcc:_evil@evil.example?=',
  '=?UTF-8?B?eA0KQmNjOiBldmlsQGV2aWwuZXhhbXBsZQ==?=',
  'x%0d%0aBcc:%20evil@evil.example',
  'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<b>y</b>\r\n--x--',
  '------_NmP-0-Part_1--\r\nContent-Type: text/html\r\n\r\n<b>y</b>',
  '\r\n Bcc: evil@evil.example\r\n\tevil@evil.example',
  `${'x'.repeat(990)}\r\nBcc: evil@evil.example`,
  '{"path":"/etc/hostname"} {"href":"http://127.0.0.1/"}',
  'data:text/html,<b>x</b> file:///etc/hostname',
]

/** Where the payload goes; each place alone, so that none hides another. */
const places: Record<string, (alert: Alert, text: string) => Alert> = {
  title: (alert, text) => ({ ...alert, title: text }),
  text: (alert, text) => ({ ...alert, text }),
  id: (alert, text) => ({ ...alert, id: text }),
  severity: (alert, text) => ({ ...alert, severity: text as never }),
  previous: (alert, text) => ({ ...alert, previous: { message_id: `<${text}@x>`, first_message_id: `<${text}@x>` } }),
  'incident id': (alert, text) => ({ ...alert, incident: { ...alert.incident, id: text } }),
  cluster: (alert, text) => ({ ...alert, incident: { ...alert.incident, ...clusterText(text) } }),
}

function clusterText(text: string): Partial<Alert['incident']> {
  const cause = { ...sampleFailedJob().cause!, reason: text, message: text, fix: text, last_lines: [text] }
  return {
    ...{ summary: text, namespace: text, selector: text, look_further: text, labels: { [text]: text } },
    failed_jobs: [sampleFailedJob({ job_name: text, reasons: [text], cause })],
    recent_events: [sampleEvent({ reason: text, message: text, involved_name: text })],
  }
}

/** The names of a message's headers, in order. */
function headerNames(raw: Buffer): string[] {
  const head = raw.toString('latin1').split('\r\n\r\n')[0]!
  return head.split('\r\n').flatMap((line) => (/^[ \t]/.test(line) ? [] : [line.slice(0, line.indexOf(':'))]))
}

function boundaryOf(raw: Buffer): string {
  return /boundary="([^"]+)"/.exec(raw.toString('latin1').split('\r\n\r\n')[0]!)![1]!
}

describe('email and text that wants to be more than text', () => {
  const authority = makeAuthority()
  const config = ['oncall@example.com', 'lead@example.com']
  const certificate = authority.leaf()

  /** The one message that a server of its own is given; a server waits before it greets, so many go side by side. */
  async function send(alert: Alert, over: Record<string, unknown> = {}): Promise<Mail> {
    const server = await startMailServer({ certificate })
    try {
      const notifier = await openEmail(emailSettings({ port: server.port, ca: authority.cert }, over))
      expect(await notifier.send(alert)).to.include({ delivered: true })
      expect(server.mails).to.have.length(1)
      return server.mails[0]!
    } finally {
      await server.close()
    }
  }

  for (const [place, put] of Object.entries(places)) {
    it(`keeps ${payloads.length} payloads in the ${place} from the envelope, the headers and the parts`, async () => {
      const sequel = { ...sampleAlert('worse'), sequence: 2 }
      const names = headerNames((await send(sequel)).raw)
      expect(names).to.include.members(['From', 'To', 'Subject', 'Message-ID', 'In-Reply-To', 'References', 'Date'])
      const check = async (payload: string): Promise<void> => {
        const { from, to, raw } = await send(put(sequel, payload))
        expect(from, payload).to.equal('alerts@tuning.example')
        expect(to, payload).to.deep.equal(config)
        expect(headerNames(raw), payload).to.deep.equal(names)
        const parsed = await PostalMime.parse(raw)
        expect(parsed.messageId, payload).to.match(/^<[A-Za-z0-9._-]{1,120}@tuning\.example>$/)
        expect(
          parsed.to?.map(({ address }) => address),
          payload,
        ).to.deep.equal(config)
        expect([parsed.cc, parsed.bcc, parsed.attachments], payload).to.deep.equal([undefined, undefined, []])
        expect(raw.toString().split(`--${boundaryOf(raw)}`), payload).to.have.length(4)
      }
      await Promise.all(payloads.map(check))
    })
  }

  it('takes none of them as an address, and none out of the prefix of the subject', async () => {
    const check = async (payload: string): Promise<void> => {
      for (const over of [{ to: payload }, { to: ['a@example.com', payload] }, { from: payload }]) {
        const error = await openEmail(emailSettings({ port: 1, ca: authority.cert }, over)).catch((caught) => caught)
        expect(error, payload).to.include({ code: 'ERR_SETTINGS' })
      }
      const settings = emailSettings({ port: 1, ca: authority.cert }, { subject_prefix: payload })
      const opened: unknown = await openEmail(settings).catch((caught) => caught)
      if ((opened as { code?: unknown }).code === 'ERR_SETTINGS') return
      const { to, raw } = await send(sampleAlert(), { subject_prefix: payload })
      expect(to, payload).to.deep.equal(config)
      expect(headerNames(raw), payload).to.not.include('Bcc')
    }
    await Promise.all(payloads.map(check))
  })
})
