/** Reading: lines as entries, filtered by the query. */
import type { HistoryEntry, ReadQuery } from '@arbk8s/plugin-kit'

import { certainlyOlder, entryOf, timeOf } from './entry.js'
import { explained, openToRead } from './file.js'
import { type Line, linesBackward, linesForward, maxLineBytes } from './lines.js'

/**
 * The file's entries in its order, or from its end with `newestFirst`. With `since` every line is looked at, since a
 * copied or merged file need not be in order of time; with `limit` alone the reading stops there.
 */
export async function* read(file: string, query: ReadQuery): AsyncGenerator<HistoryEntry> {
  const limit = query.limit ?? Number.POSITIVE_INFINITY
  if (limit <= 0) return
  const handle = await openToRead(file)
  try {
    const since = query.since?.getTime() ?? Number.NEGATIVE_INFINITY
    const lines = query.newestFirst ? linesBackward(handle) : linesForward(handle)
    let records = 0
    for (;;) {
      const next = await explained(file, () => lines.next())
      if (next.done) return
      const entry = entryFrom(next.value, since)
      if (!entry) continue
      yield entry
      if ('record' in entry && ++records >= limit) return
    }
  } finally {
    await handle.close()
  }
}

function entryFrom({ bytes, where }: Line, since: number): HistoryEntry | undefined {
  if (!bytes) return { damaged: { where, reason: `it is longer than ${maxLineBytes} bytes` } }
  if (certainlyOlder(bytes, since)) return undefined
  const entry = entryOf(bytes, where)
  if (entry && 'record' in entry && timeOf(entry.record.timestamp) < since) return undefined
  return entry
}
