/** Alerts that never arrived, told again so that they are not lost in silence. Pure. */
import type { AlertKind, Severity } from '@arbk8s/plugin-kit'

import { begun, byChannel, byIncident, neverArrived, type Standing, standing, usualClaimMs } from './attempts.js'
import type { Attempt } from './ledger.js'

/** One incident of which a channel's people know nothing, as far as is known. */
export interface NeverDelivered {
  channel: string
  /** The incident's id. */
  incident: string
  namespace: string
  selector: string
  severity: Severity
  kind: AlertKind
  started_at: string
  /** When it was tried last. */
  last_try: string
  tries: number
  reason: string
}

const toldForMs = 7 * 24 * 3_600_000

/** Of all attempts those that failed and were never made good, the newest last; for seven days. */
export function neverDelivered(attempts: Attempt[], now: Date): NeverDelivered[] {
  return byChannel(attempts)
    .flatMap((own) => [...byIncident(begun(own)).values()])
    .map((group) => standing(group, { now, claimMs: usualClaimMs }))
    .flatMap(asNeverDelivered)
    .filter(({ last_try }) => now.getTime() - Date.parse(last_try) < toldForMs)
}

function asNeverDelivered(group: Standing): NeverDelivered[] {
  const unknown = group.told.length > 0 && group.told.every(({ outcome }) => !outcome)
  if (!unknown && !neverArrived(group)) return []
  const last = group.attempts.at(-1)!
  const { channel, namespace, selector, intent, outcome } = last
  const why = outcome ? (outcome.reason ?? 'no reason was given') : 'its run was killed: it may have arrived or not'
  return [
    {
      channel,
      incident: intent.incident.id,
      namespace,
      selector,
      severity: group.attempts[0]!.intent.incident.severity,
      kind: intent.kind,
      started_at: intent.incident.started_at,
      last_try: intent.at,
      tries: group.attempts.reduce((sum, attempt) => sum + (attempt.outcome?.tries ?? 1), 0),
      reason: why,
    },
  ]
}
