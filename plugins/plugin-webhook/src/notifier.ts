/** The notifier `webhook`: an alert as one HTTP request, in one of four forms. */
import type { Alert, Delivery, HttpRequest, NotifierHook, PluginContext } from '@arbk8s/plugin-kit'

import { judge } from './answer.js'
import { forms, type Message } from './forms/index.js'
import { line } from './shorten.js'
import { readSettings, type WebhookSettings } from './settings.js'
import { signatureHeader } from './signature.js'
import { hideSecrets, maskedUrl, withoutKey } from './secrets.js'

const hook: NotifierHook = ({ host }) => {
  const settings = readSettings(host.settings)
  return {
    apiVersion: 1,
    preview: async (alert) => {
      const { contentType, body } = messageOf(alert, withoutKey(settings), host)
      return { destination: maskedUrl(settings.url), contentType, body }
    },
    send: (alert) => send(alert, settings, host),
  }
}
export default hook

function messageOf(alert: Alert, settings: WebhookSettings, { now }: PluginContext): Message {
  return forms[settings.format](alert, { settings, now: now() })
}

async function send(alert: Alert, settings: WebhookSettings, host: PluginContext): Promise<Delivery> {
  const message = messageOf(alert, settings, host)
  try {
    const response = await host.http(requestOf(alert, message, settings, host.now()))
    return judge(response, { message, settings })
  } catch (error) {
    const { message: words, permanent } = error as { message?: unknown; permanent?: unknown }
    return { delivered: false, permanent: permanent === true, reason: line(hideSecrets(String(words), settings), 500) }
  }
}

function requestOf(alert: Alert, { contentType, body }: Message, settings: WebhookSettings, now: Date): HttpRequest {
  const signature = settings.hmacSecret === undefined ? {} : signatureHeader(body, settings.hmacSecret, now)
  return {
    url: settings.url,
    method: 'POST',
    headers: { ...settings.headers, 'content-type': contentType, 'idempotency-key': alert.id, ...signature },
    body,
  }
}
