/** Notifiers that keep the contract: one that sends through the host, one that prints. */
import type { Alert, Delivery, Notifier, PluginContext } from '../../../plugins/plugin-kit/src/index.js'
import type { TestNotifierOptions } from '../../../plugins/plugin-kit/src/testing/index.js'

export const secret = 'S3cr3t/"token" +='
export const settings = { url: `https://hooks.example/${encodeURIComponent(secret)}`, token: secret }
const accepted = { status: 200, headers: {}, body: 'ok', temporary: false, retry_after_seconds: null }
/** The suite's options for `good` and those in `bad`. */
export const options: Omit<TestNotifierOptions, 'open'> = {
  name: 'sample',
  settings,
  secrets: [secret],
  accepted,
  active: [/<!/],
  maxBody: 50_000,
  settingsCases: [{ settings: { url: 'https://x.example/' }, names: 'token' }],
}

type Body = Pick<Alert, 'title' | 'text'>
export const safe = (text: string, max: number): string => text.replace(/</g, '&lt;').slice(0, max)
export const bodyOf = ({ title, text }: Body): string =>
  JSON.stringify({ title: safe(title, 500), text: safe(text, 4000) })
const without = (text: string): string =>
  text.replaceAll(settings.url, 'the hook').replaceAll(secret, '***').slice(0, 200)
export const clean = (text: string): string => text.replace(/[^\x20-\x7e]/g, ' ')

/** Passes every check. */
export function good(host: PluginContext): Notifier {
  if (!host.settings.token) throw Object.assign(new Error('the setting token is missing'), { code: 'ERR_SETTINGS' })
  return {
    apiVersion: 1,
    preview: async (alert) => ({
      destination: 'https://hooks.example/…',
      contentType: 'application/json',
      body: bodyOf(alert),
    }),
    send: async (alert): Promise<Delivery> => {
      try {
        const answer = await host.http({ url: settings.url, body: bodyOf(alert) })
        if (answer.status === 200 && answer.body === 'ok') return { delivered: true, reference: { id: 'm1' } }
        const { temporary, retry_after_seconds } = answer
        const reason = `status ${answer.status}: ${clean(answer.body.slice(0, 200))}`
        return { delivered: false, permanent: !temporary, reason, retry_after_seconds }
      } catch (error) {
        const permanent = (error as { permanent?: boolean }).permanent === true
        return { delivered: false, permanent, reason: without((error as Error).message) }
      }
    },
  }
}

/** One that prints; good where nothing is changed. */
export function printing(host: PluginContext, change: (text: string) => string = (text) => text): Notifier {
  const body = (alert: Alert): string => clean(bodyOf(alert))
  return {
    apiVersion: 1,
    preview: async (alert) => ({ destination: 'stdout', contentType: 'text/plain', body: body(alert) }),
    send: async (alert) => {
      try {
        await host.print(change(body(alert)))
        return { delivered: true }
      } catch {
        return { delivered: false, permanent: false, reason: 'not written' }
      }
    },
  }
}
