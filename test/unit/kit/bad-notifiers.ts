/** For each check of the conformance suite notifiers that are bad in its way. */
import type { Alert, Delivery, Notifier, PluginContext } from '../../../plugins/plugin-kit/src/index.js'
import type { TestNotifierOptions } from '../../../plugins/plugin-kit/src/testing/index.js'
import { bodyOf, clean, good, printing, safe, secret, settings } from './good-notifiers.js'

type Open = TestNotifierOptions['open']
const changed =
  (change: (notifier: Notifier, host: PluginContext) => Partial<Notifier>): Open =>
  (host) => {
    const notifier = good(host)
    return { ...notifier, ...change(notifier, host) }
  }
const body = (make: (alert: Alert) => string, contentType = 'application/json'): Open =>
  changed((_notifier, host) => ({
    preview: async (alert) => ({ destination: 'x', contentType, body: make(alert) }),
    send: async (alert) => {
      await host.http({ url: 'x', body: make(alert) })
      return { delivered: true }
    },
  }))
/** What the delivery would be, changed. */
const answering = (change: (delivery: Delivery, host: PluginContext, alert: Alert) => unknown): Open =>
  changed((notifier, host) => ({
    send: async (alert) => change(await notifier.send(alert), host, alert) as Delivery,
  }))
const failed = (delivery: Delivery, fields: object): unknown =>
  delivery.delivered ? delivery : { ...delivery, ...fields }

let toggles = 0
/** The check that must fail, what is wrong, the notifier. */
export const bad: [check: string, what: string, open: Open][] = [
  ['names the contract version', 'of another version', changed(() => ({ apiVersion: 2 as 1 }))],
  ['names the contract version', 'without send', changed(() => ({ send: undefined as never }))],
  [
    'previews every kind',
    'that sends while it previews',
    changed(({ preview }, host) => ({
      preview: async (alert) => {
        await host.http({ url: 'x' })
        return preview(alert)
      },
    })),
  ],
  ['previews every kind', 'that previews otherwise each time', body(() => JSON.stringify(toggles++))],
  [
    'previews every kind',
    'that changes the alert',
    changed(({ preview }) => ({
      preview: async (alert) => preview(Object.assign(alert, { title: 'x' })),
    })),
  ],
  ['previews every kind', 'whose preview is no text', changed(() => ({ preview: async () => ({ body: 5 }) as never }))],
  [
    'delivers every kind',
    'that never delivers',
    answering(() => ({ delivered: false, permanent: true, reason: 'no' })),
  ],
  ['delivers every kind', 'that says nothing', answering(() => undefined)],
  [
    'delivers every kind',
    'that fails without a reason',
    answering(() => ({ delivered: false, permanent: true, reason: '' })),
  ],
  [
    'leaves its settings',
    'that takes its settings apart',
    (host) => {
      const notifier = good(host)
      delete host.settings.token
      return notifier
    },
  ],
  ['refuses settings', 'that takes any settings', (host) => good({ ...host, settings })],
  [
    'refuses settings',
    'whose error has no code',
    (host) => {
      if (!host.settings.token) throw new Error('token')
      return good(host)
    },
  ],
  [
    'refuses settings',
    'whose error names nothing',
    (host) => {
      if (!host.settings.token) throw Object.assign(new Error('wrong'), { code: 'ERR_SETTINGS' })
      return good(host)
    },
  ],
  [
    'gives back a reference',
    'whose reference is no JSON',
    answering((delivery) => ({ ...delivery, reference: new Date(0) })),
  ],
  [
    'gives back a reference',
    'that does not take its reference',
    answering((delivery, _host, alert) =>
      alert.previous === null ? delivery : { delivered: false, permanent: true, reason: 'known' },
    ),
  ],
  [
    'delivers although the reference',
    'that trusts its reference',
    answering((delivery, _host, alert) => {
      if (alert.previous !== null) (alert.previous as { id: string }).id.toUpperCase()
      return delivery
    }),
  ],
  [
    'shows no secret',
    'that previews where it sends',
    changed(({ preview }) => ({
      preview: async (alert) => ({ ...(await preview(alert)), destination: settings.url }),
    })),
  ],
  [
    'shows no secret',
    'that logs its token in base64',
    answering((delivery, host) => {
      host.log.debug(Buffer.from(secret).toString('base64'))
      return delivery
    }),
  ],
  [
    'shows no secret',
    'whose detail has the token as JSON',
    answering((delivery) => ({ ...delivery, detail: JSON.stringify(secret) })),
  ],
  [
    'takes hard text',
    'that cannot send markup',
    answering((delivery, _host, { text }) => {
      if (text.includes('<b>')) throw new Error('markup')
      return delivery
    }),
  ],
  ['takes hard text', 'that glues JSON together', body(({ title }) => `{"title":"${title}"}`)],
  ['lets no text of the cluster', 'that escapes nothing', body(({ title }) => JSON.stringify(title.slice(0, 500)))],
  ['lets no text of the cluster', 'that shows escapes', body(({ title }) => safe(title, 500), 'text/plain')],
  ['bounds a message', 'that sends everything', body(({ title, text }) => JSON.stringify(safe(title + text, 1e9)))],
  [
    'sends what it previewed',
    'that sends something else',
    changed((_notifier, host) => ({
      send: async (alert) => {
        await host.http({ url: 'x', body: '{}' })
        return { delivered: true, detail: alert.id }
      },
    })),
  ],
  ['tells permanent and passing', 'that takes any answer for a yes', answering(() => ({ delivered: true }))],
  [
    'tells permanent and passing',
    'for which every failure passes',
    answering((delivery) => failed(delivery, { permanent: false })),
  ],
  [
    'tells permanent and passing',
    'for which no failure passes',
    answering((delivery) => failed(delivery, { permanent: true })),
  ],
  [
    'passes on when',
    'that forgets when it may try again',
    answering((delivery) => failed(delivery, { retry_after_seconds: null })),
  ],
  [
    'takes any answer',
    'that reads any answer as JSON',
    changed((_notifier, host) => ({
      send: async (alert) => {
        const { body: said } = await host.http({ url: 'x', body: bodyOf(alert) })
        return said === 'ok' ? { delivered: true } : (JSON.parse(said) as Delivery)
      },
    })),
  ],
  [
    'takes any answer',
    'that repeats the answer as it is',
    changed((_notifier, host) => ({
      send: async () => {
        const { body: said } = await host.http({ url: 'x' })
        return said === 'ok'
          ? { delivered: true }
          : { delivered: false, permanent: true, reason: `no: ${said.slice(0, 200)}` }
      },
    })),
  ],
  [
    'reports a connection',
    'that throws',
    changed((_notifier, host) => ({
      send: async () => {
        await host.http({ url: 'x' })
        return { delivered: true }
      },
    })),
  ],
  [
    'reports a connection',
    'that repeats the URL',
    changed((_notifier, host) => ({
      send: async () => {
        try {
          await host.http({ url: settings.url })
          return { delivered: true }
        } catch (error) {
          return { delivered: false, permanent: false, reason: (error as Error).message }
        }
      },
    })),
  ],
  [
    'reports a connection',
    'that tries a refused address again',
    answering((delivery) => failed(delivery, { permanent: false })),
  ],
  ['ends when its signal', 'that says an interrupted alert arrived', answering(() => ({ delivered: true }))],
]

/** The same of notifiers that print. */
export const badPrinting: [check: string, what: string, open: Open][] = [
  ['prints what it previewed', 'that prints something else', (host) => printing(host, (text) => `${text}!`)],
  [
    'has not delivered',
    'that does not wait for its output',
    (host) => ({
      ...printing(host),
      send: async (alert) => {
        Promise.resolve(host.print(clean(bodyOf(alert)))).catch(() => undefined)
        return { delivered: true }
      },
    }),
  ],
  ['takes hard text', 'that prints control characters', (host) => printing(host, (text) => `\u001b[1m${text}`)],
]
