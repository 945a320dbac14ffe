/** Reading a location: its days in order, and of each day the entries. */
import type { HistoryEntry, ReadQuery } from '@arbk8s/plugin-kit'

import type { Bucket } from './bucket.js'
import { dayEntries } from './day.js'
import { dayOf, isDay, type Layout } from './keys.js'
import { allNames } from './list.js'

export interface ReadOptions {
  bucket: Bucket
  layout: Layout
  /** For messages. */
  location: string
}

/** Objects asked for at once while reading. */
const width = 16

/** Rejects with `code: 'ENOENT'` where the prefix has nothing at all. */
export async function* read(query: ReadQuery, { bucket, layout, location }: ReadOptions): AsyncGenerator<HistoryEntry> {
  const limit = query.limit ?? Number.POSITIVE_INFINITY
  if (limit <= 0) return
  const newestFirst = query.newestFirst ?? false
  const since = query.since?.getTime() ?? Number.NEGATIVE_INFINITY
  const days = await daysOf(bucket, layout)
  if (days.length === 0) throw nothingThere(location)
  const wanted = days.filter((day) => !isDay(day) || day >= firstDay(since))
  if (newestFirst) wanted.reverse()
  let records = 0
  for (const day of wanted) {
    if (!isDay(day)) {
      yield { damaged: { where: `${layout.records}${day}`, reason: 'it is not a day of records' } }
      continue
    }
    // The first answers decide whether more is asked for.
    for await (const entry of dayEntries({ bucket, layout, day, newestFirst, since, width: Math.min(width, limit) })) {
      yield entry
      if ('record' in entry && ++records >= limit) return
    }
  }
}

/** Every day that has records or segments, ascending. Records are listed first; `dayEntries` says why. */
export async function daysOf(bucket: Bucket, { records, segments }: Layout): Promise<string[]> {
  const days = new Set(await allNames(bucket, records, true))
  for (const day of await allNames(bucket, segments, true)) days.add(day)
  return [...days].sort()
}

function firstDay(since: number): string {
  return Number.isFinite(since) ? dayOf(since) : ''
}

function nothingThere(location: string): Error {
  return Object.assign(new Error(`${location}: there is no history: nothing was ever stored under this prefix`), {
    code: 'ENOENT',
  })
}
