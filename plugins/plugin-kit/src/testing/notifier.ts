/** What every notifier must do, as tests. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import type {
  Alert,
  AlertKind,
  Delivery,
  HttpRequest,
  HttpResponse,
  Notifier,
  PluginContext,
  Preview,
} from '../index.js'
import type { TestFramework } from './framework.js'
import { hardText, sampleAlert, sampleEvent } from './samples.js'

export interface TestNotifierOptions {
  name: string
  /** The notifier as its hook makes it. */
  open(context: PluginContext): Promise<Notifier> | Notifier
  settings?: Record<string, unknown>
  /** Secret values within the settings; none may appear in a preview, a delivery or a log line. */
  secrets?: string[]
  /** The answer of a service that took the alert; needed where the notifier sends through `context.http`. */
  accepted?: HttpResponse
  /** Answers that refuse the alert; default 400, 404 and 500 with a short text. */
  refused?: HttpResponse[]
}

interface Bench {
  notifier: Notifier
  requests: HttpRequest[]
  printed: string[]
  logged: string[]
}

type Answer = (request: HttpRequest) => Promise<HttpResponse>
type Check = (options: TestNotifierOptions) => Promise<void>

const kinds: AlertKind[] = ['opened', 'worse', 'repeated', 'flapping', 'resolved', 'drill']

/** Registers the suite of a notifier. */
export function testNotifier({ describe, it }: TestFramework, options: TestNotifierOptions): void {
  const checks = options.accepted ? { ...contractChecks, ...httpChecks } : contractChecks
  describe(`${options.name} keeps the contract of a notifier`, () => {
    for (const [title, check] of Object.entries(checks)) it(title, () => check(options))
  })
}

const contractChecks: Record<string, Check> = {
  'names the contract version and has its functions': async (options) => {
    const { notifier } = await bench(options)
    strictEqual(notifier.apiVersion, 1)
    strictEqual(typeof notifier.preview, 'function')
    strictEqual(typeof notifier.send, 'function')
  },
  'previews every kind of alert without sending anything': async (options) => {
    const { notifier, requests, printed } = await bench(options)
    for (const kind of kinds) {
      const preview = await notifier.preview(sampleAlert(kind))
      checkPreview(preview)
      deepStrictEqual(await notifier.preview(sampleAlert(kind)), preview, 'the same alert previews the same')
    }
    deepStrictEqual([requests, printed], [[], []])
  },
  'delivers every kind of alert and says so': async (options) => {
    const { notifier } = await bench(options)
    for (const kind of kinds) strictEqual(checkDelivery(await notifier.send(sampleAlert(kind))).delivered, true)
  },
  'takes hard text and many events, and changes nothing of the alert': async (options) => {
    const { notifier } = await bench(options)
    const alert = hardAlert()
    const before = structuredClone(alert)
    checkPreview(await notifier.preview(alert))
    strictEqual(checkDelivery(await notifier.send(alert)).delivered, true)
    deepStrictEqual(alert, before)
  },
  'shows no secret': async (options) => {
    const { notifier, logged } = await bench(options)
    const shown = [await notifier.preview(sampleAlert()), await notifier.send(sampleAlert()), ...logged]
    checkSecrets(options, shown)
  },
}

const httpChecks: Record<string, Check> = {
  'sends what it previewed': async (options) => {
    const { notifier, requests } = await bench(options)
    const preview = await notifier.preview(sampleAlert())
    await notifier.send(sampleAlert())
    strictEqual(requests.length, 1)
    const sent = requests[0]!.body ?? ''
    const holdsSecret = (options.secrets ?? []).some((secret) => sent.includes(secret))
    if (!holdsSecret) strictEqual(sent, preview.body)
  },
  'reports an answer that refuses, with the reason and without a secret': async (options) => {
    for (const answer of options.refused ?? refusals) {
      const { notifier, logged } = await bench(options, () => Promise.resolve(answer))
      const delivery = checkDelivery(await notifier.send(sampleAlert()))
      strictEqual(delivery.delivered, false, `status ${answer.status} with "${answer.body}" is not delivered`)
      checkSecrets(options, [delivery, ...logged])
    }
  },
  'reports a connection that fails, and does not throw': async (options) => {
    const { notifier, logged } = await bench(options, (request) =>
      Promise.reject(new Error(`no way to ${request.url}`)),
    )
    const delivery = checkDelivery(await notifier.send(sampleAlert()))
    strictEqual(delivery.delivered, false)
    checkSecrets(options, [delivery, ...logged])
  },
}

const refusals: HttpResponse[] = [400, 404, 500].map((status) => ({
  status,
  headers: {},
  body: 'refused',
  temporary: status >= 500,
  retry_after_seconds: null,
}))

async function bench(options: TestNotifierOptions, answer?: Answer): Promise<Bench> {
  const [requests, printed, logged]: [HttpRequest[], string[], string[]] = [[], [], []]
  const log = (message: string): void => void logged.push(message)
  const accept: Answer = () =>
    options.accepted ? Promise.resolve(options.accepted) : Promise.reject(new Error('the suite was given no answer'))
  const notifier = await options.open({
    settings: structuredClone(options.settings ?? {}),
    http: (request) => {
      requests.push(request)
      return (answer ?? accept)(request)
    },
    lookup: async () => [{ address: '192.0.2.1', family: 4 }],
    timeoutMs: 5000,
    print: (text) => void printed.push(text),
    log: { debug: log, info: log, warn: log },
    now: () => new Date(Date.UTC(2025, 10, 16, 10, 6)),
    signal: new AbortController().signal,
  })
  return { notifier, requests, printed, logged }
}

function hardAlert(): Alert {
  const events = Array.from({ length: 200 }, () => sampleEvent({ message: hardText, involved_name: hardText }))
  const alert = sampleAlert('opened', { summary: hardText.repeat(200), recent_events: events })
  return { ...alert, title: hardText, text: hardText.repeat(500) }
}

function checkPreview({ destination, contentType, body }: Preview): void {
  for (const text of [destination, contentType, body]) ok(typeof text === 'string' && text !== '')
}

function checkDelivery(delivery: Delivery): Delivery {
  strictEqual(typeof delivery.delivered, 'boolean')
  if (!delivery.delivered) {
    strictEqual(typeof delivery.permanent, 'boolean')
    ok(delivery.reason !== '', 'a failure has its reason')
  }
  return delivery
}

function checkSecrets(options: TestNotifierOptions, shown: unknown[]): void {
  const text = JSON.stringify(shown)
  for (const secret of options.secrets ?? []) ok(!text.includes(secret), 'a secret is shown')
}
