/** Alerts and what came of them, for people and on the wire. */
import type { AlertKind, Health, Incident } from '@arbk8s/plugin-kit'

import type { AlertOutcome, AlertStatus, SendResult } from '../../alerts/send.js'
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
}

/** What `alerts send --json` prints. */
export interface AlertsSendView {
  mode: 'dry_run' | 'send'
  health: Health
  incident: Incident | null
  alerts: AlertOutcomeView[]
  damaged: Damage
}

/** What `alerts test --json` prints. */
export interface AlertsTestView {
  mode: 'dry_run' | 'send'
  alerts: AlertOutcomeView[]
}

/** The result on the wire. */
export function alertsView({ mode, health, incident, outcomes, damage }: SendResult): AlertsSendView {
  return { mode, health, incident, alerts: outcomes.map(outcomeView), damaged: damage }
}

/** One channel's outcome on the wire. */
export function outcomeView({ channel, status, kind, reason, incident, preview }: AlertOutcome): AlertOutcomeView {
  return {
    channel,
    status,
    kind,
    reason,
    incident_id: incident?.id ?? null,
    destination: preview?.destination ?? null,
    content_type: preview?.contentType ?? null,
    body: preview?.body ?? null,
  }
}

/** The result as text: the incident, then what each channel was sent, or would be. */
export function alertsText({ mode, health, incident, outcomes }: SendResult): string {
  const head = incident
    ? `Incident ${incident.id} ${incident.severity}, since ${incident.started_at}: ${incident.summary}`
    : `No incident: health is ${health}.`
  const note = mode === 'dry_run' && outcomes.length > 0 ? ['Dry-run: nothing was sent. --no-dry-run sends.'] : []
  return [head, ...outcomes.map(outcomeText), ...note].join('\n')
}

/** One channel's outcome as text; a preview stands exactly as it would go out. */
export function outcomeText({ channel, status, kind, reason, preview }: AlertOutcome): string {
  const words: Record<AlertStatus, string> = {
    would_send: `would send to ${preview?.destination} (${kind}: ${reason})`,
    previewed: `would not send now: ${reason}`,
    not_due: `nothing to send: ${reason}`,
    delivered: `delivered (${kind}: ${reason})`,
    failed: `NOT delivered: ${reason}`,
  }
  const line = `${channel}: ${words[status]}`
  return preview ? `${line}\n--- ${preview.contentType}\n${preview.body.trimEnd()}\n---` : line
}
