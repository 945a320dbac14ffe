/**
 * Records of health: making one, appending, reading, summarising, the HTML report. `openStore` opens a history.
 *
 * @module history
 */
export { toRecord } from '../history/record.js'
export { readEvidence, type Evidence } from '../history/evidence.js'
export { selectEvents, type EventSelection } from '../history/events.js'
export {
  appendRecord,
  collectRecords,
  noDamage,
  readRecords,
  type Collected,
  type CollectOptions,
  type Damage,
  type RecordFilter,
} from '../history/read.js'
export { viewHistory, type HistoryView } from '../history/show.js'
export { summarise, type HistorySummary } from '../history/summary.js'
export { historyReport, type Report, type ReportOptions } from '../history/report/index.js'
export { verifyHistory, type HistoryVerdict } from '../history/verify.js'
export { copyHistory, type CopyOptions, type CopyResult, type CopyStep } from '../history/copy.js'
