/** Stores of the s3 plugin for tests. */
import type { HistoryRecord, HistoryStore, ReadQuery } from '../../plugins/plugin-kit/src/index.js'
import { s3Store } from '../../plugins/plugin-s3/src/store.js'

export interface S3TestOptions {
  settings?: Record<string, unknown>
  signal?: AbortSignal | undefined
  now?: () => Date
  env?: Record<string, string | undefined>
  firstPauseMs?: number
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined }

/** A store at a location of the endpoint. */
export function testS3Store(
  endpoint: string,
  location = 's3://bucket/history',
  options: S3TestOptions = {},
): HistoryStore {
  const {
    settings = {},
    signal = new AbortController().signal,
    now = () => new Date(),
    env = {},
    firstPauseMs = 10,
  } = options
  return s3Store(location, { settings: { endpoint, ...settings }, signal, now, log: silent }, env, firstPauseMs)
}

/** The selectors of what a read gives; a damaged entry is a failure. */
export async function selectorsOf(store: HistoryStore, query?: ReadQuery): Promise<string[]> {
  const names: string[] = []
  for await (const entry of store.read(query)) {
    if ('damaged' in entry) throw new Error(`damaged at ${entry.damaged.where}: ${entry.damaged.reason}`)
    names.push(entry.record.selector)
  }
  return names
}

/** A record of a day, told from others by its selector. */
export function recordOf(selector: string, timestamp: string): HistoryRecord {
  const health = { overall_health: 'OK' as const, jobs_ok: 1, jobs_warn: 0, jobs_error: 0 }
  return { timestamp, namespace: 'trading-bots', selector, ...health, raw_snapshot: null }
}
