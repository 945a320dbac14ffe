/** The alert channel ntfy: one push message an alert, by the JSON form of an ntfy server, in which no text is a header. */
import type { Alert, Delivery, HttpResponse, NotifierHook, Severity } from '@arbk8s/plugin-kit'

import { type Settings, settingsOf } from './settings.js'

/** The server cuts longer messages off and makes files of them. */
const longestMessageBytes = 4096
const longestTitle = 200

const priorities: Record<Severity, number> = { CRITICAL: 5, WARN: 4, INFO: 3 }
const tags: Record<Severity, string> = { CRITICAL: 'rotating_light', WARN: 'warning', INFO: 'information_source' }

/** What the server is sent, with the topic that it goes to. */
function messageOf(alert: Alert, topic: string): string {
  const { severity, title, text, id } = alert
  const message = {
    topic,
    title: cutCharacters(title, longestTitle),
    message: cutBytes(text, longestMessageBytes),
    priority: priorities[severity],
    tags: [tags[severity], id],
  }
  return JSON.stringify(message, null, 2)
}

function cutCharacters(text: string, most: number): string {
  const characters = [...text]
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}

/** Cut between characters, with a mark of three bytes. */
function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text
  let cut = ''
  let bytes = Buffer.byteLength('…')
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > most) break
    cut += character
  }
  return `${cut}…`
}

/** The server repeats what it has taken; a proxy's page says 200 too. */
function deliveryOf({ status, body, temporary, retry_after_seconds }: HttpResponse): Delivery {
  if (status >= 200 && status < 300) {
    const id = messageId(body)
    if (id !== undefined) return { delivered: true, detail: `message ${id}` }
    return { delivered: false, permanent: true, reason: 'the answer is not one of an ntfy server' }
  }
  const hint = status === 401 || status === 403 ? ': is the token right, and may it write to the topic?' : ''
  return { delivered: false, permanent: !temporary, reason: `ntfy answered ${status}${hint}`, retry_after_seconds }
}

function messageId(body: string): string | undefined {
  try {
    const { id } = JSON.parse(body) as { id?: unknown }
    return typeof id === 'string' && /^\w{1,40}$/.test(id) ? id : undefined
  } catch {
    return undefined
  }
}

/** The host's own errors hold no secret; whatever else throws here might. */
function failureOf(error: unknown, { topic, token }: Settings): Delivery {
  const { message = String(error), permanent } = error as { message?: string; permanent?: boolean }
  const reason = [topic, token ?? topic].reduce((text, secret) => text.replaceAll(secret, '********'), message)
  return { delivered: false, permanent: permanent === true, reason }
}

const hook: NotifierHook = ({ host }) => {
  const settings = settingsOf(host.settings)
  return {
    apiVersion: 1,
    preview: async (alert) => ({
      destination: `${settings.server.origin}/…`,
      contentType: 'application/json',
      body: messageOf(alert, '********'),
    }),
    send: async (alert) => {
      const headers = {
        'content-type': 'application/json',
        ...(settings.token !== undefined && { authorization: `Bearer ${settings.token}` }),
      }
      const request = { url: settings.server.href, headers, body: messageOf(alert, settings.topic) }
      try {
        return deliveryOf(await host.http({ ...request, method: 'POST' }))
      } catch (error) {
        return failureOf(error, settings)
      }
    },
  }
}
export default hook
