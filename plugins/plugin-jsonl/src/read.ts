/** Reading: lines as entries, filtered by the query, from one file after the other. */
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'

import type { HistoryEntry, ReadQuery } from '@arbk8s/plugin-kit'

import { certainlyOlder, entryOf, timeOf } from './entry.js'
import { explained } from './file.js'
import { type Line, linesBackward, linesForward, maxLineBytes } from './lines.js'
import { closedAt, openClosed, openPieces, targetOf } from './pieces.js'

/** What a clock may have been wrong by when a file was closed. */
const clockSlackMs = 86_400_000

/**
 * The history's entries in the order of its files and lines, or from the end with `newestFirst`. With `since` files that
 * were closed more than a day before it are not opened, and in the others every line is looked at, since a copied or
 * merged file need not be in order of time; with `limit` the reading stops there.
 */
export async function* read(file: string, query: ReadQuery, signal?: AbortSignal): AsyncGenerator<HistoryEntry> {
  const limit = query.limit ?? Number.POSITIVE_INFINITY
  if (limit <= 0) return
  const since = query.since?.getTime() ?? Number.NEGATIVE_INFINITY
  let records = 0
  for await (const { line, prefix } of linesOf(file, query)) {
    signal?.throwIfAborted()
    const entry = entryFrom(line, since, prefix)
    if (!entry) continue
    yield entry
    if ('record' in entry && ++records >= limit) return
  }
}

interface PlacedLine {
  line: Line
  /** The closed file's name and a blank; empty for the file that is written to. */
  prefix: string
}

async function* linesOf(location: string, { since, newestFirst = false }: ReadQuery): AsyncGenerator<PlacedLine> {
  const file = await targetOf(location)
  const { closed, active } = await openPieces(file).catch((error: unknown) => {
    // The link's name is the one that is known to who asks.
    throw file === location ? error : renamed(error, file, location)
  })
  try {
    const wanted = closed.filter((each) => !since || closedAt(each) + clockSlackMs >= since.getTime())
    if (active && newestFirst) yield* linesIn(file, active, newestFirst)
    for (const each of newestFirst ? wanted.reverse() : wanted) {
      const handle = await openClosed(each)
      if (!handle) continue
      try {
        yield* linesIn(each, handle, newestFirst, `${path.basename(each)} `)
      } finally {
        await handle.close()
      }
    }
    if (active && !newestFirst) yield* linesIn(file, active, newestFirst)
  } finally {
    await active?.close()
  }
}

async function* linesIn(
  file: string,
  handle: FileHandle,
  newestFirst: boolean,
  prefix = '',
): AsyncGenerator<PlacedLine> {
  const lines = newestFirst ? linesBackward(handle) : linesForward(handle)
  for (;;) {
    const next = await explained(file, () => lines.next())
    if (next.done) return
    yield { line: next.value, prefix }
  }
}

function renamed(error: unknown, file: string, location: string): unknown {
  if (error instanceof Error) error.message = error.message.replace(`${file}: `, `${location}: `)
  return error
}

function entryFrom({ bytes, where }: Line, since: number, prefix: string): HistoryEntry | undefined {
  if (!bytes) return { damaged: { where: prefix + where, reason: `it is longer than ${maxLineBytes} bytes` } }
  if (certainlyOlder(bytes, since)) return undefined
  const entry = entryOf(bytes, prefix + where)
  if (entry && 'record' in entry && timeOf(entry.record.timestamp) < since) return undefined
  return entry
}
