/**
 * Alertmanager's API v2: an array of alerts. One is told from another by all of its labels, so these hold only what stays
 * the same from the first alert of an incident to its end; everything else is an annotation.
 */
import type { Alert, Incident, Severity } from '@arbk8s/plugin-kit'

import { statusRefusal } from '../answer.js'
import { cut, fitted } from '../shorten.js'
import type { FormContext, Message } from './index.js'

const maxBytes = 512_000
const maxText = 8192

type AlertmanagerSeverity = 'critical' | 'warning' | 'info'

const severities: Record<Severity, AlertmanagerSeverity> = { CRITICAL: 'critical', WARN: 'warning', INFO: 'info' }

interface AlertmanagerAlert {
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: string
  endsAt?: string
}

export function alertmanagerForm(alert: Alert, context: FormContext): Message {
  const alerts = alertsOf(alert, context)
  const annotations = alerts.map((each) => each.annotations)
  return {
    contentType: 'application/json; charset=utf-8',
    // Labels stay whole: they are the identity.
    body: fitted(annotations, maxBytes, (fit) =>
      JSON.stringify(alerts.map((each, i) => ({ ...each, annotations: fit[i] ?? {} }))),
    ),
    refusal: (response) =>
      statusRefusal(response) ?? (response.status === 200 ? undefined : 'not the answer of Alertmanager, which is 200'),
  }
}

/**
 * The alert; and behind it, where an earlier one may have had another severity, the end of that one: routes go by the
 * label `severity`, which is part of what tells alerts apart.
 */
function alertsOf(alert: Alert, context: FormContext): AlertmanagerAlert[] {
  const { kind, incident, expires_at, sequence } = alert
  const severity = kind === 'resolved' ? toldSeverity(incident) : severities[alert.severity]
  const firing = { ...described(alert, severity, context), startsAt: incident.started_at }
  const over = endOf(incident, context.now)
  const first =
    kind === 'resolved' ? { ...firing, endsAt: over } : expires_at ? { ...firing, endsAt: expires_at } : firing
  if (sequence === 1) return [first]
  const other = severity === 'critical' ? 'warning' : 'critical'
  return [first, { ...described(alert, other, context), startsAt: incident.started_at, endsAt: over }]
}

/** A resolved notice tells how bad it was as the health before. */
function toldSeverity({ previous_health }: Incident): AlertmanagerSeverity {
  return previous_health === 'WARN' ? 'warning' : 'critical'
}

/** The past moment at which something ended. */
function endOf({ detected_at, started_at }: Incident, now: Date): string {
  const end = Math.min(Date.parse(detected_at), now.getTime())
  return new Date(Math.max(end, Date.parse(started_at))).toISOString()
}

function described(alert: Alert, severity: AlertmanagerSeverity, { settings }: FormContext) {
  const { incident, kind, title, text } = alert
  const { id, namespace, selector } = incident
  const labels = {
    ...selectorLabels(selector),
    ...settings.labels,
    alertname: kind === 'drill' ? 'Arbk8sDrill' : 'Arbk8sIncident',
    severity,
    namespace: cut(namespace, 253),
    selector: cut(selector, maxText),
    incident_id: cut(id, 253),
  }
  return { labels, annotations: annotationsOf(incident, { title, text, alert_id: alert.id }) }
}

/** What the selector asks for by name and value: as stable as the series itself. */
function selectorLabels(selector: string): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const term of selector.split(',')) {
    const [, name, value] = /^\s*([^\s=!()]+)\s*==?\s*([^\s=!()]+)\s*$/.exec(term) ?? []
    if (name && value) labels[labelName(name)] = cut(value, 253)
  }
  return labels
}

/** `app.kubernetes.io/name` → `app_kubernetes_io_name`, as Prometheus does. */
function labelName(name: string): string {
  return cut(name.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d)/, '_'), 253)
}

function annotationsOf(incident: Incident, own: Record<string, string>): Record<string, string> {
  const { summary, current_health, previous_health, detected_at, job_counts, failed_jobs, more_failed_jobs } = incident
  const more = more_failed_jobs > 0 ? [`and ${more_failed_jobs} more`] : []
  const all: Record<string, string> = {
    summary,
    description: own.text ?? '',
    title: own.title ?? '',
    alert_id: own.alert_id ?? '',
    current_health,
    previous_health: previous_health ?? '',
    detected_at,
    jobs: `${job_counts.OK} OK, ${job_counts.WARN} WARN, ${job_counts.ERROR} ERROR`,
    failed_jobs: [...failed_jobs.map(({ job_name, reasons }) => `${job_name}: ${reasons.join(', ')}`), ...more].join(
      '\n',
    ),
    look_further: incident.look_further,
  }
  const said = Object.entries(all).filter(([, text]) => text !== '')
  return Object.fromEntries(said.map(([name, text]) => [name, cut(text, maxText)]))
}
