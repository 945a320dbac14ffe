/** A cron job's world: a history, a ledger, a clock, channels. */
import type { Health } from '../../../plugins/plugin-kit/src/index.js'
import { sampleRecord } from '../../../plugins/plugin-kit/src/testing/index.js'
import { sendAlerts, type SendOptions } from '../../../src/alerts/send.js'
import { fakeNotifier, memoryStore } from './memory-store.js'

export const minute = 60_000

/** `O`, `W` and `E` as healths. */
export const healthOf: Record<string, Health> = { O: 'OK', W: 'WARN', E: 'ERROR' }

export function world(defaults: Partial<SendOptions> = {}) {
  const store = memoryStore()
  const ledger = memoryStore()
  const channel = fakeNotifier()
  let time = Date.UTC(2025, 10, 16, 10)
  const record = (health: Health, labels: Record<string, string> = {}): void => {
    const counts = { jobs_error: health === 'ERROR' ? 1 : 0, jobs_warn: health === 'WARN' ? 1 : 0 }
    store.entries.push(
      sampleRecord(0, { overall_health: health, ...counts, labels, timestamp: new Date(time).toISOString() }),
    )
  }
  const options = (more: Partial<SendOptions> = {}): SendOptions => ({
    namespace: 'trading-bots',
    selector: 'session_id=demo',
    store,
    ledger,
    channels: [{ name: 'fake', notifier: channel.notifier }],
    dryRun: false,
    historyLimit: 20,
    eventsLimit: 10,
    repeatIntervalMs: 240 * minute,
    timeoutMs: 5000,
    deadlineMs: 0,
    now: () => new Date(time),
    signal: new AbortController().signal,
    ...defaults,
    ...more,
  })
  const run = async (more?: Partial<SendOptions>) => {
    const result = await sendAlerts(options(more))
    return result.outcomes.map(({ status, kind }) => [status, kind].join(' '))
  }
  const pass = (ms: number): number => (time += ms)
  /** One record a letter, five minutes apart, with a run behind each: what was delivered, `.` for nothing. */
  const series = async (letters: string, more?: Partial<SendOptions>): Promise<string> => {
    const told: string[] = []
    for (const letter of letters) {
      record(healthOf[letter]!)
      const result = await sendAlerts(options(more))
      const kinds = result.outcomes.filter(({ status }) => status === 'delivered').map(({ kind }) => kind)
      told.push(kinds.join('+') || '.')
      pass(5 * minute)
    }
    return told.join(' ')
  }
  return { store, ledger, channel, record, options, run, pass, series, now: () => new Date(time) }
}
