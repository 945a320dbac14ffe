/** The store `jsonl`: a history file with one record a line. */
import type { HistoryRecord, HistoryStore, ReadQuery, StoreHook } from '@arbk8s/plugin-kit'

import { appendLine } from './append.js'
import { fileOf } from './file.js'
import { read } from './read.js'

/**
 * A history file as a store. Appending makes the file (mode 0600) and its folder (0700); reading a file that does not
 * exist is an error, since "no history" and "a wrong path" must not look alike.
 */
export function jsonlStore(location: string): HistoryStore {
  const file = fileOf(location)
  return {
    apiVersion: 1,
    append: (record: HistoryRecord) => appendLine(file, JSON.stringify(record)),
    read: (query: ReadQuery = {}) => read(file, query),
    close: () => Promise.resolve(),
  }
}

const hook: StoreHook = ({ location }) => jsonlStore(location)
export default hook
