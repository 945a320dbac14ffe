/** A history in memory over one that cannot be written, so that an alert about what could not be stored still goes out. */
import type { HistoryEntry, HistoryRecord, HistoryStore, ReadQuery } from '@arbk8s/plugin-kit'

/** Keeps `records` and what is appended for the life of the process; reads them as newer than what `below` has. */
export function memoryStore(records: HistoryRecord[], below?: HistoryStore): HistoryStore {
  const kept = [...records]
  return {
    apiVersion: 1,
    append: async (record) => void kept.push(record),
    async *read(query: ReadQuery = {}): AsyncGenerator<HistoryEntry> {
      const own = kept.map((record) => ({ record }))
      if (query.newestFirst) yield* own.reverse()
      if (below) yield* readable(below, query)
      if (!query.newestFirst) yield* own
    },
  }
}

/** `store`, but what it refuses to take is kept in memory: an alert is then told, though the next run does not know of it. */
export function lenientStore(store: HistoryStore | undefined): HistoryStore {
  const memory = memoryStore([], store)
  return { ...memory, append: async (record) => (store ?? memory).append(record).catch(() => memory.append(record)) }
}

async function* readable(store: HistoryStore, query: ReadQuery): AsyncGenerator<HistoryEntry> {
  try {
    yield* store.read(query)
  } catch {
    // The record step has told already that the history is out of reach.
  }
}
