/** Reading and appending through any store; what a store throws becomes an error that says what is lost or unknown. */
import type { Health, HistoryEntry, HistoryRecord, HistoryStore, ReadQuery } from '@arbk8s/plugin-kit'

import { ArbError, isArbError, messageOf } from '../base/errors.js'
import { cleanLine, shorten } from '../base/text.js'
import { parseRecord } from './parse-record.js'

/** Stored entries that are no records, counted, the first few named. */
export interface Damage {
  count: number
  first: { where: string; reason: string }[]
}

/** Which records are meant; what is not given fits all. */
export interface RecordFilter {
  namespace?: string
  selector?: string
  health?: Health
}

/** Which records are collected. */
export interface CollectOptions extends RecordFilter {
  /** The newest so many; all of them without it. */
  limit?: number
  since?: Date
}

/** Records, and what stood between them. */
export interface Collected {
  /** Oldest first. */
  records: HistoryRecord[]
  damage: Damage
}

/** Damaged entries that are named; the others are only counted. */
const namedDamage = 5

/** A counter to pass to `readRecords`. */
export function noDamage(): Damage {
  return { count: 0, first: [] }
}

/** Appends one record. Throws ARB_HISTORY_UNWRITABLE, with a line that tells what is not in the history. */
export async function appendRecord(store: HistoryStore, record: HistoryRecord): Promise<void> {
  try {
    await store.append(record)
  } catch (error) {
    if (isArbError(error)) throw error
    throw new ArbError({
      code: 'ARB_HISTORY_UNWRITABLE',
      message: `the record of ${record.timestamp} (${record.overall_health}) was NOT stored: ${cleanLine(messageOf(error))}`,
      cause: error,
    })
  }
}

/**
 * The checked records of a store that fit the filter, in the query's order; everything else goes to `damage`. The
 * query's limit counts records that fit. Throws ARB_HISTORY_UNREADABLE, also where there is something and none of it is
 * a record: nothing is known then, which is not the same as an empty history.
 */
export async function* readRecords(
  store: HistoryStore,
  { limit = Number.POSITIVE_INFINITY, ...query }: ReadQuery & RecordFilter,
  damage: Damage,
): AsyncGenerator<HistoryRecord> {
  let found = 0
  try {
    if (limit <= 0) return
    for await (const record of soundRecords(store, query, damage)) {
      if (!fits(record, query)) continue
      yield record
      if (++found >= limit) return
    }
  } catch (error) {
    if (isArbError(error)) throw error
    const message = `the history cannot be read: ${cleanLine(messageOf(error))}`
    throw new ArbError({ code: 'ARB_HISTORY_UNREADABLE', message, cause: error })
  }
}

async function* soundRecords(
  store: HistoryStore,
  { since, newestFirst }: ReadQuery,
  damage: Damage,
): AsyncGenerator<HistoryRecord> {
  const before = damage.count
  let sound = 0
  for await (const entry of store.read({ ...(since && { since }), ...(newestFirst && { newestFirst }) })) {
    const record = checked(entry, damage)
    if (!record) continue
    sound++
    yield record
  }
  if (sound > 0 || damage.count === before) return
  // With `since` the store left out what is older: one sound record there is enough.
  if (!since || !(await hasRecord(store))) throw nothingSound(damage)
}

async function hasRecord(store: HistoryStore): Promise<boolean> {
  for await (const entry of store.read({ newestFirst: true })) if (checked(entry, noDamage())) return true
  return false
}

function nothingSound(damage: Damage): ArbError {
  const { count, first } = damage
  const example = first[0] ? ` (${first[0].where}: ${cleanLine(first[0].reason)})` : ''
  return new ArbError({
    code: 'ARB_HISTORY_UNREADABLE',
    message: `nothing in the history can be read: ${count === 1 ? 'its one entry is' : `all ${count} entries are`} damaged${example}`,
    hints: ['Check that this is the history, and not another file.'],
    details: { damaged: count },
  })
}

function checked(entry: HistoryEntry, damage: Damage): HistoryRecord | undefined {
  if ('damaged' in entry) {
    addDamage(damage, entry.damaged)
    return undefined
  }
  const parsed = parseRecord(entry.record)
  if ('record' in parsed) return parsed.record
  addDamage(damage, {
    where: `entry of ${shorten(cleanLine(String(entry.record?.timestamp)), 40)}`,
    reason: parsed.reason,
  })
  return undefined
}

/** Counts an entry that is no record; the first few are named. */
export function addDamage(damage: Damage, entry: Damage['first'][number]): void {
  damage.count++
  if (damage.first.length < namedDamage) damage.first.push(entry)
}

function fits(record: HistoryRecord, { namespace, selector, health }: RecordFilter): boolean {
  return (
    (namespace === undefined || record.namespace === namespace) &&
    (selector === undefined || record.selector === selector) &&
    (health === undefined || record.overall_health === health)
  )
}

/** The newest records that fit, oldest first, with what was damaged on the way. */
export async function collectRecords(store: HistoryStore, options: CollectOptions): Promise<Collected> {
  const damage = noDamage()
  const records: HistoryRecord[] = []
  for await (const record of readRecords(store, { ...options, newestFirst: true }, damage)) records.push(record)
  return { records: records.reverse(), damage }
}

/** One line for people about damaged entries of `place`, or undefined where there are none. */
export function damageNote({ count, first }: Damage, place = 'the history'): string | undefined {
  if (count === 0) return undefined
  const named = first.map(({ where, reason }) => `${where}: ${cleanLine(reason)}`).join('; ')
  const more = count > first.length ? `; and ${count - first.length} more` : ''
  return `${count} damaged ${count === 1 ? 'entry' : 'entries'} in ${place} skipped (${named}${more})`
}
