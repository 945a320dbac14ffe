/** A judged session as text: the verdict, the Jobs, what is wrong and what to do. */
import { count } from '../../base/text.js'
import type { ClusterEvent } from '../../cluster/types.js'
import { explainJob } from '../../health/explain.js'
import { lastSeen } from '../../health/index-snapshot.js'
import { reasonCatalogue } from '../../health/reasons.js'
import type { Health, JobHealth, Phase, SessionHealth } from '../../health/types.js'
import type { Paint, Palette } from './colour.js'
import { renderTable, type Cell, type Column } from './table.js'

export interface HealthTextOptions {
  palette: Palette
  /** Columns of the terminal; nothing is cut without it. */
  width?: number | undefined
  /** Why each Job got its health. */
  explain?: boolean
  /** Events to show, newest last. */
  events?: readonly ClusterEvent[]
}

/** More Jobs than this are not listed one by one when all is well with them. */
const listed = 50
const order: Record<Health, number> = { ERROR: 0, WARN: 1, OK: 2 }

/** The paint of a health. */
export function healthPaint(palette: Palette, health: Health): Paint {
  return { OK: palette.green, WARN: palette.yellow, ERROR: palette.red }[health]
}

/** The paint of a phase. */
export function phasePaint(palette: Palette, phase: Phase): Paint {
  const paints: Record<Phase, Paint> = {
    SUCCEEDED: palette.green,
    FAILED: palette.red,
    RUNNING: palette.cyan,
    PENDING: palette.yellow,
    UNKNOWN: palette.red,
  }
  return paints[phase]
}

/** Jobs in the order in which people want them: what is wrong first, else as they came. */
export function troubledFirst(jobs: readonly JobHealth[]): JobHealth[] {
  return [...jobs].sort((a, b) => order[a.health] - order[b.health])
}

/** What `health check` prints. */
export function healthText(health: SessionHealth, options: HealthTextOptions): string {
  const { palette } = options
  const blocks = [headLines(health, palette), jobLines(health, options)]
  blocks.push(options.explain ? explanations(health, palette) : troubles(health.jobs, palette))
  if (health.errors.length > 0) blocks.push(['Not read:', ...health.errors.map((error) => `  ${error}`)])
  if (options.events && options.events.length > 0) blocks.push(eventLines(options.events, options))
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

/** Where, when, and the verdict with its counts. */
export function headLines(health: SessionHealth, palette: Palette): string[] {
  const { namespace, selector, timestamp, overallHealth, jobs, reasons } = health
  const counts = (['OK', 'WARN', 'ERROR'] as const).map(
    (one) => `${jobs.filter((job) => job.health === one).length} ${one}`,
  )
  const verdict = healthPaint(palette, overallHealth)(palette.bold(overallHealth))
  return [
    `namespace ${namespace}, selector ${selector || '(all Jobs)'}, ${timestamp}`,
    `health ${verdict}: ${count(jobs.length, 'Job')} (${counts.join(', ')})`,
    ...reasons.map((reason) => `  ${reason}: ${reasonCatalogue[reason]}`),
  ]
}

const columns: Column[] = [
  { header: 'job', min: 28 },
  { header: 'phase' },
  { header: 'health' },
  { header: 'done', align: 'right' },
  { header: 'failed', align: 'right', drop: 1 },
  { header: 'reasons', min: 8 },
]

function jobLines(health: SessionHealth, { palette, width }: HealthTextOptions): string[] {
  if (health.jobs.length === 0) return []
  const sorted = troubledFirst(health.jobs)
  const shown = sorted.filter((job, index) => index < listed || job.health !== 'OK')
  const rows = shown.map((job): Cell[] => [
    job.jobName,
    { text: job.phase, paint: phasePaint(palette, job.phase) },
    { text: job.health, paint: healthPaint(palette, job.health) },
    `${job.succeeded}/${job.completions}`,
    String(job.failed),
    job.reasons.join(','),
  ])
  const lines = renderTable(columns, rows, { header: palette.bold, ...(width === undefined ? {} : { width }) })
  const hidden = sorted.length - shown.length
  return hidden > 0 ? [...lines, `… and ${count(hidden, 'Job')} more, all OK`] : lines
}

/** One block for each Job that has a cause and is not OK. */
function troubles(jobs: readonly JobHealth[], palette: Palette): string[] {
  return troubledFirst(jobs)
    .filter((job) => job.cause !== null && job.health !== 'OK')
    .flatMap((job) => troubleLines(job, palette))
}

/** `job: message`, where it is, and what to do. */
export function troubleLines(job: JobHealth, palette: Palette): string[] {
  const { cause } = job
  if (cause === null) return []
  const paint = healthPaint(palette, job.health)
  const place = [cause.reason, cause.pod && `pod ${cause.pod}`, cause.container && `container ${cause.container}`]
  return [
    `${paint(job.health === 'ERROR' ? '✗' : '!')} ${palette.bold(job.jobName)}: ${cause.message}`,
    `  ${palette.dim(place.filter(Boolean).join(', '))}`,
    `  → ${cause.fix}`,
  ]
}

function explanations(health: SessionHealth, palette: Palette): string[] {
  return troubledFirst(health.jobs).flatMap((job) => [
    `${healthPaint(palette, job.health)(job.health)} ${palette.bold(job.jobName)}`,
    ...explainJob(job, health.timestamp).map((line) => `  ${line}`),
  ])
}

const eventColumns: Column[] = [
  { header: 'last seen' },
  { header: 'reason', min: 8 },
  { header: 'object', min: 12 },
  { header: 'message', min: 10 },
]

/** Events as a table, newest last. */
export function eventLines(events: readonly ClusterEvent[], { palette, width }: HealthTextOptions): string[] {
  const rows = events.map((event) => [
    lastSeen(event)?.replace(/\.\d+Z$/, 'Z') ?? '',
    event.reason ?? '',
    `${(event.involvedObject.kind ?? '').toLowerCase()}/${event.involvedObject.name ?? ''}`,
    event.message ?? '',
  ])
  return renderTable(eventColumns, rows, { header: palette.bold, ...(width === undefined ? {} : { width }) })
}
