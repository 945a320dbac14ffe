/** One look at a session: for people who asked once, for programs, and as a frame of the live view. */
import { formatDuration } from '../../base/duration.js'
import type { Snapshot } from '../../cluster/types.js'
import { progressOf } from '../../health/progress.js'
import type { JobHealth, SessionHealth } from '../../health/types.js'
import { durationSeconds, healthToWire, type WireHealth } from '../../health/wire.js'
import type { Palette } from './colour.js'
import { headLines, healthPaint, phasePaint, troubledFirst, troubleLines } from './health.js'
import { logBlocks } from './log-lines.js'
import { progressBar, progressWords } from './progress.js'
import { renderTable, type Cell, type Column } from './table.js'
import { cutToWidth } from './width.js'

export interface Look {
  snapshot: Snapshot
  health: SessionHealth
}

/** What `jobs watch --json` prints: the judgement, the progress and the last log lines. */
export interface WatchResult extends WireHealth {
  progress: { done: number; total: number; lost: number; eta_seconds: number | null }
  logs: { job_name: string; pod: string; container: string; lines: string[] }[]
}

/** A look on the wire. */
export function watchResult({ snapshot, health }: Look): WatchResult {
  const { done, total, lost, etaMs } = progressOf(health.jobs, health.timestamp)
  const eta = etaMs === null ? null : Math.round(etaMs / 1000)
  const logs = snapshot.logs.map(({ job, ...log }) => ({ job_name: job, ...log }))
  return { ...healthToWire(health), progress: { done, total, lost, eta_seconds: eta }, logs }
}

const onceColumns: Column[] = [
  { header: 'job', min: 28 },
  { header: 'phase' },
  { header: 'completions', align: 'right', drop: 6 },
  { header: 'succeeded', align: 'right' },
  { header: 'failed', align: 'right' },
  { header: 'active', align: 'right' },
  { header: 'started', drop: 3 },
  { header: 'completed', drop: 2 },
  { header: 'labels', min: 10, drop: 1 },
]

/** One snapshot as text: the Jobs with all that their status says, causes, the last log lines, what was not read. */
export function onceText({ snapshot, health }: Look, screen: { palette: Palette; width: number | undefined }): string {
  const { palette, width } = screen
  const rows = health.jobs.map((job): Cell[] => [
    job.jobName,
    { text: job.phase, paint: phasePaint(palette, job.phase) },
    String(job.completions),
    String(job.succeeded),
    String(job.failed),
    String(job.active),
    job.startTime ?? '-',
    job.endTime ?? '-',
    Object.entries(job.labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
  ])
  const table = renderTable(onceColumns, rows, { header: palette.bold, ...(width === undefined ? {} : { width }) })
  const progress = progressWords(progressOf(health.jobs, health.timestamp))
  const head = [...headLines(health, palette), ...(rows.length > 0 ? [`progress ${progress}`] : [])]
  const troubles = troubledFirst(health.jobs)
    .filter((job) => job.health !== 'OK')
    .flatMap((job) => troubleLines(job, palette))
  const blocks = [head.join('\n')]
  if (rows.length > 0) blocks.push(table.join('\n'))
  if (troubles.length > 0) blocks.push(troubles.join('\n'))
  blocks.push(...logBlocks(snapshot.logs, palette))
  if (health.errors.length > 0) blocks.push(['Not read:', ...health.errors.map((error) => `  ${error}`)].join('\n'))
  return blocks.join('\n\n')
}

const liveColumns: Column[] = [
  { header: 'job', min: 12 },
  { header: 'phase' },
  { header: 'done', align: 'right' },
  { header: 'age', align: 'right', drop: 2 },
  { header: 'retries', align: 'right', drop: 1 },
  { header: 'cause', min: 8 },
]

export interface FrameOptions {
  palette: Palette
  width: number
  height: number
  /** RFC 3339; ages are counted to it. */
  now: string
  problem: string | null
  intervalMs: number
}

const barWidth = 24

/** The lines of one frame of the live view, none wider and not more than the terminal has. */
export function frameLines(look: Look, options: FrameOptions): string[] {
  const { palette, width, height } = options
  const head = [...frameHead(look, options), '']
  const foot = palette.dim(`every ${formatDuration(options.intervalMs)}, Ctrl-C ends`)
  const room = Math.max(0, height - head.length - 1)
  const table = tableLines(look.health.jobs, options, Math.max(2, Math.ceil(room * 0.6)))
  const rest = detailLines(look, options).slice(0, Math.max(0, room - table.length - 1))
  const body = [...table, ...(rest.length > 0 ? ['', ...rest] : [])].slice(0, room)
  return [...head, ...body, foot].slice(0, height).map((line) => cutToWidth(line, width))
}

function frameHead({ health }: Look, { palette, now, problem }: FrameOptions): string[] {
  const progress = progressOf(health.jobs, now)
  const verdict = healthPaint(palette, health.overallHealth)(health.overallHealth)
  const lines = [
    `${palette.bold(health.selector || 'all Jobs')} in ${palette.bold(health.namespace)}  ${palette.dim(health.timestamp.slice(11, 19))}  health ${verdict}`,
    `${progressBar(progress, barWidth, palette)} ${progressWords(progress)}`,
  ]
  if (problem !== null) lines.push(palette.yellow(`not read just now: ${problem}`))
  for (const error of health.errors.slice(0, 2)) lines.push(palette.yellow(error))
  return lines
}

/** The table in at most `height` lines; what does not fit is counted. */
function tableLines(jobs: readonly JobHealth[], { palette, width, now }: FrameOptions, height: number): string[] {
  if (jobs.length === 0) return ['No Job matches the selector.']
  const sorted = troubledFirst(jobs)
  const fits = sorted.length + 1 <= height
  const shown = fits ? sorted : sorted.slice(0, Math.max(1, height - 2))
  const name = shortNames(jobs)
  const rows = shown.map((job): Cell[] => [
    name(job),
    { text: job.phase, paint: phasePaint(palette, job.phase) },
    `${job.succeeded}/${job.completions}`,
    ageOf(job, now),
    job.retries === 0 ? '' : String(job.retries),
    job.cause && job.health !== 'OK'
      ? { text: `${job.cause.class}: ${job.cause.message}`, paint: healthPaint(palette, job.health) }
      : '',
  ])
  const lines = renderTable(liveColumns, rows, { header: palette.bold, width })
  return fits ? lines : [...lines, palette.dim(`… and ${sorted.length - shown.length} more`)]
}

/** Worker ids where they tell the Jobs apart, since they are shorter; else the Jobs' names. */
function shortNames(jobs: readonly JobHealth[]): (job: JobHealth) => string {
  const workers = new Set(jobs.map(({ workerId }) => workerId))
  const enough = workers.size === jobs.length && !workers.has(null)
  return ({ workerId, jobName }) => (enough ? workerId! : jobName)
}

function ageOf(job: JobHealth, now: string): string {
  const seconds = durationSeconds(job, now)
  return seconds === null ? '' : formatDuration(Math.floor(seconds) * 1000)
}

/** What is wrong and what to do, then the last line of each container's log, failed ones first. */
function detailLines({ snapshot, health }: Look, { palette }: FrameOptions): string[] {
  const troubled = troubledFirst(health.jobs).filter((job) => job.cause !== null && job.health !== 'OK')
  const troubles = troubled.flatMap((job) => troubleLines(job, palette).filter((_, index) => index !== 1))
  const name = shortNames(health.jobs)
  const names = new Map(health.jobs.map((job) => [job.jobName, name(job)]))
  const logs = snapshot.logs
    .filter(({ lines }) => lines.length > 0)
    .map(({ job, lines }) => `${palette.dim(`${names.get(job) ?? job} │`)} ${lines.at(-1)!}`)
  return [...troubles, ...(troubles.length > 0 && logs.length > 0 ? [''] : []), ...logs]
}
