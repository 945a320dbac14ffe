/** The entries of one day, from their own objects and from the day's segments, each once. */
import type { HistoryEntry, HistoryRecord } from '@arbk8s/plugin-kit'

import { ahead } from './ahead.js'
import type { Bucket } from './bucket.js'
import { digestOf, type Layout, readName, timeOf } from './keys.js'
import { pagesOf } from './list.js'
import { type DaySegments, daySegments } from './segment.js'

export interface DayQuery {
  bucket: Bucket
  layout: Layout
  day: string
  newestFirst: boolean
  /** Ms since 1970. */
  since: number
  /** Objects that are asked for at once. */
  width: number
}

/**
 * The order of the questions makes it safe beside a compaction: a record's own object is removed only after the segment
 * that has it is there, so records are listed first and segments after them, and an object that is gone when it is asked
 * for is looked for in the segments that came meanwhile.
 */
export async function* dayEntries(query: DayQuery): AsyncGenerator<HistoryEntry> {
  const { bucket, layout, day, newestFirst } = query
  const segments = daySegments(bucket, layout, day)
  let pending: string[] = []
  let reached = ''
  for await (const { names, last } of pagesOf(bucket, `${layout.records}${day}/`)) {
    pending.push(...names)
    // Oldest first needs the whole day's names, since the newest are listed first.
    if (!newestFirst && !last) continue
    await segments.refresh()
    const upTo = last ? undefined : names.at(-1)
    const found = union(pending, segments, { after: reached, upTo })
    yield* damaged(segments)
    yield* entries(newestFirst ? found : found.reverse(), segments, query)
    reached = upTo ?? reached
    pending = []
  }
}

function union(
  own: string[],
  segments: DaySegments,
  { after, upTo }: { after: string; upTo: string | undefined },
): string[] {
  const names = new Set(own)
  for (const name of segments.names()) if (name > after && (upTo === undefined || name <= upTo)) names.add(name)
  return [...names].sort()
}

async function* entries(names: string[], segments: DaySegments, query: DayQuery): AsyncGenerator<HistoryEntry> {
  const midnight = Date.parse(query.day)
  const wanted = names.filter((name) => {
    const known = readName(name)
    return !known || midnight + known.msOfDay >= query.since
  })
  for await (const entry of ahead(wanted, query.width, (name) => entryOf(name, segments, query))) {
    yield entry
    yield* damaged(segments)
  }
}

function* damaged(segments: DaySegments): Generator<HistoryEntry> {
  for (const damage of segments.takeDamage()) yield { damaged: damage }
}

async function entryOf(name: string, segments: DaySegments, query: DayQuery): Promise<HistoryEntry> {
  const where = `${query.layout.records}${query.day}/${name}`
  const known = readName(name)
  if (!known) return { damaged: { where, reason: 'its name is not one that arbk8s gives to a record' } }
  const content = segments.contentOf(name) ?? (await ownObject(where, name, segments, query.bucket))
  if (!content) return { damaged: { where, reason: 'it was there when the day was listed and is gone' } }
  return parseContent(content, where, known.digest)
}

async function ownObject(
  key: string,
  name: string,
  segments: DaySegments,
  bucket: Bucket,
): Promise<Buffer | undefined> {
  const stored = await bucket.get(key)
  if (stored) return stored.body
  await segments.refresh()
  return segments.contentOf(name)
}

/** The entry of a record's bytes. */
export function parseContent(content: Buffer, where: string, digest: string): HistoryEntry {
  if (digestOf(content) !== digest) {
    return { damaged: { where, reason: 'its content is not what was stored: cut off or changed' } }
  }
  try {
    const record = JSON.parse(content.toString('utf8')) as HistoryRecord
    if (!Number.isNaN(timeOf(record.timestamp))) return { record }
  } catch {
    // Told below: what has the right digest and is no record was never one.
  }
  return { damaged: { where, reason: 'it is no record' } }
}
