/** Checks of a notifier that sends through `context.http`. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import type { HttpResponse } from '../index.js'
import { bench, deliveryOf, previewOf, type Bench, type Check } from './notifier-bench.js'
import type { TestNotifierOptions } from './notifier.js'
import { kinds } from './notifier-contract.js'
import { sampleAlert } from './samples.js'
import { checkSecrets } from './secret-check.js'

/** What a service, or something in front of it, answers when it does not take an alert. */
const refusals: HttpResponse[] = [400, 401, 403, 404, 405, 410, 413, 422, 408, 425, 429, 500, 502, 503, 504].map(
  (status) => ({
    status,
    headers: {},
    body: 'refused',
    temporary: status >= 500 || [408, 425, 429].includes(status),
    retry_after_seconds: null,
  }),
)

/** No redirect is followed: an answer that asks for one is a refusal. */
const redirects: HttpResponse[] = [301, 302, 307, 308].map((status) => ({
  status,
  headers: { location: 'https://elsewhere.example/' },
  body: '',
  temporary: false,
  retry_after_seconds: null,
}))

const strangeBodies = ['', 'null', '[]', '{', '<html>sign in</html>', '\u001b[2J\u0000', 'x'.repeat(65_536)]

export const httpChecks: Record<string, Check> = {
  'sends what it previewed': async (options) => {
    const opened = await bench(options)
    for (const kind of kinds) {
      const preview = await previewOf(opened, sampleAlert(kind))
      opened.requests.length = 0
      await deliveryOf(opened, sampleAlert(kind))
      const sent = opened.requests.map(({ body = '' }) => body).join('\n')
      ok(isMasked(sent, preview.body, options.secrets ?? []), `the preview of "${kind}" is what was sent`)
    }
  },
  'tells permanent and passing refusals apart, with the reason and without a secret': async (options) => {
    const all: NonNullable<TestNotifierOptions['refused']> = [...refusals, ...redirects, ...(options.refused ?? [])]
    for (const { permanent, ...answer } of all) {
      const what = `status ${answer.status} with "${answer.body}"`
      const opened = await bench(options, { answer: async () => structuredClone(answer) })
      const delivery = await deliveryOf(opened, sampleAlert())
      if (delivery.delivered) throw new Error(`${what} is not delivered`)
      strictEqual(delivery.permanent, permanent ?? !answer.temporary, `${what}: permanent`)
      checkSecrets(options.secrets ?? [], [delivery, ...opened.logged])
    }
  },
  'passes on when it may try again': async (options) => {
    for (const status of [429, 503]) {
      const answer: HttpResponse = { status, headers: {}, body: '', temporary: true, retry_after_seconds: 7 }
      const delivery = await deliveryOf(await bench(options, { answer: async () => answer }), sampleAlert())
      deepStrictEqual(
        [delivery.delivered, 'retry_after_seconds' in delivery && delivery.retry_after_seconds],
        [false, 7],
      )
    }
  },
  'takes any answer without throwing': async (options) => {
    for (const status of [200, 204, 400, 500])
      for (const body of strangeBodies) {
        const answer = { status, headers: {}, body, temporary: status >= 500, retry_after_seconds: null }
        const opened = await bench(options, { answer: async () => answer })
        const delivery = await deliveryOf(opened, sampleAlert())
        if (status >= 400) strictEqual(delivery.delivered, false)
        // eslint-disable-next-line no-control-regex
        if (!delivery.delivered) ok(!/[\u0000-\u0008\u000b-\u001f]/.test(delivery.reason), 'the reason is clean text')
      }
  },
  'reports a connection that fails, and does not throw': async (options) => {
    for (const permanent of [false, true]) {
      const opened = await bench(options, {
        answer: async (request) => {
          const said = `no way to ${request.url} with ${JSON.stringify(request.headers)} ${request.body}`
          throw Object.assign(new Error(said), permanent ? { permanent } : {})
        },
      })
      const delivery = await deliveryOf(opened, sampleAlert())
      if (delivery.delivered) throw new Error('what met no service is not delivered')
      strictEqual(delivery.permanent, permanent, 'permanent where the host says that another try is useless')
      checkSecrets(options.secrets ?? [], [delivery, ...opened.logged])
    }
  },
  'ends when its signal does': async (options) => {
    const controller = new AbortController()
    const opened = await bench(options, {
      signal: controller.signal,
      answer: () =>
        new Promise((_resolve, reject) => {
          const stop = (): void => reject(controller.signal.reason as Error)
          if (controller.signal.aborted) return stop()
          controller.signal.addEventListener('abort', stop)
          setTimeout(() => controller.abort(new Error('interrupted')), 5)
        }),
    })
    ok(await endsUndelivered(opened), 'an interrupted alert is not delivered')
  },
}

/** Also true where the interruption itself is thrown. */
async function endsUndelivered(opened: Bench): Promise<boolean> {
  const alive = setTimeout(() => undefined, 60_000)
  try {
    return !(await deliveryOf(opened, sampleAlert())).delivered
  } catch (error) {
    return error instanceof Error && error.message === 'interrupted'
  } finally {
    clearTimeout(alive)
  }
}

/** The sent text is the preview, with something else in the place of each secret. */
function isMasked(sent: string, preview: string, secrets: readonly string[]): boolean {
  const used = secrets.filter((secret) => sent.includes(secret))
  if (used.length === 0) return sent === preview
  const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const pieces = sent.split(new RegExp(used.map(escaped).join('|')))
  return new RegExp(`^${pieces.map(escaped).join('[^]+?')}$`).test(preview)
}
