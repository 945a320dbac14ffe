/** Why each Job got its health, in sentences, for `--explain`. */
import { formatDuration } from '../base/duration.js'
import { defaultBudgets, likelyGraceMs, reasonCatalogue, type Budgets } from './reasons.js'
import { timeOf } from './trouble.js'
import type { Cause, JobHealth } from './types.js'

/** Lines for one Job: what decided the phase, each reason's meaning, the cause with its evidence and budget, the fix. */
export function explainJob(job: JobHealth, timestamp: string, budgets: Partial<Budgets> = {}): string[] {
  const lines = [`phase ${job.phase}: ${phaseBasis(job)}`]
  for (const reason of job.reasons) lines.push(`${reason}: ${reasonCatalogue[reason]}`)
  if (job.cause === null) return lines
  const { cause } = job
  const where = [cause.pod && `pod ${cause.pod}`, cause.container && `container ${cause.container}`]
    .filter(Boolean)
    .join(', ')
  lines.push(`cause (${cause.class}, ${cause.reason}): ${cause.message}${where ? ` [${where}]` : ''}`)
  if (job.phase !== 'FAILED' && job.phase !== 'SUCCEEDED' && job.reasons.includes(cause.class))
    lines.push(budgetLine(cause, timestamp, { ...defaultBudgets, ...budgets }))
  lines.push(`fix: ${cause.fix}`)
  return lines
}

function phaseBasis({ condition, succeeded, failed, active, completions }: JobHealth): string {
  const counts = `${succeeded} of ${completions} succeeded, ${failed} failed, ${active} active`
  if (condition === null) return `no deciding condition; ${counts}`
  const why = [condition.reason, condition.message].filter(Boolean).join(': ')
  return `condition ${condition.type} is True${why ? ` (${why})` : ''}; ${counts}`
}

function budgetLine(cause: Cause, timestamp: string, budgets: Budgets): string {
  if (cause.certainty === 'definite') return 'budget: none, waiting does not help'
  const budget = cause.certainty === 'likely' ? Math.min(likelyGraceMs, budgets[cause.class]) : budgets[cause.class]
  if (budget === Infinity) return 'budget: without limit, it stays a WARN'
  const since = timeOf(cause.since)
  const used =
    since === 0 ? 'since when is not known' : `${formatDuration(Math.max(0, timeOf(timestamp) - since))} used`
  return `budget: ${formatDuration(budget)} for ${cause.class}, ${used}`
}
