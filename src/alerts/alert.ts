/** Incident → Alert: the title, the text and the payload that notifiers send. */
import type { Alert, AlertKind, Health, HistoryRecord, Incident, Severity } from '@arbk8s/plugin-kit'

import { formatDuration } from '../base/duration.js'
import { alertText } from './alert-text.js'

const signs: Record<Severity, string> = { CRITICAL: '🚨', WARN: '⚠️', INFO: 'ℹ️' }

const openings: Record<AlertKind, string> = {
  opened: '',
  worse: 'The incident got worse. ',
  repeated: 'The incident is still open. ',
  resolved: '',
  flapping: 'The incident comes and goes. ',
  drill: 'This is a drill: nobody needs to act. ',
}

/** What an alert says about those before it on the same channel. */
export interface AlertContext {
  /** 1 for the first alert of this incident on this channel. Default 1. */
  sequence?: number
  /** What the last delivery about this incident on this channel returned as `reference`. Default null. */
  previous?: unknown
  /** By when the next word about an open incident is due; default null: none is. */
  expiresAt?: Date | null
}

/** The alert of an incident, ready to send. */
export function buildAlert(incident: Incident, kind: AlertKind, context: AlertContext = {}): Alert {
  const { severity, namespace, selector, current_health, started_at, detected_at } = incident
  const title = `${signs[severity]} K8s Alert: ${severity} – ${namespace}${kind === 'drill' ? ' (drill)' : ''}`
  const text = alertText(incident, openings[kind])
  const metadata = { incident_id: incident.id, started_at, detected_at, severity, namespace, selector }
  const payload = {
    alert_type: 'k8s_health' as const,
    title,
    severity,
    namespace,
    selector,
    current_health,
    text,
    metadata,
    incident,
  }
  const { sequence = 1, previous = null, expiresAt } = context
  return {
    id: `${incident.id}-${kind}-${sequence}`,
    kind,
    sequence,
    previous,
    expires_at: expiresAt?.toISOString() ?? null,
    title,
    text,
    severity,
    incident,
    payload,
  }
}

/**
 * The incident as its resolved notice tells it. `newest` is the newest record: where it is not OK, another incident has
 * begun since.
 */
export function resolvedIncident(incident: Incident, newest: HistoryRecord): Incident {
  const over = newest.overall_health === 'OK'
  const lasted = Date.parse(newest.timestamp) - Date.parse(incident.started_at)
  const after = lasted > 0 ? ` after at most ${formatDuration(lasted)}` : ''
  return {
    ...incident,
    severity: 'INFO',
    previous_health: incident.current_health,
    current_health: 'OK',
    detected_at: newest.timestamp,
    summary: over ? `Health is OK again${after}.` : 'Health was OK again; another incident has begun since.',
    job_counts: { OK: newest.jobs_ok, WARN: newest.jobs_warn, ERROR: newest.jobs_error },
    recent_events: [],
    failed_jobs: [],
    more_failed_jobs: 0,
  }
}

/** An alert that a person asked for to see whether a channel works. */
export function buildDrill(options: { namespace: string; selector: string; now: Date }): Alert {
  const time = options.now.toISOString()
  const health: Health = 'OK'
  const incident: Incident = {
    id: 'drill',
    severity: 'INFO',
    namespace: options.namespace,
    selector: options.selector,
    current_health: health,
    previous_health: null,
    started_at: time,
    detected_at: time,
    summary: 'If you can read this, the channel works.',
    job_counts: { OK: 0, WARN: 0, ERROR: 0 },
    recent_events: [],
    failed_jobs: [],
    more_failed_jobs: 0,
    labels: {},
    flapping: false,
    look_further: '',
  }
  // A receiver that drops what it has seen must not drop the next drill.
  return { ...buildAlert(incident, 'drill'), id: `drill-${options.now.getTime()}` }
}
