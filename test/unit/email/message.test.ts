import { expect } from 'chai'
import PostalMime from 'postal-mime'

import { sampleAlert, sampleEvent, sampleFailedJob } from '../../../plugins/plugin-kit/src/testing/index.js'
import { htmlPart } from '../../../plugins/plugin-email/src/html.js'
import { compose, type Message } from '../../../plugins/plugin-email/src/message.js'
import { readSettings } from '../../../plugins/plugin-email/src/settings.js'
import { schemes, tones } from '../../../plugins/plugin-email/src/style.js'
import { now } from '../../helpers/email.js'

const settings = readSettings({
  host: 'smtp.example.com',
  from: { name: 'Tuning „Nacht“, 名', address: 'alerts@Tuning.example' },
  to: ['oncall@example.com', 'lead@example.com'],
  subject_prefix: '[tuning]',
})

/** The message's header lines, unfolded. */
function headerLines({ bytes }: Message): string[] {
  const head = bytes.toString('utf8').split('\r\n\r\n')[0]!
  return head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
}

function header(message: Message, name: string): string | undefined {
  const lines = headerLines(message).filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}: `))
  expect(lines.length, name).to.be.at.most(1)
  return lines[0]?.slice(name.length + 2)
}

describe('the message of the email channel', () => {
  it('carries the text and the HTML, in UTF-8, from and to whom the config says', async () => {
    const text = 'Zeile eins – 名 🚨\n\n.a line with a dot first\nFrom here on\n' + 'lang '.repeat(300)
    const alert = { ...sampleAlert(), text }
    const mail = await PostalMime.parse((await compose(alert, settings, now)).bytes)
    expect(mail.text?.replace(/\n$/, '')).to.equal(text)
    expect(mail.html?.trimEnd()).to.equal(htmlPart(alert).trimEnd())
    expect(mail.subject).to.equal(`[tuning] ${alert.title}`)
    expect(mail.from).to.deep.equal({ name: 'Tuning „Nacht“, 名', address: 'alerts@tuning.example' })
    expect(mail.to?.map((to) => to.address)).to.deep.equal(['oncall@example.com', 'lead@example.com'])
    expect(mail.date).to.equal(now.toISOString())
    expect(mail.attachments).to.deep.equal([])
  })

  it('is the same bytes for the same alert, all of them ASCII in lines that every server takes', async () => {
    const first = await compose(sampleAlert(), settings, now)
    const second = await compose(sampleAlert(), settings, now)
    expect(first.bytes.equals(second.bytes)).to.equal(true)
    expect(first.bytes.every((byte) => byte < 0x80)).to.equal(true)
    for (const line of first.bytes.toString().split('\r\n')) {
      expect(line.length).to.be.at.most(998)
      expect(line).to.not.match(/[\r\n]/)
    }
  })

  it('has an id of the alert and points at the first message of the incident', async () => {
    const opened = await compose(sampleAlert('opened'), settings, now)
    expect(header(opened, 'Message-ID')).to.equal('<0123456789ab-opened-1@tuning.example>')
    expect(header(opened, 'In-Reply-To')).to.equal(undefined)
    expect(header(opened, 'References')).to.equal(undefined)
    expect(header(opened, 'Auto-Submitted')).to.equal('auto-generated')
    expect(header(opened, 'X-Arbk8s-Incident')).to.equal('0123456789ab')
    expect(header(opened, 'X-Arbk8s-Severity')).to.equal('CRITICAL')

    const reference = { message_id: '<0123456789ab-worse-2@tuning.example>', first_message_id: opened.id }
    const resolved = { ...sampleAlert('resolved'), id: '0123456789ab-resolved-3', sequence: 3 }
    const third = await compose({ ...resolved, previous: reference }, settings, now)
    expect(header(third, 'In-Reply-To')).to.equal(opened.id)
    expect(header(third, 'References')).to.equal(`${opened.id} ${reference.message_id}`)
    expect(third.first).to.equal(opened.id)

    for (const previous of [null, 'x', { message_id: '<a@b>\r\nBcc: e@x', first_message_id: 'x' }]) {
      const lost = await compose({ ...resolved, previous }, settings, now)
      expect(header(lost, 'References')).to.equal(opened.id)
    }
  })

  it('gives each drill an id of its own', async () => {
    const at = (detected_at: string) => compose(sampleAlert('drill', { detected_at }), settings, now)
    const ids = [await at('2025-11-16T10:06:00Z'), await at('2025-11-16T10:07:00Z')].map(({ id }) => id)
    expect(new Set(ids).size).to.equal(2)
  })

  it('shortens with a mark: subject, text, page', async () => {
    const long = 'überlang 🚨 '.repeat(20_000)
    const events = Array.from({ length: 200 }, () => sampleEvent({ message: long, involved_name: long }))
    const lines = Array.from({ length: 400 }, () => "<b>&'.a@b.c".repeat(2000))
    const jobs = Array.from({ length: 5 }, () =>
      sampleFailedJob({ job_name: long, cause: { ...sampleFailedJob().cause!, message: long, last_lines: lines } }),
    )
    const fields = { summary: long, recent_events: events, failed_jobs: jobs, look_further: long, selector: long }
    const alert = { ...sampleAlert('opened', fields), title: long, text: long }
    const message = await compose(alert, settings, now)
    const mail = await PostalMime.parse(message.bytes)
    expect(mail.subject!.length).to.be.at.most(200)
    expect(mail.subject).to.match(/…$/)
    expect(mail.text).to.match(/…\n\[shortened: \d+ more characters\]\n?$/)
    expect(mail.text!.length).to.be.at.most(20_100)
    expect(Buffer.byteLength(mail.html!)).to.be.at.most(100_000)
    expect(mail.html)
      .to.include('…')
      .and.to.match(/<\/html>\s*$/)
    expect(mail.html).to.not.include('\ufffd')
    expect(message.bytes.length).to.be.at.most(500_000)
  })

  it('has a text where the alert has none', async () => {
    const alert = { ...sampleAlert(), text: '' }
    expect((await PostalMime.parse((await compose(alert, settings, now)).bytes)).text).to.include(alert.title)
  })
})

describe('the HTML part', () => {
  it('shows failed Jobs with reason, exit code and last lines, events, and the command to look further', () => {
    const page = htmlPart(sampleAlert('opened', { more_failed_jobs: 2 }))
    for (const shown of [
      ...[
        'arb-tuning-demo-worker-1-0',
        'worker-1',
        'Error, job_failed, crash',
        '<td>3</td>',
        'To do: Read its last lines',
      ],
      ...['<pre>loading prices\nerror: up-down<wbr>.csv is missing</pre>', '2 more Jobs are not OK.'],
      ...['BackoffLimitExceeded', 'arbk8s health check -n trading-bots -l session_id=demo --explain', 'OK → ERROR'],
      ...['1 OK, 0 WARN, 1 ERROR', '2025-11-16T14:06:00Z; silence after that means that nobody looks'],
    ]) {
      expect(page).to.include(shown)
    }
  })

  it('says by word and colour what it is', () => {
    const badge = (page: string): string => /class="badge"[^>]*>([^<]+)</.exec(page)![1]!
    expect(badge(htmlPart(sampleAlert('opened')))).to.equal('CRITICAL')
    expect(badge(htmlPart({ ...sampleAlert('opened'), severity: 'WARN' }))).to.equal('WARN')
    expect(badge(htmlPart(sampleAlert('resolved')))).to.equal('RESOLVED')
    expect(badge(htmlPart(sampleAlert('drill')))).to.equal('DRILL')
  })

  it('fetches nothing, links nowhere and runs nothing, whatever the cluster says', () => {
    const own = tagsOf(htmlPart(withText('plain')))
    for (const payload of payloads) {
      const page = htmlPart(withText(payload))
      expect(tagsOf(page), payload).to.deep.equal(own)
      expect(tagsOf(page).join('')).to.not.match(
        /\b(href|src|srcset|action|background|on\w+)\s*=|url\(|@import|<(a|img|script|iframe|link|form)\b/i,
      )
      // What a mail program would make a link of by itself.
      expect(page.replace(/<!DOCTYPE[^>]*>|<style>.*?<\/style>/s, '')).to.not.match(
        /https?:\/\/\w|www\.\w|\w@\w|mailto:\w+@/i,
      )
    }
  })

  it('is readable: every pair of colours has a contrast of at least 4.5 to 1', () => {
    const pairs = [
      ...Object.values(tones).map(({ back, text }) => [back, text]),
      ...Object.values(schemes).flatMap(({ page, text, faint, block }) => [
        [page, text],
        [page, faint],
        [block, text],
      ]),
    ] as [string, string][]
    for (const [back, text] of pairs) expect(contrast(back, text), `${text} on ${back}`).to.be.at.least(4.5)
  })
})

const payloads = [
  '<script>alert(1)</script>',
  '<img src=https://evil.example/p.png>',
  '"><a href="https://evil.example">x</a>',
  "' onmouseover='x()",
  'https://evil.example/login',
  'see www.evil.example or mail evil@evil.example',
  'javascript://evil.example/%0aalert(1)',
  '</pre></td></table><h1>ALL IS WELL</h1>',
  '<!--',
  '--><b>x</b>',
  '<style>*{display:none}</style>',
  '<meta http-equiv=refresh content=0;url=//evil.example>',
  '&lt;b&gt; &amp;lt;',
  '<![CDATA[x]]>',
  '<svg/onload=x()>',
  '{{7*7}} ${7*7} <%= 7 %>',
  '\u202egpj.exe \u2066hidden\u2069 \u200b\ufeff',
  '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007 \u001b[31m',
  'a\u0000b\u0008c\u009b31m',
  '<form action=//evil.example><input name=p>',
]

/** An alert in which every text of the cluster is the payload. */
function withText(text: string) {
  const cause = { ...sampleFailedJob().cause!, reason: text, message: text, fix: text, last_lines: [text, text] }
  const job = sampleFailedJob({ job_name: text, worker_id: text, reasons: [text], cause })
  const event = sampleEvent({ reason: text, message: text, involved_name: text, involved_kind: text })
  const fields = { summary: text, namespace: text, selector: text, look_further: text, id: text }
  const alert = sampleAlert('opened', { ...fields, failed_jobs: [job], recent_events: [event] })
  return { ...alert, title: text, text, id: text }
}

/** The page's tags in order, but for the ones that break words. */
function tagsOf(page: string): string[] {
  return [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag).filter((tag) => tag !== '<wbr>')
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
