/** Reads as much of the history as an incident needs: the run of non-OK records to its start, however long it is. */
import type { HistoryRecord, HistoryStore } from '@arbk8s/plugin-kit'

import { ArbError } from '../base/errors.js'
import { type Damage, noDamage, readRecords } from '../history/read.js'

/** Whose records are read, and how many are kept whole. */
export interface RunQuery {
  namespace: string
  selector: string
  /** Records that are kept whole, with their events; older ones of the run are only looked at for its start. */
  historyLimit: number
}

/** The records that an incident is worked out from. */
export interface Run {
  /** Oldest first; from the record before the run of non-OK records, where there is one. */
  records: HistoryRecord[]
  newest: HistoryRecord
  damage: Damage
}

/**
 * Throws ARB_HISTORY_UNREADABLE where the history cannot be read, or has no record of the namespace and selector:
 * nothing is known then, which is not the same as healthy.
 */
export async function readRun(store: HistoryStore, { namespace, selector, historyLimit }: RunQuery): Promise<Run> {
  const damage = noDamage()
  const records: HistoryRecord[] = []
  let sawOk = false
  for await (const record of readRecords(store, { namespace, selector, newestFirst: true }, damage)) {
    records.push(records.length < historyLimit ? record : slim(record))
    sawOk ||= record.overall_health === 'OK'
    if (sawOk && records.length >= historyLimit) break
  }
  const newest = records[0]
  if (!newest) throw noRecord(namespace, selector, damage)
  return { records: records.reverse(), newest, damage }
}

function slim(record: HistoryRecord): HistoryRecord {
  const { timestamp, namespace, selector, overall_health, jobs_ok, jobs_warn, jobs_error } = record
  return { timestamp, namespace, selector, overall_health, jobs_ok, jobs_warn, jobs_error, raw_snapshot: null }
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
