/** Alerts and what came of them, for people and on the wire. */
import type { AlertKind, Health, Incident } from '@arbk8s/plugin-kit'

import type { AlertOutcome, AlertStatus, SendResult } from '../../alerts/send.js'
import type { NeverDelivered } from '../../alerts/never-delivered.js'
import { count } from '../../base/text.js'
import type { Damage } from '../../history/read.js'

export interface AlertOutcomeView {
  channel: string
  status: AlertStatus
  kind: AlertKind | null
  reason: string
  incident_id: string | null
  /** In a dry-run: where the alert would go, and exactly what. */
  destination: string | null
  content_type: string | null
  body: string | null
  /** The alert's own id, the same each time that it is tried: `INCIDENT-KIND-SEQUENCE`. */
  alert_id: string | null
  /** How often it was tried in this run. */
  tries: number
  /** Recipients whom a delivered alert did not reach. */
  undelivered: { to: string; reason: string }[]
  /** The failed channels for which this one stands in. */
  stands_in_for: string[]
}

/** What `alerts send --json` prints. */
export interface AlertsSendView {
  mode: 'dry_run' | 'send'
  health: Health
  incident: Incident | null
  alerts: AlertOutcomeView[]
  /** What a person should know: a silence in force or over, an incident that no route fits. */
  notes: string[]
  /** Alerts of the last seven days that never arrived, or of which nobody knows. */
  never_delivered: NeverDelivered[]
  damaged: Damage
}

/** What `alerts test --json` prints. */
export interface AlertsTestView {
  mode: 'dry_run' | 'send'
  alerts: AlertOutcomeView[]
}

/** The result on the wire. */
export function alertsView(result: SendResult): AlertsSendView {
  const { mode, health, incident, outcomes, notes, neverDelivered, damage } = result
  const alerts = outcomes.map(outcomeView)
  return { mode, health, incident, alerts, notes, never_delivered: neverDelivered, damaged: damage }
}

/** One channel's outcome on the wire. */
export function outcomeView(outcome: AlertOutcome): AlertOutcomeView {
  const { channel, status, kind, reason, incident, preview } = outcome
  return {
    channel,
    status,
    kind,
    reason,
    incident_id: incident?.id ?? null,
    destination: preview?.destination ?? null,
    content_type: preview?.contentType ?? null,
    body: preview?.body ?? null,
    alert_id: outcome.alertId ?? null,
    tries: outcome.tries ?? 0,
    undelivered: outcome.undelivered ?? [],
    stands_in_for: outcome.standsInFor ?? [],
  }
}

/** The result as text: the incident, then what each channel was sent, or would be. */
export function alertsText({ mode, health, incident, outcomes, notes, neverDelivered }: SendResult): string {
  const head = incident
    ? `Incident ${incident.id} ${incident.severity}, since ${incident.started_at}: ${incident.summary}`
    : noIncident(health)
  const note = mode === 'dry_run' && outcomes.length > 0 ? ['Dry-run: nothing was sent. --no-dry-run sends.'] : []
  return [head, ...notes, ...outcomes.map(outcomeText), ...neverDelivered.map(neverDeliveredText), ...note].join('\n')
}

function noIncident(health: Health): string {
  if (health === 'OK') return 'No incident: health is OK.'
  return `No incident yet: health is ${health}, in fewer records in a row than open_after asks for.`
}

/** An alert that never arrived, in one line. */
export function neverDeliveredText(entry: NeverDelivered): string {
  const { channel, severity, incident, namespace, selector, started_at, kind, tries, last_try, reason } = entry
  const about = `${severity} incident ${incident} of ${namespace} ${selector}, since ${started_at}`
  return `${channel}: NEVER delivered: ${about} (${kind}: ${count(tries, 'try', 'tries')}, last ${last_try}): ${reason}`
}

const words: Record<AlertStatus, (outcome: AlertOutcome) => string> = {
  would_send: ({ preview, kind, reason }) => `would send to ${preview?.destination} (${kind}: ${reason})`,
  previewed: ({ reason }) => `would not send now: ${reason}`,
  not_due: ({ reason }) => `nothing to send: ${reason}`,
  silenced: ({ reason }) => `not sent: ${reason}`,
  delivered: ({ kind, reason }) => `delivered (${kind}: ${reason})`,
  failed: ({ reason }) => `NOT delivered: ${reason}`,
}

/** One channel's outcome as text; a preview stands exactly as it would go out. */
export function outcomeText(outcome: AlertOutcome): string {
  const { channel, status, preview, standsInFor = [], undelivered = [] } = outcome
  const standIn = standsInFor.length > 0 ? `, standing in for ${standsInFor.join(' and ')}` : ''
  const missed = undelivered.map(({ to, reason }) => `\n  NOT delivered to ${to}: ${reason}`).join('')
  const line = `${channel}: ${words[status](outcome)}${standIn}${missed}`
  return preview ? `${line}\n--- ${preview.contentType}\n${preview.body.trimEnd()}\n---` : line
}
