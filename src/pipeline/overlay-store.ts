/** A history with one more record that could not be stored, so that an alert about it still goes out. */
import type { HistoryEntry, HistoryRecord, HistoryStore, ReadQuery } from '@arbk8s/plugin-kit'

/** Reads `record` as the newest one, before what `store` has, where that can still be read. Appends nothing. */
export function overlayStore(record: HistoryRecord, store: HistoryStore | undefined): HistoryStore {
  return {
    apiVersion: 1,
    append: async () => {
      throw new Error('this history only adds a record for reading')
    },
    async *read(query: ReadQuery = {}): AsyncGenerator<HistoryEntry> {
      if (query.newestFirst) yield { record }
      if (store) yield* readable(store, query)
      if (!query.newestFirst) yield { record }
    },
  }
}

async function* readable(store: HistoryStore, query: ReadQuery): AsyncGenerator<HistoryEntry> {
  try {
    yield* store.read(query)
  } catch {
    // The record step has told already that the history is out of reach.
  }
}
