/** Health → Record: one line of history, written here and checked here when it comes back. */
import type { Health, HistoryRecord, WireEvent, WireJobSummary } from '@arbk8s/plugin-kit'

import { isRecord } from '../base/json.js'
import { cleanDeep } from '../base/text.js'
import type { ClusterEvent } from '../cluster/types.js'
import type { JobHealth, SessionHealth } from '../health/types.js'
import { durationSeconds } from '../health/wire.js'
import { selectEvents } from './events.js'
import { utcTimestamp } from './timestamp.js'

/** Warning events that a record keeps at most, unless told otherwise. */
export const defaultEventsLimit = 20

/** The record of a judged session, with its Warning events, since clusters forget them after about an hour. */
export function toRecord(
  health: SessionHealth,
  events: ClusterEvent[] = [],
  options: { eventsLimit?: number } = {},
): HistoryRecord {
  const count = (state: Health): number => health.jobs.filter((job) => job.health === state).length
  return {
    timestamp: health.timestamp,
    namespace: health.namespace,
    selector: health.selector,
    overall_health: health.overallHealth,
    jobs_ok: count('OK'),
    jobs_warn: count('WARN'),
    jobs_error: count('ERROR'),
    raw_snapshot: null,
    session_id: sessionOf(health),
    errors: health.errors,
    jobs: health.jobs.map((job) => jobSummary(job, health.timestamp)),
    events: selectEvents(events, { limit: options.eventsLimit ?? defaultEventsLimit, warningsOnly: true }),
  }
}

function sessionOf({ jobs, selector }: SessionHealth): string | null {
  const ids = new Set(jobs.map((job) => job.labels.session_id).filter((id) => id !== undefined))
  if (ids.size === 1) return [...ids][0]!
  return /(?:^|,)\s*session_id\s*==?\s*([^,\s]+)/.exec(selector)?.[1] ?? null
}

function jobSummary(job: JobHealth, now: string): WireJobSummary {
  return {
    job_name: job.jobName,
    phase: job.phase,
    health: job.health,
    reasons: job.reasons,
    duration_seconds: durationSeconds(job, now),
    worker_id: job.workerId,
    retries: job.retries,
    uid: job.uid,
  }
}

const healths: readonly unknown[] = ['OK', 'WARN', 'ERROR']

/**
 * A value from a store as a record, or the reason why it is none. Only the original's first seven fields are needed;
 * of the further ones what has the wrong shape is left out. Texts are cleaned of control characters: anyone may have
 * written the file.
 */
export function parseRecord(value: unknown): { record: HistoryRecord } | { reason: string } {
  if (!isRecord(value)) return { reason: 'it is not an object' }
  const reason = wrongField(value)
  if (reason) return { reason }
  const timestamp = utcTimestamp(String(value.timestamp))
  if (!timestamp) return { reason: `timestamp "${String(value.timestamp)}" is not a time` }
  const { jobs_ok, jobs_warn, jobs_error, raw_snapshot = null } = value
  const texts = cleanDeep({ namespace: value.namespace, selector: value.selector, ...optionalFields(value) })
  const counts = { jobs_ok, jobs_warn, jobs_error }
  const first = {
    timestamp,
    namespace: texts.namespace,
    selector: texts.selector,
    overall_health: value.overall_health,
  }
  return { record: { ...first, ...counts, raw_snapshot, ...texts } as HistoryRecord }
}

function wrongField(value: Record<string, unknown>): string | undefined {
  for (const field of ['timestamp', 'namespace', 'selector']) {
    if (typeof value[field] !== 'string') return `${field} is missing or not text`
  }
  if (!healths.includes(value.overall_health)) return 'overall_health is not OK, WARN or ERROR'
  for (const field of ['jobs_ok', 'jobs_warn', 'jobs_error']) {
    if (!isCount(value[field])) return `${field} is missing or not a whole number of Jobs`
  }
  return undefined
}

function optionalFields(value: Record<string, unknown>): Partial<HistoryRecord> {
  const fields: Partial<HistoryRecord> = {}
  if (typeof value.session_id === 'string' || value.session_id === null) fields.session_id = value.session_id
  if (Array.isArray(value.errors)) fields.errors = value.errors.filter((error) => typeof error === 'string')
  if (Array.isArray(value.jobs)) fields.jobs = value.jobs.filter(isJobSummary)
  if (Array.isArray(value.events)) fields.events = value.events.filter(isWireEvent)
  return fields
}

function isJobSummary(value: unknown): value is WireJobSummary {
  return (
    isRecord(value) &&
    typeof value.job_name === 'string' &&
    typeof value.phase === 'string' &&
    healths.includes(value.health) &&
    Array.isArray(value.reasons) &&
    (value.duration_seconds === null || typeof value.duration_seconds === 'number') &&
    (value.worker_id === null || typeof value.worker_id === 'string') &&
    (value.uid === null || typeof value.uid === 'string') &&
    isCount(value.retries)
  )
}

function isWireEvent(value: unknown): value is WireEvent {
  if (!isRecord(value)) return false
  const texts = ['type', 'reason', 'message', 'involved_kind', 'involved_name', 'involved_namespace']
  const times = [value.first_timestamp, value.last_timestamp]
  return (
    texts.every((field) => typeof value[field] === 'string') &&
    times.every((time) => time === null || typeof time === 'string') &&
    isCount(value.count)
  )
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
