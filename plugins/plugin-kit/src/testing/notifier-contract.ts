/** Checks of any notifier: its shape, its preview, its settings, what it gives back. */
import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'

import type { Alert, AlertKind } from '../index.js'
import { bench, deliveryOf, previewOf, type Check } from './notifier-bench.js'
import { sampleAlert } from './samples.js'
import { checkSecrets } from './secret-check.js'

/** Every kind of alert that a notifier meets. */
export const kinds: readonly AlertKind[] = ['opened', 'worse', 'repeated', 'flapping', 'resolved', 'drill']

/** What a ledger may give back where it was damaged or another channel's. */
const junk: readonly unknown[] = [
  undefined,
  0,
  'x'.repeat(10_000),
  [],
  [[]],
  {},
  { id: {} },
  { channel: 5, ts: null },
  { channel: ['C1'], ts: '../..' },
  { message_id: 'a\r\nBcc: b@example.com' },
]

export const contractChecks: Record<string, Check> = {
  'names the contract version and has its functions': async (options) => {
    const { notifier } = await bench(options)
    strictEqual(notifier.apiVersion, 1)
    strictEqual(typeof notifier.preview, 'function')
    strictEqual(typeof notifier.send, 'function')
  },
  'previews every kind of alert without sending anything, the same each time': async (options) => {
    const opened = await bench(options)
    for (const kind of kinds) {
      const preview = await previewOf(opened, sampleAlert(kind))
      deepStrictEqual(await previewOf(opened, sampleAlert(kind)), preview, 'the same alert previews the same')
    }
    deepStrictEqual([opened.requests, opened.printed], [[], []])
  },
  'delivers every kind of alert and says so': async (options) => {
    const opened = await bench(options)
    for (const kind of kinds) strictEqual((await deliveryOf(opened, sampleAlert(kind))).delivered, true)
  },
  'leaves its settings as they are': async (options) => {
    const settings = structuredClone(options.settings ?? {})
    const opened = await bench(options, { settings })
    await previewOf(opened, sampleAlert())
    await deliveryOf(opened, sampleAlert())
    deepStrictEqual(settings, options.settings ?? {})
  },
  'refuses settings that lack something or are wrong, and names the setting': async (options) => {
    for (const { settings, names } of options.settingsCases ?? []) {
      await rejects(
        async () => bench(options, { settings: structuredClone(settings) }),
        (error: Error & { code?: unknown }) => {
          strictEqual(error.code, 'ERR_SETTINGS')
          ok(error.message.includes(names), `"${error.message}" names ${names}`)
          checkSecrets(options.secrets ?? [], [error])
          return true
        },
        `${names} is refused`,
      )
    }
  },
  'gives back a reference that is plain JSON, and takes it with the next alert': async (options) => {
    const opened = await bench(options)
    const delivery = await deliveryOf(opened, sampleAlert())
    if (!delivery.delivered || delivery.reference === undefined) return
    const previous: unknown = JSON.parse(JSON.stringify(delivery.reference))
    deepStrictEqual(previous, delivery.reference, 'the reference comes back from JSON as it was')
    for (const kind of ['worse', 'repeated', 'flapping', 'resolved'] as const) {
      const next: Alert = { ...sampleAlert(kind), sequence: 2, previous }
      await previewOf(opened, next)
      strictEqual((await deliveryOf(opened, next)).delivered, true)
    }
  },
  'delivers although the reference that comes back is junk': async (options) => {
    const opened = await bench(options)
    for (const previous of junk) {
      const alert = { ...sampleAlert('worse'), sequence: 2, previous }
      await previewOf(opened, alert)
      strictEqual((await deliveryOf(opened, alert)).delivered, true)
    }
  },
  'prints what it previewed, where it prints': async (options) => {
    const opened = await bench(options)
    for (const kind of kinds) {
      const { body } = await previewOf(opened, sampleAlert(kind))
      opened.printed.length = 0
      await deliveryOf(opened, sampleAlert(kind))
      if (opened.printed.length > 0) strictEqual(opened.printed.join(''), body)
    }
  },
  'has not delivered what could not be written': async (options) => {
    const usual = await bench(options)
    await deliveryOf(usual, sampleAlert())
    if (usual.printed.length === 0) return
    const full = await bench(options, { print: () => Promise.reject(new Error('the disk is full')) })
    strictEqual((await deliveryOf(full, sampleAlert())).delivered, false)
  },
  'shows no secret': async (options) => {
    const opened = await bench(options)
    const shown: unknown[] = []
    for (const kind of kinds)
      shown.push(await previewOf(opened, sampleAlert(kind)), await deliveryOf(opened, sampleAlert(kind)))
    checkSecrets(options.secrets ?? [], [...shown, ...opened.logged, ...opened.printed])
  },
}
