/** What an incident shows beside its numbers: the Jobs that failed and why, their labels, the command to look further. */
import type { FailedJob, HistoryRecord, Incident, RecordedCause, WireJobSummary } from '@arbk8s/plugin-kit'

import { isArbError } from '../base/errors.js'
import { parseSelector, type Requirement } from '../base/selector.js'
import { cleanLine } from '../base/text.js'

/** Jobs that an incident shows. */
const maxJobs = 5

/**
 * The Jobs of the newest record that are not OK, ERROR first, and how many more there are. Where the newest record has
 * no log lines of a Job any more, the last that the run has of the same failure are shown.
 */
export function failedJobs(run: readonly HistoryRecord[]): Pick<Incident, 'failed_jobs' | 'more_failed_jobs'> {
  const newest = run.at(-1)!
  const jobs = newest.jobs ?? []
  const worst = (['ERROR', 'WARN'] as const).flatMap((state) => jobs.filter(({ health }) => health === state))
  const shown = worst.slice(0, maxJobs)
  const all = Math.max(worst.length, newest.jobs_error + newest.jobs_warn)
  return {
    failed_jobs: shown.map((job) => failedJob(job, run)),
    more_failed_jobs: all - shown.length,
  }
}

function failedJob(job: WireJobSummary, run: readonly HistoryRecord[]): FailedJob {
  const { job_name, worker_id, reasons } = job
  return { job_name, worker_id, reasons, cause: causeOf(job, run) }
}

function causeOf(job: WireJobSummary, run: readonly HistoryRecord[]): RecordedCause | null {
  const { cause } = job
  if (!cause || cause.last_lines.length > 0) return cause ?? null
  const before = run
    .toReversed()
    .flatMap(({ jobs = [] }) => jobs.filter((other) => other.job_name === job.job_name && other.uid === job.uid))
    .find((other) => other.cause?.class === cause.class && other.cause.last_lines.length > 0)
  return { ...cause, last_lines: before?.cause?.last_lines ?? [] }
}

/** What the selector says a Job's labels are, and what the newest record that has labels says. */
export function incidentLabels(run: readonly HistoryRecord[]): Record<string, string> {
  const recorded = run.findLast(({ labels }) => labels && Object.keys(labels).length > 0)?.labels ?? {}
  return { ...selectorLabels(run.at(-1)!.selector), ...recorded }
}

function selectorLabels(selector: string): Record<string, string> {
  const equal = requirements(selector).filter(({ operator, values }) => operator === 'in' && values.length === 1)
  return Object.fromEntries(equal.map(({ key, values }) => [key, values[0]!]))
}

/** None for a selector that does not parse: a history may hold any text. */
function requirements(selector: string): Requirement[] {
  try {
    return parseSelector(selector)
  } catch (error) {
    if (isArbError(error)) return []
    throw error
  }
}

/** The command that shows how the Jobs stand and why, ready for a shell. */
export function lookFurther(namespace: string, selector: string): string {
  return `arbk8s health check -n ${quoted(namespace)} -l ${quoted(selector)} --explain`
}

/** One word for a POSIX shell. */
function quoted(text: string): string {
  const line = cleanLine(text)
  return /^[\w./:=,@%+-]+$/.test(line) ? line : `'${line.replaceAll("'", String.raw`'\''`)}'`
}
