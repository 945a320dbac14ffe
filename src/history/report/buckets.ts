/** Fewer points than records, so that a page stays small. */
import type { Point } from './collect.js'

/** Columns of a chart at most. */
export const maxColumns = 240
/** A gap of more than so many usual ones is shown as a gap. */
const maxGaps = 4

export interface TimeAxis {
  from: number
  to: number
  columns: number
}

/** The columns over a period; fewer where there are fewer records. */
export function timeAxis(from: number, to: number, records: number): TimeAxis {
  return { from, to, columns: to > from ? Math.max(1, Math.min(maxColumns, records * 2)) : 1 }
}

/** The column of a time. */
export function columnOf({ from, to, columns }: TimeAxis, time: number): number {
  if (to === from) return 0
  return Math.min(columns - 1, Math.floor(((time - from) / (to - from)) * columns))
}

/** What the records of one column say. */
export interface Column {
  /** Shares of the records, 0 to 1. */
  warnShare: number
  errorShare: number
  /** Jobs, as a mean over the records. */
  ok: number
  warn: number
  error: number
}

/**
 * One summary a column; a column without a record has what was known before it, while the series was being recorded, and
 * undefined where nothing was recorded for long. No incident is lost: a single bad record gives its column a share.
 */
export function downsample(points: Point[], axis: TimeAxis): (Column | undefined)[] {
  const columns: Point[][] = Array.from({ length: axis.columns }, () => [])
  for (const point of points) columns[columnOf(axis, point.time)]!.push(point)
  const usual = usualGap(points)
  let next = 0
  return columns.map((own) => {
    next += own.length
    if (own.length > 0) return summary(own)
    const [before, after] = [points[next - 1], points[next]]
    if (!before || !after || after.time - before.time > usual * maxGaps) return undefined
    return summary([before])
  })
}

function summary(points: Point[]): Column {
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  return {
    warnShare: mean(({ health }) => Number(health === 'WARN')),
    errorShare: mean(({ health }) => Number(health === 'ERROR')),
    ok: mean(({ ok }) => ok),
    warn: mean(({ warn }) => warn),
    error: mean(({ error }) => error),
  }
}

/** The median time between records. */
function usualGap(points: Point[]): number {
  const gaps = points
    .slice(1)
    .map((point, index) => point.time - points[index]!.time)
    .sort((a, b) => a - b)
  return gaps[Math.floor(gaps.length / 2)] ?? 0
}

/** Neighbouring equal values as one: `[from, to)` columns. */
export function runs<T>(values: T[]): { value: T; from: number; to: number }[] {
  const result: { value: T; from: number; to: number }[] = []
  values.forEach((value, index) => {
    const last = result.at(-1)
    if (last && last.value === value) last.to = index + 1
    else result.push({ value, from: index, to: index + 1 })
  })
  return result
}
