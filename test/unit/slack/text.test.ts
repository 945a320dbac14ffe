import { expect } from 'chai'

import { sampleAlert } from '../../../plugins/plugin-kit/src/testing/index.js'
import { limits } from '../../../plugins/plugin-slack/src/message.js'
import { slackText } from '../../../plugins/plugin-slack/src/text.js'
import { attachmentOf, conversation, webhookUrl } from './helpers.js'

const j = '\u2060'

describe('slack: text', () => {
  it('escapes the three characters, each once', () => {
    expect(slackText('a & b < c > d &lt; "q" \'s\'', 100)).to.equal('a &amp; b &lt; c &gt; d &amp;lt; "q" \'s\'')
  })

  it('takes apart addresses and names that Slack would make links and mentions of', () => {
    expect(slackText('see https://x.example/ @here a@b.example', 100)).to.equal(
      `see https:${j}//x.example/ @${j}here a@${j}b.example`,
    )
    expect(slackText('image@sha256:0123 a @ b', 100)).to.equal('image@sha256:0123 a @ b')
  })

  it('drops controls, escapes, bidi overrides and halves of characters', () => {
    expect(slackText('\u001b[31mred\u001b[0m \u202edes \ud83d x\r\n\ty', 100)).to.equal('red des \ufffd x\n\ty')
  })

  it('cuts at exactly the limit, with a mark', () => {
    expect(slackText('x'.repeat(10), 10)).to.equal('x'.repeat(10))
    expect(slackText('x'.repeat(11), 10)).to.equal(`${'x'.repeat(9)}…`)
    expect(slackText('x'.repeat(1_000_000), 10)).to.equal(`${'x'.repeat(9)}…`)
  })

  it('cuts no entity and no character in two', () => {
    for (let max = 1; max < 40; max++)
      for (const unit of ['&', '🚨', '<x', '名', 'ab&'])
        for (const text of [unit.repeat(20), `a${unit.repeat(20)}`]) {
          const cut = slackText(text, max)
          expect(cut.length, `${max} ${unit}`).to.be.at.most(max)
          expect(cut).to.match(/^(?:&(?:amp|lt|gt);|[^&<>])*$/u)
          expect(cut).to.not.match(/\p{Surrogate}/u)
          const whole = slackText(text, 1000)
          expect(cut === whole || (cut.endsWith('…') && whole.startsWith(cut.slice(0, -1)))).to.equal(true)
        }
  })

  it('counts the entities of a cut text', () => {
    expect(slackText('&'.repeat(1000), 3000)).to.have.length(2996)
    expect(slackText('&'.repeat(600), 3000)).to.have.length(3000)
  })
})

describe('slack: the message', () => {
  const open = () => conversation({ webhook_url: webhookUrl }, [])

  it('keeps each limit, and the command at the end of a long text', async () => {
    const { notifier } = await open()
    const alert = sampleAlert('opened', { namespace: '&'.repeat(5000), selector: '<>'.repeat(5000) })
    const long = `${'& '.repeat(10_000)}\n\nLook further: ${alert.incident.look_further}`
    const attachment = await attachmentOf(notifier, {
      ...alert,
      title: '<'.repeat(5000),
      text: long,
      id: 'i'.repeat(5000),
    })
    expect(attachment.title).to.have.length.within(limits.title - 5, limits.title)
    expect(attachment.fallback).to.have.length.within(limits.title - 5, limits.title)
    expect(attachment.text).to.have.length.within(limits.text - 5, limits.text)
    expect(attachment.text).to.match(
      /…\n\nLook further: arbk8s health check -n trading-bots -l session_id=demo --explain$/,
    )
    expect(attachment.footer).to.have.length.within(limits.footer - 5, limits.footer)
    const fields = attachment.fields as unknown as { value: string }[]
    expect(fields).to.have.length(4)
    for (const { value } of fields) expect(value.length).to.be.at.most(limits.fieldValue)
  })

  it('has no empty field and no time that is none', async () => {
    const { notifier } = await open()
    const attachment = await attachmentOf(notifier, sampleAlert('drill', { selector: '', detected_at: 'soon' }))
    expect(attachment).to.not.have.property('ts')
    expect(attachment.fields).to.deep.include({ title: 'Selector', value: '–', short: true })
  })
})
