import { createHmac, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'

import { expect } from 'chai'

import type {
  Alert,
  Delivery,
  HttpRequest,
  HttpResponse,
  PluginContext,
} from '../../../plugins/plugin-kit/src/index.js'
import { sampleAlert, sampleEvent, testNotifier } from '../../../plugins/plugin-kit/src/testing/index.js'
import hook from '../../../plugins/plugin-webhook/src/notifier.js'
import { repoRoot } from '../../helpers/cli.js'

const url = 'https://hooks.example.com/services/T000/gEhEiMgEhEiM?token=aBcDeFgHiJ'
const routingKey = '0123456789abcdefghijklmnopqrstuv'
const now = new Date('2025-11-16T10:06:30Z')

const answer = (status: number, body = '', more: Partial<HttpResponse> = {}): HttpResponse => ({
  status,
  headers: {},
  body,
  temporary: status >= 500 || [408, 425, 429].includes(status),
  retry_after_seconds: null,
  ...more,
})
const pagerDutyTook = answer(202, '{"status":"success","message":"Event processed","dedup_key":"0123456789ab"}')

for (const [format, accepted, more] of [
  ['arbk8s', answer(204), {}],
  ['alertmanager', answer(200), {}],
  ['pagerduty', pagerDutyTook, { routing_key: routingKey }],
  ['cloudevents', answer(200), {}],
] as const) {
  const headers = { Authorization: 'Bearer gEhEiMnIs' }
  testNotifier(
    { describe, it },
    {
      name: `webhook as ${format}`,
      open: (host) => hook({ host }),
      settings: { webhook_url: url, format, headers, hmac_secret: 'hMaCsEcReT', ...more },
      secrets: ['gEhEiMgEhEiM', 'aBcDeFgHiJ', 'gEhEiMnIs', 'hMaCsEcReT', routingKey],
      accepted,
    },
  )
}

/** Sends one alert and gives what went out and what came of it. */
async function send(settings: Record<string, unknown>, alert: Alert = sampleAlert(), response = answer(200)) {
  const requests: HttpRequest[] = []
  const host = {
    settings: { webhook_url: url, ...settings },
    http: (request: HttpRequest) => {
      requests.push(request)
      return Promise.resolve(response)
    },
    now: () => now,
  } as unknown as PluginContext
  const notifier = await hook({ host })
  const preview = await notifier.preview(alert)
  const delivery = await notifier.send(alert)
  const [request] = requests
  return { request: request!, delivery, preview, json: JSON.parse(request!.body!) as never }
}

async function settingsError(settings: Record<string, unknown>): Promise<Error & { code?: string }> {
  try {
    await hook({ host: { settings: { webhook_url: url, ...settings } } as unknown as PluginContext })
  } catch (error) {
    return error as Error
  }
  throw new Error('no error')
}

describe('webhook: the request', () => {
  it('is the payload, with the alert’s id and own headers; the preview is its bytes', async () => {
    const { request, preview, json } = await send({ headers: { 'X-Team': 'trading', 'X-Number': 7 } })
    expect(request).to.include({ url, method: 'POST' })
    expect(request.headers).to.deep.equal({
      'X-Team': 'trading',
      'X-Number': '7',
      'content-type': 'application/json; charset=utf-8',
      'idempotency-key': '0123456789ab-opened-1',
    })
    expect(json).to.deep.equal(sampleAlert().payload)
    expect(preview).to.deep.equal({
      destination: 'https://hooks.example.com/…',
      contentType: 'application/json; charset=utf-8',
      body: request.body,
    })
  })

  it('is signed over the time and the body', async () => {
    const { request } = await send({ hmac_secret: 'hush' })
    const digest = createHmac('sha256', 'hush')
      .update(`${now.getTime() / 1000}.${request.body}`)
      .digest('hex')
    expect(request.headers).to.include({ 'x-arbk8s-signature': `t=${now.getTime() / 1000},v1=${digest}` })
  })

  it('passes the verification that the guide shows, which refuses what was changed or is old', async () => {
    const guide = readFileSync(path.join(repoRoot, 'docs/guides/webhook.md'), 'utf8')
    const code = /```js\n(import [\s\S]*?function isGenuine[\s\S]*?)\n```/.exec(guide)![1]!
    const body = code.replace(/^import .*$/gm, '').replace('export ', '')
    const isGenuine = new Function('createHmac', 'timingSafeEqual', `${body}; return isGenuine`)(
      createHmac,
      timingSafeEqual,
    ) as (header: string, body: string, secret: string, nowSeconds: number) => boolean
    const { request } = await send({ hmac_secret: 'hush' })
    const header = request.headers!['x-arbk8s-signature']!
    const time = now.getTime() / 1000
    expect(isGenuine(header, request.body!, 'hush', time + 60)).to.equal(true)
    expect(isGenuine(header, request.body!, 'other', time + 60)).to.equal(false)
    expect(isGenuine(header, `${request.body} `, 'hush', time + 60)).to.equal(false)
    expect(isGenuine(header, request.body!, 'hush', time + 3600)).to.equal(false)
    expect(isGenuine(header.replace(/t=\d+/, `t=${time + 3600}`), request.body!, 'hush', time + 3600)).to.equal(false)
    for (const odd of ['', 'v1=', 't=1,v1=zz']) expect(isGenuine(odd, request.body!, 'hush', time)).to.equal(false)
  })

  it('stays within 512,000 bytes, whatever the alert holds', async () => {
    const events = Array.from({ length: 300 }, () => sampleEvent({ message: '\u0000名"'.repeat(20_000) }))
    for (const format of ['arbk8s', 'alertmanager', 'pagerduty', 'cloudevents']) {
      const alert = sampleAlert('opened', { recent_events: events, summary: 'é'.repeat(900_000) })
      const most = format === 'cloudevents' ? 65_536 : 512_000
      const { request } = await send({ format, routing_key: routingKey }, alert, pagerDutyTook)
      expect(Buffer.byteLength(request.body!), format).to.be.within(1000, most)
      expect(request.body, format).to.include('…')
    }
  })
})

describe('webhook: the answer', () => {
  const judged = async (status: number, body = '', more: Partial<HttpResponse> = {}): Promise<Delivery> =>
    (await send({}, sampleAlert(), answer(status, body, more))).delivery

  it('2xx is delivered, 3xx and 4xx but three are for good, the rest may pass', async () => {
    const outcomes: Record<string, number[]> = { delivered: [], lasting: [], passing: [] }
    for (const status of [200, 202, 204, 301, 308, 400, 401, 403, 404, 408, 410, 413, 425, 429, 500, 503, 504]) {
      const delivery = await judged(status)
      outcomes[delivery.delivered ? 'delivered' : delivery.permanent ? 'lasting' : 'passing']!.push(status)
    }
    expect(outcomes).to.deep.equal({
      delivered: [200, 202, 204],
      lasting: [301, 308, 400, 401, 403, 404, 410, 413],
      passing: [408, 425, 429, 500, 503, 504],
    })
  })

  it('tells what the receiver said, without a secret, and when it wants the next try', async () => {
    const said = `no route for\n/services/T000/gEhEiMgEhEiM?token=aBcDeFgHiJ ${'x'.repeat(500)}`
    const delivery = await judged(429, said, { retry_after_seconds: 7 })
    expect(delivery).to.deep.include({ delivered: false, permanent: false, retry_after_seconds: 7 })
    expect((delivery as { reason: string }).reason)
      .to.match(/^hooks\.example\.com answered 429: no route for \*{8} x+…$/)
      .with.length.below(250)
    expect(await judged(301)).to.include({
      reason: 'hooks.example.com answered 301 (a redirect, which is not followed)',
    })
  })

  it('of Alertmanager is 200, of PagerDuty 202 with success', async () => {
    for (const [format, response, delivered] of [
      ['alertmanager', answer(200), true],
      ['alertmanager', answer(202), false],
      ['pagerduty', pagerDutyTook, true],
      ['pagerduty', answer(202, '<html>login</html>'), false],
      ['pagerduty', answer(202, 'null'), false],
      ['pagerduty', answer(200, pagerDutyTook.body), false],
      ['pagerduty', answer(400, '{"status":"invalid event","errors":["routing_key"]}'), false],
    ] as const) {
      const { delivery } = await send({ format, routing_key: routingKey }, sampleAlert(), response)
      expect(delivery.delivered, `${format} ${response.status} ${response.body}`).to.equal(delivered)
      if (!delivery.delivered) expect(delivery.permanent).to.equal(true)
    }
  })
})

describe('webhook: the settings', () => {
  it('that are wrong are named, their values never shown', async () => {
    const wrong: [Record<string, unknown>, string][] = [
      [{ webhook_url: undefined }, 'webhook_url is missing'],
      [{ webhook_url: 'geheim' }, 'webhook_url must be an https:// URL'],
      [{ webhook_url: 'file:///geheim' }, 'webhook_url must be an https:// URL'],
      [{ webhook_url: ['geheim'] }, 'webhook_url must be text'],
      [{ format: 'geheim' }, 'format must be one of arbk8s, alertmanager, pagerduty, cloudevents'],
      [{ format: 'pagerduty' }, 'routing_key is missing'],
      [{ format: 'pagerduty', routing_key: 'geheim' }, 'routing_key must be: the 32 characters'],
      [{ headers: ['geheim'] }, 'headers must be a mapping'],
      [{ headers: { 'x-a': { geheim: 1 } } }, 'the value of x-a must be text'],
      [{ headers: { 'x-a': 'geheim\r\nx-b: 1' } }, 'the value of x-a has characters'],
      [{ headers: { 'x\na': 'geheim' } }, 'is no name of a header'],
      [{ headers: { HOST: 'geheim' } }, 'HOST is set by the channel itself'],
      [{ headers: { 'content-length': 'geheim' } }, 'content-length is set by the channel itself'],
      [{ headers: { 'Proxy-Authorization': 'geheim' } }, 'Proxy-Authorization is set by the channel itself'],
      [{ hmac_secret: 7 }, 'hmac_secret must be text'],
      [{ header: { geheim: 1 } }, '"header" is not one of its settings'],
      [{ labels: { 'a-b': 'geheim' } }, 'labels: "a-b" must be'],
    ]
    for (const [settings, words] of wrong) {
      const error = await settingsError(settings)
      expect(error.code).to.equal('ERR_SETTINGS')
      expect(error.message).to.include(words).and.not.include('geheim')
    }
  })
})
