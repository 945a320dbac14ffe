import { expect } from 'chai'

import type { Alert, AlertKind } from '../../../plugins/plugin-kit/src/index.js'
import { sampleAlert } from '../../../plugins/plugin-kit/src/testing/index.js'
import { answer, botError, botOk, botSettings, conversation, token } from './helpers.js'

const reference = { channel: 'C0123456789', ts: '1763287500.000100' }
const next = (kind: AlertKind, previous: unknown = reference): Alert => ({
  ...sampleAlert(kind),
  sequence: 2,
  previous,
})

describe('slack: bot token', () => {
  it('posts the first alert and keeps the message', async () => {
    const { notifier, requests, bodies } = await conversation(botSettings, [botOk])
    expect(await notifier.send(sampleAlert())).to.deep.equal({ delivered: true, reference })
    expect(requests).to.have.length(1)
    expect(requests[0]!.url).to.equal('https://slack.com/api/chat.postMessage')
    expect(requests[0]!.headers).to.deep.include({ authorization: `Bearer ${token}` })
    expect(bodies()[0]).to.include({
      channel: 'C0123456789',
      text: '🚨 K8s Alert: CRITICAL – trading-bots',
      ...{ mrkdwn: false, parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false },
    })
    expect(requests[0]!.body).to.not.include(token)
  })

  for (const kind of ['worse', 'repeated', 'resolved', 'flapping'] as const)
    it(`updates the message and replies to it: ${kind}`, async () => {
      const { notifier, bodies, methods } = await conversation(botSettings, [
        botOk,
        answer(200, '{"ok":true,"channel":"C0123456789","ts":"2.2"}'),
      ])
      expect(await notifier.send(next(kind))).to.deep.equal({ delivered: true, reference })
      expect(methods()).to.deep.equal(['chat.update', 'chat.postMessage'])
      const [update, reply] = bodies()
      expect(update).to.deep.include({ ...reference, parse: 'none', link_names: false })
      expect(update!.attachments).to.deep.equal(reply!.attachments)
      expect(reply).to.include({ channel: reference.channel, thread_ts: reference.ts })
      expect(reply!.reply_broadcast).to.equal(kind === 'worse' ? true : undefined)
    })

  it('previews both requests, one a line, as they are sent', async () => {
    const { notifier, requests } = await conversation(botSettings, [botOk])
    const { destination, body } = await notifier.preview(next('worse'))
    expect(destination).to.equal('https://slack.com/api/chat.update, then https://slack.com/api/chat.postMessage')
    expect(requests).to.have.length(0)
    await notifier.send(next('worse'))
    expect(body).to.equal(requests.map((request) => request.body).join('\n'))
  })

  it('posts anew where the message is gone', async () => {
    const fresh = answer(200, '{"ok":true,"channel":"C0123456789","ts":"9.9"}')
    for (const answers of [
      [botError('message_not_found'), fresh],
      [botOk, botError('thread_not_found'), fresh],
    ]) {
      const { notifier, bodies, methods } = await conversation(botSettings, answers)
      expect(await notifier.send(next('worse'))).to.deep.equal({
        delivered: true,
        reference: { channel: 'C0123456789', ts: '9.9' },
      })
      expect(methods().at(-1)).to.equal('chat.postMessage')
      expect(bodies().at(-1)).to.not.have.any.keys('thread_ts', 'ts')
    }
  })

  it('replies to a message that can no longer be changed', async () => {
    const { notifier, methods } = await conversation(botSettings, [botError('edit_window_closed'), botOk])
    expect(await notifier.send(next('resolved'))).to.deep.equal({ delivered: true, reference })
    expect(methods()).to.deep.equal(['chat.update', 'chat.postMessage'])
  })

  it('begins anew in another channel, and where the reference is none', async () => {
    for (const previous of [
      { ...reference, channel: 'C999' },
      { channel: '<!x>', ts: '1.1' },
      { ...reference, ts: '../x' },
      'x',
      null,
    ]) {
      const { notifier, methods } = await conversation(botSettings, [botOk])
      expect(await notifier.send(next('worse', previous))).to.include({ delivered: true })
      expect(methods()).to.deep.equal(['chat.postMessage'])
    }
  })

  it('keeps to the message where the channel is set by its name', async () => {
    const { notifier, methods } = await conversation({ ...botSettings, channel: '#alerts' }, [botOk])
    await notifier.send(next('worse'))
    expect(methods()).to.deep.equal(['chat.update', 'chat.postMessage'])
  })

  it('does not reply while the update fails for the moment', async () => {
    const { notifier, methods } = await conversation(botSettings, [answer(503, '')])
    expect(await notifier.send(next('worse'))).to.include({ delivered: false, permanent: false })
    expect(methods()).to.deep.equal(['chat.update'])
  })

  const errors: [string, boolean, RegExp][] = [
    ['channel_not_found', true, /choose a channel/],
    ['not_in_channel', true, /invite the app/],
    ['is_archived', true, /archived/],
    ['invalid_auth', true, /bot_token/],
    ['token_revoked', true, /bot_token/],
    ['missing_scope', true, /chat:write/],
    ['msg_too_long', true, /report this/],
    ['something_new', true, /something_new/],
    ['ratelimited', false, /ratelimited/],
    ['internal_error', false, /internal_error/],
  ]
  for (const [error, permanent, hint] of errors)
    it(`200 with ok:false ${error} is ${permanent ? 'permanent' : 'passing'}`, async () => {
      const delivery = await (await conversation(botSettings, [botError(error)])).notifier.send(sampleAlert())
      expect(delivery).to.include({ delivered: false, permanent })
      expect(delivery).to.have.property('reason').that.matches(hint)
    })

  it('obeys the address of the settings', async () => {
    const { notifier, requests } = await conversation({ ...botSettings, api_url: 'https://slack.example/api/' }, [
      botOk,
    ])
    await notifier.send(sampleAlert())
    expect(requests[0]!.url).to.equal('https://slack.example/api/chat.postMessage')
  })
})
