/** A value from a store → Record: anyone may have written it. */
import type { HistoryRecord, RecordedCause, WireEvent, WireJobSummary } from '@arbk8s/plugin-kit'

import { isRecord } from '../base/json.js'
import { cleanDeep } from '../base/text.js'
import { labelsOf } from './labels.js'
import { utcTimestamp } from './timestamp.js'

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
  if (Array.isArray(value.jobs)) fields.jobs = value.jobs.filter(isJobSummary).map(withCause)
  if (Array.isArray(value.events)) fields.events = value.events.filter(isWireEvent)
  if (isRecord(value.labels)) fields.labels = labelsOf(value.labels)
  return fields
}

function isJobSummary(value: unknown): value is WireJobSummary {
  return (
    isRecord(value) &&
    typeof value.job_name === 'string' &&
    typeof value.phase === 'string' &&
    healths.includes(value.health) &&
    isTexts(value.reasons) &&
    (value.duration_seconds === null || typeof value.duration_seconds === 'number') &&
    (value.worker_id === null || typeof value.worker_id === 'string') &&
    (value.uid === null || typeof value.uid === 'string') &&
    isCount(value.retries)
  )
}

/** The Job without a cause of the wrong shape; its other fields are worth keeping. */
function withCause({ cause, ...job }: WireJobSummary): WireJobSummary {
  if (cause === undefined) return job
  return { ...job, cause: isCause(cause) ? cause : null }
}

function isCause(value: unknown): value is RecordedCause {
  if (!isRecord(value)) return false
  const { fix, pod, container, exit_code, signal, last_lines } = value
  return (
    [value.class, value.reason, value.message].every((text) => typeof text === 'string') &&
    [fix, pod, container].every((text) => text === null || typeof text === 'string') &&
    [exit_code, signal].every((number) => number === null || Number.isSafeInteger(number)) &&
    isTexts(last_lines)
  )
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
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
