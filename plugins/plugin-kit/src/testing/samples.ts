/** Records and alerts to test with, hard ones among them. */
import type { Alert, AlertKind, FailedJob, HistoryRecord, Incident, WireEvent } from '../index.js'

/** Text that breaks what is careless: quotes, newlines, separators, markup, an emoji, a right-to-left override. */
export const hardText = 'a "quoted" \\ line\nnext\r\n<b>&amp; <!channel> =1+1 \u2028 \u202e 🚨 名'

/** A record; `minute` counts from a fixed time, so that order is easy to see. */
export function sampleRecord(minute = 0, fields: Partial<HistoryRecord> = {}): HistoryRecord {
  return {
    timestamp: new Date(Date.UTC(2025, 10, 16, 10, minute)).toISOString(),
    namespace: 'trading-bots',
    selector: 'session_id=demo',
    overall_health: 'OK',
    jobs_ok: 2,
    jobs_warn: 0,
    jobs_error: 0,
    raw_snapshot: null,
    ...fields,
  }
}

export function sampleEvent(fields: Partial<WireEvent> = {}): WireEvent {
  return {
    type: 'Warning',
    reason: 'BackoffLimitExceeded',
    message: 'Job has reached the specified backoff limit',
    involved_kind: 'Job',
    involved_name: 'arb-tuning-demo-worker-1-0',
    involved_namespace: 'trading-bots',
    first_timestamp: '2025-11-16T10:05:00Z',
    last_timestamp: '2025-11-16T10:05:00Z',
    count: 1,
    raw: null,
    ...fields,
  }
}

/** A worker that ended with an exit code. */
export function sampleFailedJob(fields: Partial<FailedJob> = {}): FailedJob {
  return {
    job_name: 'arb-tuning-demo-worker-1-0',
    worker_id: 'worker-1',
    reasons: ['job_failed', 'crash'],
    cause: {
      class: 'crash',
      reason: 'Error',
      message: 'the container ended with exit code 3',
      fix: 'Read its last lines.',
      pod: 'arb-tuning-demo-worker-1-0-abcde',
      container: 'arb-tuning-demo-worker-1-0',
      exit_code: 3,
      signal: null,
      last_lines: ['loading prices', 'error: up-down.csv is missing'],
    },
    ...fields,
  }
}

/** An alert of a failed session. */
export function sampleAlert(kind: AlertKind = 'opened', fields: Partial<Incident> = {}): Alert {
  const incident: Incident = {
    id: '0123456789ab',
    severity: kind === 'resolved' || kind === 'drill' ? 'INFO' : 'CRITICAL',
    namespace: 'trading-bots',
    selector: 'session_id=demo',
    current_health: kind === 'resolved' ? 'OK' : 'ERROR',
    previous_health: kind === 'resolved' ? 'ERROR' : 'OK',
    started_at: '2025-11-16T10:05:00Z',
    detected_at: '2025-11-16T10:06:00Z',
    summary: 'Health transitioned from OK to ERROR. 1 job(s) in ERROR state.',
    job_counts: { OK: 1, WARN: 0, ERROR: 1 },
    recent_events: [sampleEvent()],
    failed_jobs: [sampleFailedJob()],
    more_failed_jobs: 0,
    labels: { session_id: 'demo', mode: 'paper' },
    flapping: kind === 'flapping',
    look_further: 'arbk8s health check -n trading-bots -l session_id=demo --explain',
    ...fields,
  }
  const title = `🚨 K8s Alert: ${incident.severity} – ${incident.namespace}`
  const { severity, namespace, selector, current_health, summary: text } = incident
  const metadata = {
    incident_id: incident.id,
    started_at: incident.started_at,
    detected_at: incident.detected_at,
    severity,
    namespace,
    selector,
  }
  const payload = { alert_type: 'k8s_health' as const, title, severity, namespace, selector, current_health, text }
  return {
    id: `${incident.id}-${kind}-1`,
    kind,
    sequence: 1,
    previous: null,
    expires_at: kind === 'resolved' || kind === 'drill' ? null : '2025-11-16T14:06:00Z',
    title,
    text,
    severity,
    incident,
    payload: { ...payload, metadata, incident },
  }
}
