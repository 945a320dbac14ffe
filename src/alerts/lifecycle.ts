/** Incident and ledger → what is due on a channel now. Pure: the history and the ledger are all there is to know. */
import type { AlertKind, HistoryRecord, Incident, Severity } from '@arbk8s/plugin-kit'

import { formatDuration } from '../base/duration.js'
import { resolvedIncident } from './alert.js'
import { type Attempt, severityOf } from './ledger.js'

export interface Due {
  incident: Incident
  /** Null where nothing is to be sent about this incident now. */
  kind: AlertKind | null
  /** Why it is sent, or why not. */
  reason: string
}

export interface DueOptions {
  incident: Incident | undefined
  newest: HistoryRecord
  /** The channel's attempts, oldest first. */
  attempts: Attempt[]
  now: Date
  repeatIntervalMs: number
  /** How long an attempt without an outcome counts as being under way. */
  claimMs: number
}

const rank: Record<Severity, number> = { INFO: 0, WARN: 1, CRITICAL: 2 }
/** An alert whose process was killed in the middle is sent again once: at most twice in all. */
const maxUnsettled = 2

/** What is due: resolved notices of incidents that are over, then the present incident. */
export function dueNow(options: DueOptions): Due[] {
  const { incident, newest } = options
  const groups = groupById(options.attempts)
  const resolved = [...groups].flatMap(([id, attempts]) =>
    id === incident?.id || !isOpen(attempts, options) ? [] : [resolvedDue(attempts, newest, options)],
  )
  return incident ? [...resolved, presentDue(incident, groups.get(incident.id) ?? [], options)] : resolved
}

function groupById(attempts: Attempt[]): Map<string, Attempt[]> {
  const groups = new Map<string, Attempt[]>()
  for (const attempt of attempts) {
    const { id } = attempt.intent.incident
    groups.set(id, [...(groups.get(id) ?? []), attempt])
  }
  return groups
}

/** True where people were told of the incident and not yet of its end. */
function isOpen(attempts: Attempt[], options: DueOptions): boolean {
  const told = arrived(attempts, options).at(-1)
  return told !== undefined && told.intent.kind !== 'resolved'
}

function resolvedDue(attempts: Attempt[], newest: HistoryRecord, options: DueOptions): Due {
  const told = arrived(attempts, options).at(-1)!
  const incident = resolvedIncident(told.intent.incident, newest)
  return underWay(attempts, 'resolved', options) ?? { incident, kind: 'resolved', reason: 'the incident is over' }
}

function presentDue(incident: Incident, attempts: Attempt[], options: DueOptions): Due {
  const told = arrived(attempts, options).at(-1)
  const next = nextKind(incident, told, options)
  return (next.kind && underWay(attempts, next.kind, options)) || { incident, ...next }
}

function nextKind(incident: Incident, told: Attempt | undefined, options: DueOptions): Pick<Due, 'kind' | 'reason'> {
  if (!told) return { kind: 'opened', reason: 'the incident is new' }
  const before = severityOf(told)
  if (rank[incident.severity] > rank[before]) {
    return { kind: 'worse', reason: `it was ${before} when it was sent last` }
  }
  const sentAt = Date.parse(told.intent.timestamp)
  const nextAt = new Date(sentAt + options.repeatIntervalMs)
  const ago = formatDuration(Math.max(0, options.now.getTime() - sentAt))
  if (options.now >= nextAt) return { kind: 'repeated', reason: `it was sent ${ago} ago and is still open` }
  return { kind: null, reason: `it was sent ${ago} ago; it is sent again after ${nextAt.toISOString()}` }
}

/** Attempts that reached people, or must be taken to have done so. */
function arrived(attempts: Attempt[], options: DueOptions): Attempt[] {
  const unsettled = new Map<AlertKind, number>()
  return attempts.filter(({ intent, outcome }) => {
    if (outcome?.status === 'delivered') unsettled.clear()
    if (outcome) return outcome.status === 'delivered'
    if (isFresh(intent.timestamp, options)) return false
    unsettled.set(intent.kind, (unsettled.get(intent.kind) ?? 0) + 1)
    return unsettled.get(intent.kind)! >= maxUnsettled
  })
}

function underWay(attempts: Attempt[], kind: AlertKind, options: DueOptions): Due | undefined {
  const other = attempts.find(
    ({ intent, outcome }) => !outcome && intent.kind === kind && isFresh(intent.timestamp, options),
  )
  return other && { incident: other.intent.incident, kind: null, reason: 'another run is sending it right now' }
}

function isFresh(timestamp: string, { now, claimMs }: DueOptions): boolean {
  return now.getTime() - Date.parse(timestamp) < claimMs
}
