/** Reads as much of the history as an incident needs: the run of non-OK records to its start, however long it is. */
import type { HistoryRecord, HistoryStore } from '@arbk8s/plugin-kit'

import { ArbError } from '../base/errors.js'
import { type Damage, noDamage, readRecords } from '../history/read.js'
import type { SeriesKey } from './ledger.js'

/** Whose records are read, and how many are kept whole. */
export interface RunQuery extends SeriesKey {
  /** Records that are kept whole, with their events; older ones of the run are only looked at for its start. */
  historyLimit: number
  /** Bad records in a row that open an incident. Default 1. */
  openAfter?: number
  /** Good records in a row that end a run. Default 1. */
  closeAfter?: number
  /** Records of so many ms before the newest are read in any case. Default 0. */
  backMs?: number
}

/** The records that an incident is worked out from. */
export interface Run {
  /** Oldest first; from the record before the run of non-OK records, where there is one. */
  records: HistoryRecord[]
  newest: HistoryRecord
  /** The first record is the first that the history has. */
  fromStart: boolean
  damage: Damage
}

/**
 * Throws ARB_HISTORY_UNREADABLE where the history cannot be read, or has no record of the namespace and selector:
 * nothing is known then, which is not the same as healthy.
 */
export async function readRun(store: HistoryStore, query: RunQuery): Promise<Run> {
  const { namespace, selector, historyLimit } = query
  const damage = noDamage()
  const records: HistoryRecord[] = []
  const enough = enoughOf(query)
  let fromStart = true
  for await (const record of readRecords(store, { namespace, selector, newestFirst: true }, damage)) {
    records.push(records.length < historyLimit ? record : slim(record))
    if (enough(records)) {
      fromStart = false
      break
    }
  }
  const newest = records[0]
  if (!newest) throw noRecord(namespace, selector, damage)
  return { records: records.reverse(), newest, fromStart, damage }
}

/**
 * Whether records, newest first, are all that matter: they reach back behind the end of an earlier run, and behind the
 * time that counts for flapping until it is certain how things stood then.
 */
export function enoughOf({
  historyLimit,
  openAfter = 1,
  closeAfter = 1,
  backMs = 0,
}: Omit<RunQuery, keyof SeriesKey>): (records: HistoryRecord[]) => boolean {
  const whole = inARow()
  const back = inARow()
  let [ended, certain] = [false, false]
  return (records) => {
    const last = records.at(-1)!
    ended ||= whole(last).good >= closeAfter
    if (Date.parse(records[0]!.timestamp) - Date.parse(last.timestamp) >= backMs) {
      const { good, bad } = back(last)
      certain ||= good >= closeAfter || bad >= openAfter
    }
    return ended && certain && records.length >= historyLimit
  }
}

/** Counts good and bad records in a row. */
function inARow(): (record: HistoryRecord) => { good: number; bad: number } {
  const count = { good: 0, bad: 0 }
  return ({ overall_health }) => {
    const good = overall_health === 'OK'
    count.good = good ? count.good + 1 : 0
    count.bad = good ? 0 : count.bad + 1
    return count
  }
}

/** What a record says of the series, without its evidence. */
export function slim(record: HistoryRecord): HistoryRecord {
  const { timestamp, namespace, selector, overall_health, jobs_ok, jobs_warn, jobs_error, labels } = record
  const counts = { jobs_ok, jobs_warn, jobs_error }
  return { timestamp, namespace, selector, overall_health, ...counts, raw_snapshot: null, ...(labels && { labels }) }
}

function noRecord(namespace: string, selector: string, { count }: Damage): ArbError {
  return new ArbError({
    code: 'ARB_HISTORY_UNREADABLE',
    message:
      `the history has no record of namespace ${namespace} with selector ${selector}` +
      (count > 0 ? `, and ${count} damaged ${count === 1 ? 'entry' : 'entries'}` : ''),
    hints: ['Record one: arbk8s health record, with the same namespace, selector and history file.'],
    details: { namespace, selector, damaged: count },
  })
}
