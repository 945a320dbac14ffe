/** Record[] → Incident: whether there is one, since when, and what it says. */
import { createHash } from 'node:crypto'

import type { Health, HistoryRecord, Incident, Severity } from '@arbk8s/plugin-kit'

import { mergeEvents } from '../history/events.js'
import { failedJobs, incidentLabels, lookFurther } from './evidence.js'

const severities: Record<Health, Severity> = { ERROR: 'CRITICAL', WARN: 'WARN', OK: 'INFO' }

/** Events that an incident carries. */
const incidentEvents = 3

/**
 * The incident of one namespace and selector, whose records come oldest first, or undefined where the newest is OK.
 * The run of non-OK records must be whole for the id to stay the same: `readRun` sees to that. All of it is worked out
 * from the records, so the same history gives the same incident. `detected_at` is the newest record's time. `start` is the
 * index of the run's first record, where good records do not end it at once; default: behind the last OK.
 */
export function incidentOf(
  records: HistoryRecord[],
  options: { eventsLimit?: number; start?: number } = {},
): Incident | undefined {
  const newest = records.at(-1)
  if (!newest || newest.overall_health === 'OK') return undefined
  const start = options.start ?? records.findLastIndex((record) => record.overall_health === 'OK') + 1
  const run = records.slice(start)
  const { namespace, selector, overall_health: current } = newest
  const startedAt = run[0]!.timestamp
  const previous = records.findLast((record) => record.overall_health !== current)?.overall_health ?? null
  const events = mergeEvents(
    run.map((record) => record.events ?? []),
    options.eventsLimit ?? 10,
  )
  return {
    id: incidentId(namespace, selector, startedAt),
    severity: severities[current],
    namespace,
    selector,
    current_health: current,
    previous_health: previous,
    started_at: startedAt,
    detected_at: newest.timestamp,
    summary: summaryOf(
      newest,
      previous,
      events.filter((event) => event.type === 'Warning').map((event) => event.reason),
    ),
    job_counts: { OK: newest.jobs_ok, WARN: newest.jobs_warn, ERROR: newest.jobs_error },
    recent_events: events.slice(-incidentEvents),
    ...failedJobs(run),
    labels: incidentLabels(run),
    flapping: false,
    look_further: lookFurther(namespace, selector),
  }
}

/** 12 hex digits, the same for the whole run of an incident. */
export function incidentId(namespace: string, selector: string, startedAt: string): string {
  return createHash('sha256').update(`${namespace}:${selector}:${startedAt}`).digest('hex').slice(0, 12)
}

function summaryOf(newest: HistoryRecord, previous: Health | null, reasons: string[]): string {
  const { overall_health: current, jobs_error, jobs_warn, errors = [] } = newest
  const parts = [previous ? `Health transitioned from ${previous} to ${current}.` : `Health is ${current}.`]
  if (jobs_error > 0) parts.push(`${jobs_error} job(s) in ERROR state.`)
  if (jobs_warn > 0) parts.push(`${jobs_warn} job(s) in WARN state.`)
  if (jobs_error + jobs_warn + newest.jobs_ok === 0) parts.push('No job was found.')
  if (errors.length > 0) parts.push(`${errors.length} error(s) while reading.`)
  const recent = [...new Set(reasons.reverse())].slice(0, incidentEvents)
  if (recent.length > 0) parts.push(`Recent warnings: ${recent.join(', ')}.`)
  return parts.join(' ')
}
