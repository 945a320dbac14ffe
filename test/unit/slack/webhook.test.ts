import { expect } from 'chai'

import { sampleAlert } from '../../../plugins/plugin-kit/src/testing/index.js'
import { answer, conversation, webhookUrl } from './helpers.js'

const settings = { webhook_url: webhookUrl }
const send = async (status: number, body: string, fields = {}) =>
  (await conversation(settings, [answer(status, body, fields)])).notifier.send(sampleAlert())

describe('slack: webhook', () => {
  it('has the payload of the original', async () => {
    const { notifier, requests, bodies } = await conversation(settings, [answer(200, 'ok')])
    const alert = sampleAlert()
    expect(await notifier.send(alert)).to.deep.equal({ delivered: true })
    expect(requests[0]).to.deep.include({ url: webhookUrl, method: 'POST' })
    expect(bodies()).to.deep.equal([
      {
        text: '🚨 K8s Alert: CRITICAL – trading-bots',
        mrkdwn: false,
        attachments: [
          {
            fallback: `🚨 K8s Alert: CRITICAL – trading-bots: ${alert.incident.summary}`,
            color: 'danger',
            title: '🚨 K8s Alert: CRITICAL – trading-bots',
            text: alert.text,
            fields: [
              { title: 'Namespace', value: 'trading-bots', short: true },
              { title: 'Selector', value: 'session_id=demo', short: true },
              { title: 'Severity', value: 'CRITICAL', short: true },
              { title: 'Health', value: 'ERROR', short: true },
            ],
            footer: 'arbk8s · 0123456789ab-opened-1',
            ts: Date.parse(alert.incident.detected_at) / 1000,
            mrkdwn_in: [],
          },
        ],
        unfurl_links: false,
        unfurl_media: false,
      },
    ])
  })

  it('refuses a setting that it does not have, such as a mistyped fallback', async () => {
    const mistyped = conversation({ ...settings, fallbck: 'team' }, []).then(
      () => 'accepted',
      (error: Error) => error.message,
    )
    expect(await mistyped).to.equal('"fallbck" is not one of its settings: webhook_url, bot_token, channel, api_url')
  })

  it('has the colour of the severity', async () => {
    const { notifier } = await conversation(settings, [])
    const colours = await Promise.all(
      (['CRITICAL', 'WARN', 'INFO'] as const).map(async (severity) => {
        const { body } = await notifier.preview({ ...sampleAlert(), severity })
        return (JSON.parse(body) as { attachments: { color: string }[] }).attachments[0]!.color
      }),
    )
    expect(colours).to.deep.equal(['danger', 'warning', 'good'])
  })

  it('shows where it goes without the secret part', async () => {
    const { notifier } = await conversation(settings, [])
    expect((await notifier.preview(sampleAlert())).destination).to.equal('https://hooks.slack.com/…')
  })

  it('takes nothing but 200 and "ok" for delivered', async () => {
    expect(await send(200, 'ok')).to.deep.equal({ delivered: true })
    for (const [status, body] of [
      [200, ''],
      [200, 'OK!'],
      [200, '{"ok":true}'],
      [200, '<html>'],
      [201, 'ok'],
      [204, ''],
      [302, 'ok'],
    ] as const)
      expect(await send(status, body), `${status} ${body}`).to.include({ delivered: false, permanent: true })
  })

  const permanent: [number, string, RegExp][] = [
    [400, 'invalid_payload', /report this/],
    [400, 'no_text', /report this/],
    [400, 'too_many_attachments', /report this/],
    [400, 'invalid_blocks', /report this/],
    [400, 'user_not_found', /new one/],
    [403, 'action_prohibited', /admin/],
    [403, 'invalid_token', /make a new one and put it in webhook_url/],
    [404, 'no_service', /make a new one/],
    [404, 'no_active_hooks', /make a new one/],
    [404, 'no_team', /make a new one/],
    [404, 'channel_not_found', /choose a channel/],
    [403, 'posting_to_general_channel_denied', /choose a channel/],
    [410, 'channel_is_archived', /archived/],
    [403, 'team_disabled', /make a new one/],
    [500, 'no_text', /report this/],
    [200, 'invalid_payload', /report this/],
    [418, 'some_other_code', /^Slack answered HTTP 418: some_other_code$/],
  ]
  for (const [status, body, hint] of permanent)
    it(`${status} ${body} is permanent and says what to do`, async () => {
      const delivery = await send(status, body)
      expect(delivery).to.include({ delivered: false, permanent: true })
      expect(delivery).to.have.property('reason').that.matches(hint).and.includes(`HTTP ${status}: ${body}`)
    })

  const passing: [number, string][] = [
    [429, ''],
    [429, 'rate_limited'],
    [500, 'rollup_error'],
    [503, '<html>busy</html>'],
    [408, ''],
    [200, 'ratelimited'],
  ]
  for (const [status, body] of passing)
    it(`${status} "${body}" passes`, async () => {
      expect(await send(status, body)).to.include({ delivered: false, permanent: false })
    })

  it('waits as Slack asks, by header or by body', async () => {
    expect(await send(429, '', { retry_after_seconds: 30 })).to.include({ retry_after_seconds: 30 })
    expect(await send(429, '{"retry_after":1,"ok":false,"error":"rate_limited"}')).to.include({
      retry_after_seconds: 1,
      reason: 'Slack answered HTTP 429: rate_limited',
    })
    expect(await send(429, '{"retry_after":-5}')).to.include({ retry_after_seconds: null })
  })
})
