/** What `history show` shows: the newest records and what they say together. */
import type { HistoryRecord, HistoryStore } from '@arbk8s/plugin-kit'

import { collectRecords, type CollectOptions, type Damage, noDamage, readRecords } from './read.js'
import { addToSummary, emptySummary, type HistorySummary, summarise } from './summary.js'

/** Records with their summary. */
export interface HistoryView {
  /** Oldest first; undefined where only the summary was asked for. */
  records: HistoryRecord[] | undefined
  summary: HistorySummary
  damage: Damage
}

/** The newest records that fit, with their summary. A summary of all alone is streamed, so its memory stays flat. */
export async function viewHistory(
  store: HistoryStore,
  { summaryOnly = false, ...options }: CollectOptions & { summaryOnly?: boolean },
): Promise<HistoryView> {
  if (summaryOnly && options.limit === undefined) {
    const [summary, damage] = [emptySummary(), noDamage()]
    for await (const record of readRecords(store, options, damage)) addToSummary(summary, record)
    return { records: undefined, summary, damage }
  }
  const { records, damage } = await collectRecords(store, options)
  return { records: summaryOnly ? undefined : records, summary: summarise(records), damage }
}
