/** What a number of records say together. */
import type { Health, HistoryRecord } from '@arbk8s/plugin-kit'

/** Counts over a number of records, and the newest. */
export interface HistorySummary {
  total: number
  counts: Record<Health, number>
  /** The newest record, in the order of the history. */
  last: HistoryRecord | null
  /** Time of the oldest and of the newest record. */
  from: string | null
  to: string | null
}

/** The summary of records that come oldest first. */
export function summarise(records: Iterable<HistoryRecord>): HistorySummary {
  const summary = emptySummary()
  for (const record of records) addToSummary(summary, record)
  return summary
}

export function emptySummary(): HistorySummary {
  return { total: 0, counts: { OK: 0, WARN: 0, ERROR: 0 }, last: null, from: null, to: null }
}

/** Adds the next newer record, for histories that are streamed rather than held. */
export function addToSummary(summary: HistorySummary, record: HistoryRecord): void {
  summary.total++
  summary.counts[record.overall_health]++
  summary.last = record
  summary.from ??= record.timestamp
  summary.to = record.timestamp
}

export interface WireSummary {
  total: number
  counts: Record<Health, number>
  from: string | null
  to: string | null
  last_record: HistoryRecord | null
}

/** The summary on the wire. */
export function wireSummary({ total, counts, from, to, last }: HistorySummary): WireSummary {
  return { total, counts, from, to, last_record: last }
}
