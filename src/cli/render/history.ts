/** History for people and for other programs. */
import type { Health, HistoryRecord } from '@arbk8s/plugin-kit'

import type { Damage } from '../../history/read.js'
import type { HistoryView } from '../../history/show.js'
import { sparkline } from '../../history/sparkline.js'
import { type HistorySummary, wireSummary, type WireSummary } from '../../history/summary.js'
import type { Paint, Palette } from './colour.js'
import { renderCsv } from './csv.js'
import { type Column, renderTable } from './table.js'

/** What `history show --json` prints; `records` is not there with --summary-only. */
export interface HistoryShowView {
  records?: HistoryRecord[]
  summary: WireSummary
  damaged: Damage
}

/** What `history report --json` prints. */
export interface HistoryReportView {
  /** The file's absolute path. */
  output: string
  records: number
  incidents: number
  bytes: number
  damaged: Damage
}

/** What `health record --json` prints. */
export interface HealthRecordView {
  /** The location as given. */
  history: string
  record: HistoryRecord
}

/** The view on the wire. */
export function historyResult({ records, summary, damage }: HistoryView): HistoryShowView {
  return { ...(records && { records }), summary: wireSummary(summary), damaged: damage }
}

export type HistoryFormat = 'table' | 'json' | 'csv' | 'md'

/** The view as text. Without records it is the summary in every format. */
export function historyText(view: HistoryView, format: HistoryFormat, options: TextOptions): string {
  const { records, summary } = view
  const closing = summaryText(summary, options.palette)
  if (!records || format === 'json') return closing
  if (format === 'csv') return historyCsv(records)
  if (format === 'md') return historyMarkdown(records)
  return records.length > 0 ? `${historyTable(records, options)}\n\n${closing}` : closing
}

export interface TextOptions {
  palette: Palette
  /** Columns of the terminal; undefined in a pipe. */
  width: number | undefined
}

const columns: Column[] = [
  { header: '#', align: 'right' },
  { header: 'timestamp' },
  { header: 'health' },
  { header: 'ok', align: 'right' },
  { header: 'warn', align: 'right' },
  { header: 'err', align: 'right' },
  { header: 'namespace', min: 8 },
  { header: 'selector', min: 8 },
]

/** The table with its sparkline, oldest first. */
function historyTable(records: HistoryRecord[], { palette, width }: TextOptions): string {
  const rows = records.map((record, index) => {
    const { timestamp, overall_health: health, jobs_ok, jobs_warn, jobs_error, namespace, selector } = record
    const counts = [jobs_ok, jobs_warn, jobs_error].map(String)
    return [
      String(index + 1),
      timestamp,
      { text: health, paint: healthPaint(health, palette) },
      ...counts,
      namespace,
      selector,
    ]
  })
  const line = sparkline(
    records.map((record) => record.overall_health),
    Math.min(60, width ?? 60),
  )
  const table = renderTable(columns, rows, { header: palette.bold, ...(width !== undefined && { width }) })
  return [...table, '', `${line}  oldest to newest`].join('\n')
}

/** Total, counts and the last record, one line each. */
function summaryText({ total, counts, last, from, to }: HistorySummary, palette: Palette): string {
  if (!last) return 'No record fits.'
  const health = last.overall_health
  return [
    `Records: ${total}, from ${from} to ${to}`,
    `OK ${counts.OK}, WARN ${counts.WARN}, ERROR ${counts.ERROR}`,
    `Last: ${last.timestamp} ${healthPaint(health, palette)(health)} (${last.jobs_ok} OK, ${last.jobs_warn} WARN, ${last.jobs_error} ERROR) ${last.namespace} ${last.selector}`,
  ].join('\n')
}

/** A record that was just stored: health, counts, what is not OK and why. */
export function recordText(record: HistoryRecord, location: string): string {
  const { overall_health: health, jobs_ok, jobs_warn, jobs_error, namespace, selector, timestamp } = record
  const troubled = (record.jobs ?? []).filter((job) => job.health !== 'OK')
  return [
    `${health}: ${namespace} ${selector}: ${jobs_ok} OK, ${jobs_warn} WARN, ${jobs_error} ERROR`,
    ...(jobs_ok + jobs_warn + jobs_error === 0 ? ['  no Job was found'] : []),
    ...troubled.map((job) => `  ${job.health} ${job.job_name}: ${job.reasons.join(', ')}`),
    ...(record.errors ?? []).map((error) => `  not read: ${error}`),
    `Recorded ${timestamp} in ${location}`,
  ].join('\n')
}

function healthPaint(health: Health, palette: Palette): Paint {
  return { OK: palette.green, WARN: palette.yellow, ERROR: palette.red }[health]
}

/** The original's fields as CSV. */
function historyCsv(records: HistoryRecord[]): string {
  const head = ['timestamp', 'namespace', 'selector', 'overall_health', 'jobs_ok', 'jobs_warn', 'jobs_error']
  const rows = records.map((r) => [
    r.timestamp,
    r.namespace,
    r.selector,
    r.overall_health,
    r.jobs_ok,
    r.jobs_warn,
    r.jobs_error,
  ])
  return renderCsv([head, ...rows])
}

/** A Markdown table. */
function historyMarkdown(records: HistoryRecord[]): string {
  const rows = records.map((record, index) => [
    index + 1,
    record.timestamp,
    record.overall_health,
    record.jobs_ok,
    record.jobs_warn,
    record.jobs_error,
    escapeMarkdown(record.namespace),
    escapeMarkdown(record.selector),
  ])
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
  const heads = columns.map((column) => column.header)
  const rule = columns.map((column) => (column.align === 'right' ? '--:' : '---'))
  return [line(heads), line(rule), ...rows.map(line)].join('\n')
}

function escapeMarkdown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#&~$]/g, '\\$&')
}
