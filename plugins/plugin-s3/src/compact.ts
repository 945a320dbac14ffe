/**
 * Merging a closed day's objects into segments. At every moment each record is in its own object, in a segment, or in
 * both: the segment is written and read back before anything is removed, and a segment is never changed or removed. So it
 * may be killed at any point and run by two at once; what was left is done by the next run, and readers drop doubles.
 */
import type { CompactResult } from '@arbk8s/plugin-kit'

import { ahead, each } from './ahead.js'
import { putNew } from './append.js'
import type { Bucket } from './bucket.js'
import { dayOf, digestOf, isDay, type Layout, readName, segmentCount, segmentName } from './keys.js'
import { allNames } from './list.js'
import { type DaySegments, daySegments, encodeSegment } from './segment.js'

export interface CompactOptions {
  bucket: Bucket
  layout: Layout
  now: () => Date
}

interface Stored {
  name: string
  content: Buffer
}

/** Bytes of records in one segment; a bigger record stays an object of its own. */
const segmentBytes = 8 * 1024 * 1024
const width = 16
/** A day counts as closed so long after its end, for writers whose clocks are late. */
const graceMs = 3_600_000

/** Compacts every closed day. */
export async function compact({ bucket, layout, now }: CompactOptions): Promise<CompactResult> {
  const total: CompactResult = { before: 0, after: 0, records: 0 }
  const open = dayOf(now().getTime() - graceMs)
  const recordDays = new Set(await allNames(bucket, layout.records, true))
  // After the records: a segment is there before its records' own objects go.
  const segments = await segmentsByDay(bucket, layout)
  for (const day of [...new Set([...recordDays, ...segments.keys()])].filter(isDay).sort()) {
    const names = recordDays.has(day) ? await allNames(bucket, `${layout.records}${day}/`) : []
    const result = await compactDay(bucket, layout, {
      day,
      closed: day < open,
      names,
      segments: segments.get(day) ?? [],
    })
    for (const key of ['before', 'after', 'records'] as const) total[key] += result[key]
  }
  return total
}

async function segmentsByDay(bucket: Bucket, layout: Layout): Promise<Map<string, string[]>> {
  const days = new Map<string, string[]>()
  for (const key of await allNames(bucket, layout.segments)) {
    const [day = '', name = ''] = key.split('/')
    days.set(day, [...(days.get(day) ?? []), name])
  }
  return days
}

/** A day as it was listed. */
interface ListedDay {
  day: string
  closed: boolean
  names: string[]
  segments: string[]
}

async function compactDay(
  bucket: Bucket,
  layout: Layout,
  { day, closed, names, segments }: ListedDay,
): Promise<CompactResult> {
  const folder = `${layout.records}${day}/`
  const before = names.length + segments.length
  // One segment's name tells its count; several may hold the same record.
  const counted = segments.length < 2 ? segments.reduce((sum, name) => sum + (segmentCount(name) ?? 0), 0) : undefined
  if ((!closed || names.length === 0) && counted !== undefined)
    return { before, after: before, records: names.length + counted }
  const merged = daySegments(bucket, layout, day)
  await merged.refresh()
  const all = new Set([...merged.names(), ...names.filter(readName)])
  let after = before
  if (closed) {
    const loose = await looseRecords(bucket, folder, names, merged)
    // What another run merged since it was listed is in its segment already.
    await merged.refresh()
    after -= await removeMerged(bucket, folder, names, merged)
    for (const batch of batchesOf(loose.filter(({ name }) => merged.contentOf(name) === undefined))) {
      await merge(bucket, `${layout.segments}${day}/`, batch)
      await each(batch, width, ({ name }) => bucket.remove(folder + name))
      after -= batch.length - 1
    }
  }
  return { before, after, records: all.size }
}

/** The records that no segment has, whole ones only: what is damaged stays where it is. */
async function looseRecords(bucket: Bucket, folder: string, names: string[], merged: DaySegments): Promise<Stored[]> {
  const wanted = names.filter((name) => readName(name) && !merged.contentOf(name))
  const found: Stored[] = []
  const get = async (name: string): Promise<Stored | undefined> => {
    const stored = await bucket.get(folder + name)
    return stored && digestOf(stored.body) === readName(name)!.digest ? { name, content: stored.body } : undefined
  }
  for await (const stored of ahead(wanted, width, get)) if (stored) found.push(stored)
  return found
}

/** Removes the own objects of records that a segment has: a run that was killed left them. Resolves to their number. */
async function removeMerged(bucket: Bucket, folder: string, names: string[], merged: DaySegments): Promise<number> {
  const left = names.filter((name) => merged.contentOf(name) !== undefined)
  await each(left, width, (name) => bucket.remove(folder + name))
  return left.length
}

function batchesOf(records: Stored[]): Stored[][] {
  const batches: Stored[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const record of records) {
    if (record.content.length > segmentBytes) continue
    if (bytes + record.content.length > segmentBytes) {
      batches.push([])
      bytes = 0
    }
    batches.at(-1)!.push(record)
    bytes += record.content.length
  }
  return batches.filter((batch) => batch.length > 1)
}

/** Writes a segment and reads it back; only then may the records' own objects go. */
async function merge(bucket: Bucket, folder: string, batch: Stored[]): Promise<void> {
  const body = encodeSegment(batch)
  const key = folder + segmentName(batch.length, body)
  const put = await putNew(bucket, key, body, 'application/x-ndjson')
  if (put === 'taken') throw new Error(`${key}: a segment of this name has other content; nothing was removed`)
  const stored = await bucket.get(key)
  if (!stored?.body.equals(body) || stored.etag !== put.etag) {
    throw new Error(`${key}: the segment does not read back as it was written; nothing was removed`)
  }
}
