/** History → one self-contained HTML page. */
import type { HistoryStore } from '@arbk8s/plugin-kit'

import { ArbError } from '../../base/errors.js'
import { noDamage, readRecords, type Damage, type RecordFilter } from '../read.js'
import { collectReport } from './collect.js'
import { reportPage } from './page.js'

/** Which records the report is about. */
export interface ReportOptions extends RecordFilter {
  since?: Date
  /** Where the history is, as it may be shown. */
  source: string
  now: Date
}

/** The page, and what went into it. */
export interface Report {
  html: string
  records: number
  incidents: number
  damage: Damage
}

/** The report of all records that fit. Throws ARB_HISTORY_UNREADABLE, also where there is none. */
export async function historyReport(store: HistoryStore, { source, now, ...query }: ReportOptions): Promise<Report> {
  const damage = noDamage()
  const data = await collectReport(readRecords(store, query, damage))
  if (data.total === 0) throw noRecords(source, damage)
  const page = reportPage(data, { source, generatedAt: now, damage })
  return { html: page, records: data.total, incidents: data.episodes.length, damage }
}

function noRecords(source: string, { count }: Damage): ArbError {
  return new ArbError({
    code: 'ARB_HISTORY_UNREADABLE',
    message: `${source}: there is no record to report on${count > 0 ? `, only ${count} damaged entries` : ''}`,
    hints: ['Check --since, the namespace and the selector, or record something: arbk8s health record.'],
  })
}
