/** The store `jsonl`: a history file with one record a line. */
import type { HistoryRecord, HistoryStore, ReadQuery, StoreHook, VerifyQuery } from '@arbk8s/plugin-kit'

import { appendLine } from './append.js'
import { fileOf } from './file.js'
import { lockTimes } from './lock.js'
import { read } from './read.js'
import { settingsOf } from './settings.js'
import { verify } from './verify.js'

/** What the store takes from the host; all of it has a standard. */
export interface JsonlOptions {
  /** `{rotate: {size, age, keep}, chain}`; without it one file, without a chain. */
  settings?: Record<string, unknown>
  now?: () => Date
  /** Told where a file could not be closed though it is due; its records are safe. */
  warn?: (message: string) => void
  /** How long to wait for another writer of the chain or of a new file; ms. */
  lock?: { waitMs: number; elsewhereMs: number }
  signal?: AbortSignal
}

/**
 * A history file as a store. Appending makes the file (mode 0600) and its folder (0700); reading a file that does not
 * exist is an error, since "no history" and "a wrong path" must not look alike. Throws where a setting is wrong.
 */
export function jsonlStore(location: string, options: JsonlOptions = {}): HistoryStore {
  const { settings = {}, now = () => new Date(), warn = () => undefined, lock = lockTimes, signal } = options
  const file = fileOf(location)
  const append = { ...settingsOf(settings), now, warn, lock: { ...lock, signal } }
  return {
    apiVersion: 1,
    append: (record: HistoryRecord) => appendLine(file, JSON.stringify(record), append),
    read: (query: ReadQuery = {}) => read(file, query, signal),
    verify: (query: VerifyQuery = {}) => verify(file, { ...query, chain: append.chain }, signal),
    close: () => Promise.resolve(),
  }
}

const hook: StoreHook = ({ location, host }) =>
  jsonlStore(location, {
    settings: host.settings,
    now: host.now,
    warn: (message) => host.log.warn(message),
    signal: host.signal,
  })
export default hook
