/** A notifier on the bench: opened with a context that sees all it does. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import type { Alert, Delivery, HttpRequest, HttpResponse, Notifier, PluginContext, Preview } from '../index.js'
import type { TestNotifierOptions } from './notifier.js'

/** Answers in place of the service. */
export type Answer = (request: HttpRequest) => Promise<HttpResponse>

/** One check of the suite. */
export type Check = (options: TestNotifierOptions) => Promise<void>

export interface Bench {
  notifier: Notifier
  requests: HttpRequest[]
  printed: string[]
  logged: string[]
}

/** Opens the notifier; what is not given is an accepting service, a working output and a quiet signal. */
export async function bench(
  options: TestNotifierOptions,
  { answer, ...context }: Partial<PluginContext> & { answer?: Answer } = {},
): Promise<Bench> {
  const [requests, printed, logged]: [HttpRequest[], string[], string[]] = [[], [], []]
  const log = (message: string): void => void logged.push(String(message))
  const accept: Answer = () =>
    options.accepted
      ? Promise.resolve(structuredClone(options.accepted))
      : Promise.reject(new Error('the suite was given no answer'))
  const notifier = await options.open({
    settings: structuredClone(options.settings ?? {}),
    http: (request) => {
      requests.push(structuredClone(request))
      return (answer ?? accept)(request)
    },
    lookup: async () => [{ address: '192.0.2.1', family: 4 }],
    timeoutMs: 5000,
    print: (text) => void printed.push(text),
    log: { debug: log, info: log, warn: log },
    now: () => new Date(Date.UTC(2025, 10, 16, 10, 6)),
    signal: new AbortController().signal,
    ...context,
  })
  return { notifier, requests, printed, logged }
}

/** The notifier's preview, of the right shape, with the alert left as it was. */
export async function previewOf({ notifier }: Bench, alert: Alert): Promise<Preview> {
  const before = structuredClone(alert)
  const preview = await notifier.preview(alert)
  deepStrictEqual(alert, before, 'preview must not change the alert')
  for (const text of [preview.destination, preview.contentType, preview.body])
    ok(typeof text === 'string' && text !== '', 'destination, contentType and body are text')
  return preview
}

/** What became of the alert, of the right shape, with the alert left as it was. */
export async function deliveryOf({ notifier }: Bench, alert: Alert): Promise<Delivery> {
  const before = structuredClone(alert)
  const delivery = await notifier.send(alert)
  deepStrictEqual(alert, before, 'send must not change the alert')
  strictEqual(typeof delivery?.delivered, 'boolean', 'send says whether the alert was delivered')
  if (!delivery.delivered) {
    strictEqual(typeof delivery.permanent, 'boolean', 'a failure says whether another try is useless')
    ok(typeof delivery.reason === 'string' && delivery.reason !== '', 'a failure has its reason')
    ok(delivery.reason.length <= maxReason, `a reason has at most ${maxReason} characters`)
  }
  return delivery
}

const maxReason = 1000
