/** Progress as one line: a bar, counts, time to go. */
import { formatDuration } from '../../base/duration.js'
import type { Progress } from '../../health/progress.js'
import type { Palette } from './colour.js'

/** A bar of `width` columns: succeeded, failed, to do. */
export function progressBar({ done, lost, total }: Progress, width: number, palette: Palette): string {
  const share = (part: number): number => (total === 0 ? 0 : Math.floor((part / total) * width))
  const won = share(done)
  const gone = lost > 0 ? Math.max(1, share(lost)) : 0
  const rest = Math.max(0, width - won - gone)
  return (
    palette.green('█'.repeat(Math.min(won, width - gone))) +
    palette.red('▒'.repeat(gone)) +
    palette.dim('░'.repeat(rest))
  )
}

/** `3/6 done, 1 running, 2 pending, about 2m left`. */
export function progressWords({ done, total, jobs, etaMs }: Progress): string {
  const parts = [`${done}/${total} done`]
  if (jobs.RUNNING > 0) parts.push(`${jobs.RUNNING} running`)
  if (jobs.PENDING > 0) parts.push(`${jobs.PENDING} pending`)
  if (jobs.FAILED > 0) parts.push(`${jobs.FAILED} failed`)
  if (jobs.UNKNOWN > 0) parts.push(`${jobs.UNKNOWN} unknown`)
  if (etaMs !== null) parts.push(`about ${formatDuration(Math.max(1000, etaMs))} left`)
  return parts.join(', ')
}
