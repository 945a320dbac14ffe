/** What a report needs of a history, gathered while it streams by. */
import type { Health, HistoryRecord } from '@arbk8s/plugin-kit'

import { addJobs, type JobRuns } from '../durations.js'
import { worse } from '../sparkline.js'

/** A record, reduced to what charts show. */
export interface Point {
  /** Milliseconds since 1970. */
  time: number
  health: Health
  ok: number
  warn: number
  error: number
  /** What was said to be wrong; empty while OK. */
  causes: string[]
}

/** The records of one namespace and selector. */
export interface Series {
  namespace: string
  selector: string
  /** In order of time. */
  points: Point[]
}

/** An unbroken run of records that are not OK. */
export interface Episode {
  namespace: string
  selector: string
  from: number
  /** Time of the first OK record behind it; null while it is open. */
  to: number | null
  lastSeen: number
  worst: Health
  records: number
  causes: string[]
}

export interface ReportData {
  series: Series[]
  /** Newest first. */
  episodes: Episode[]
  jobs: JobRuns
  counts: Record<Health, number>
  total: number
  from: number
  to: number
}

const maxCauses = 4

/** Gathers records that come in any order of time. */
export async function collectReport(
  records: AsyncIterable<HistoryRecord> | Iterable<HistoryRecord>,
): Promise<ReportData> {
  const series = new Map<string, Series>()
  const jobs: JobRuns = new Map()
  const counts = { OK: 0, WARN: 0, ERROR: 0 }
  for await (const record of records) {
    const { namespace, selector } = record
    const key = `${namespace}\u0000${selector}`
    const known = series.get(key) ?? { namespace, selector, points: [] }
    if (known.points.length === 0) series.set(key, known)
    known.points.push(pointOf(record))
    addJobs(jobs, record)
    counts[record.overall_health]++
  }
  return { ...finish([...series.values()]), jobs, counts, total: counts.OK + counts.WARN + counts.ERROR }
}

function finish(series: Series[]): Pick<ReportData, 'series' | 'episodes' | 'from' | 'to'> {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { points } of series) {
    points.sort((a, b) => a.time - b.time)
    from = Math.min(from, points[0]!.time)
    to = Math.max(to, points.at(-1)!.time)
  }
  series.sort((a, b) => b.points.length - a.points.length)
  const episodes = series.flatMap(episodesOf).sort((a, b) => b.from - a.from)
  return { series, episodes, from, to }
}

function pointOf(record: HistoryRecord): Point {
  const { timestamp, overall_health: health, jobs_ok: ok, jobs_warn: warn, jobs_error: error } = record
  return { time: Date.parse(timestamp), health, ok, warn, error, causes: health === 'OK' ? [] : causesOf(record) }
}

function causesOf({ jobs = [], events = [], errors = [] }: HistoryRecord): string[] {
  const reasons = jobs.filter((job) => job.health !== 'OK').flatMap((job) => job.reasons)
  return [...new Set([...reasons, ...events.map((event) => event.reason), ...errors])].slice(0, maxCauses)
}

/** The incidents of a series, oldest first. */
export function episodesOf({ namespace, selector, points }: Series): Episode[] {
  const episodes: Episode[] = []
  let open: Episode | undefined
  for (const point of points) {
    if (point.health === 'OK') {
      if (open) open.to = point.time
      open = undefined
      continue
    }
    if (!open) {
      open = { namespace, selector, from: point.time, to: null, lastSeen: 0, worst: 'WARN', records: 0, causes: [] }
      episodes.push(open)
    }
    open.records++
    open.lastSeen = point.time
    open.worst = worse(open.worst, point.health)
    open.causes = [...new Set([...open.causes, ...point.causes])].slice(0, maxCauses)
  }
  return episodes
}

/** Mean milliseconds from an incident's start to its end, or undefined where none has ended. */
export function meanTimeToRecover(episodes: Episode[]): number | undefined {
  const ended = episodes.flatMap(({ from, to }) => (to === null ? [] : [to - from]))
  return ended.length > 0 ? ended.reduce((sum, ms) => sum + ms, 0) / ended.length : undefined
}
