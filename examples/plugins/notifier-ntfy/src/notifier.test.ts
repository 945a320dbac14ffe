import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { Alert, HttpRequest, HttpResponse, PluginContext } from '@arbk8s/plugin-kit'
import { sampleAlert, testNotifier } from '@arbk8s/plugin-kit/testing'

import hook from './notifier.js'

const settings = { server: 'https://push.example.com', topic: 'SECRET-topic', token: 'tk_SECRET-token' }
const accepted: HttpResponse = {
  status: 200,
  headers: {},
  body: '{"id":"sPs71M8A2T","event":"message"}',
  temporary: false,
  retry_after_seconds: null,
}

testNotifier(
  { describe, it },
  {
    name: 'ntfy',
    open: async (host: PluginContext) => hook({ host }),
    settings,
    secrets: ['SECRET-topic', 'tk_SECRET-token'],
    settingsCases: [
      { settings: {}, names: 'topic' },
      { settings: { ...settings, topic: 'a/b' }, names: 'topic' },
      { settings: { ...settings, server: 'push.example.com' }, names: 'server' },
      { settings: { ...settings, token: 'two words' }, names: 'token' },
    ],
    accepted,
    refused: [{ ...accepted, body: '<html>a login page</html>', permanent: true }],
  },
)

/** The message that goes out. */
async function sent(alert: Alert): Promise<{ request: HttpRequest; message: Record<string, unknown> }> {
  let request: HttpRequest | undefined
  const http = async (given: HttpRequest): Promise<HttpResponse> => {
    request = given
    return accepted
  }
  const notifier = await hook({ host: { settings, http } as unknown as PluginContext })
  const delivery = await notifier.send(alert)
  strictEqual(delivery.delivered, true)
  return { request: request!, message: JSON.parse(request!.body ?? '') as Record<string, unknown> }
}

describe('ntfy', () => {
  it('has the topic in the body and the token in a header', async () => {
    const { request, message } = await sent(sampleAlert())
    strictEqual(message.topic, 'SECRET-topic')
    strictEqual(request.headers?.authorization, 'Bearer tk_SECRET-token')
    strictEqual(request.url, 'https://push.example.com/')
  })
  it('keeps within 4096 bytes and never cuts a character in two', async () => {
    const { message } = await sent({ ...sampleAlert(), text: '🚨'.repeat(3000) })
    const text = String(message.message)
    ok(Buffer.byteLength(text) <= 4096 && Buffer.byteLength(text) > 4080)
    deepStrictEqual(text.replace(/🚨/gu, ''), '…')
  })
})
