/** The alert channel template-name: one HTTP POST of JSON an alert, to the address in the setting `url`. */
import type { Alert, Delivery, HttpResponse, NotifierHook } from '@arbk8s/plugin-kit'

/** What the service is sent. Text of the cluster stands in JSON strings alone, where nothing of it is active. */
interface Message {
  id: string
  kind: string
  severity: string
  title: string
  text: string
}

/** As much text as the service takes. */
const longestText = 4000

function messageOf({ id, kind, severity, title, text }: Alert): Message {
  return { id, kind, severity, title: shortened(title, 200), text: shortened(text, longestText) }
}

function shortened(text: string, most: number): string {
  const characters = [...text]
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}

/** The host shows this message, ends with 3, and other channels still get their alert. */
function settingsError(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_SETTINGS' })
}

function addressOf(settings: Record<string, unknown>): URL {
  const { url } = settings
  if (typeof url !== 'string' || url === '') throw settingsError('url is missing: the address that takes alerts')
  if (!URL.canParse(url)) throw settingsError('url is no address; write https://HOST/PATH')
  const address = new URL(url)
  if (!['http:', 'https:'].includes(address.protocol)) throw settingsError('url must begin with https://')
  return address
}

/** The path may hold a secret: only the host is shown. */
function shownAddress({ protocol, host }: URL): string {
  return `${protocol}//${host}/…`
}

/** 2xx is delivered; what may pass by itself is tried again by the host, not before the service allows it. */
function deliveryOf({ status, temporary, retry_after_seconds }: HttpResponse): Delivery {
  if (status >= 200 && status < 300) return { delivered: true }
  return { delivered: false, permanent: !temporary, reason: `it answered ${status}`, retry_after_seconds }
}

/** The host's own errors hold no secret; whatever else throws here might. */
function failureOf(error: unknown, address: URL): Delivery {
  const { message = String(error), permanent } = error as { message?: string; permanent?: boolean }
  const reason = message.replaceAll(address.href, shownAddress(address))
  return { delivered: false, permanent: permanent === true, reason }
}

const hook: NotifierHook = ({ host }) => {
  const address = addressOf(host.settings)
  return {
    apiVersion: 1,
    preview: async (alert) => ({
      destination: shownAddress(address),
      contentType: 'application/json',
      body: JSON.stringify(messageOf(alert), null, 2),
    }),
    send: async (alert) => {
      const body = JSON.stringify(messageOf(alert), null, 2)
      const headers = { 'content-type': 'application/json' }
      try {
        return deliveryOf(await host.http({ url: address.href, method: 'POST', headers, body }))
      } catch (error) {
        return failureOf(error, address)
      }
    },
  }
}
export default hook
