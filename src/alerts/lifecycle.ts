/** How things stand and what the ledger says → what is due on a channel now. Pure. */
import type { AlertKind, Incident, Severity } from '@arbk8s/plugin-kit'

import type { Silence } from '../base/alert-rules.js'
import { formatDuration } from '../base/duration.js'
import { resolvedIncident } from './alert.js'
import {
  arrived,
  type AttemptTimes,
  begun,
  byIncident,
  isFresh,
  maxLeadMs,
  neverArrived,
  owedIncident,
  type Standing,
  standing,
} from './attempts.js'
import { type Attempt, type Sent, severityOf } from './ledger.js'
import type { Situation } from './series.js'

export interface Due {
  incident: Incident
  /** Null where nothing is to be sent about this incident now. */
  kind: AlertKind | null
  /** What would be sent if a silence or another run did not keep it back. */
  held?: AlertKind
  /** Why it is sent, or why not. */
  reason: string
  /** What keeps it from being sent. */
  silence?: Silence
}

export interface DueOptions extends AttemptTimes {
  situation: Situation
  /** The channel's attempts about the series, in the ledger's order. */
  attempts: Attempt[]
  /** Whether present incidents are for this channel; the end of what it was told of always is. */
  routed: boolean
  /** The silence that the open incident falls under. */
  silence: Silence | undefined
  repeatIntervalMs: number
  flapWindowMs: number
}

export const rank: Record<Severity, number> = { INFO: 0, WARN: 1, CRITICAL: 2 }

/**
 * What is due: the end of what is over, then the present incident. A series that flaps is said to do so once; endings and
 * new beginnings are told when it is calm. Each entry with a kind is to be sent, in this order.
 */
export function dueNow(options: DueOptions): Due[] {
  const groups = standings(options)
  const { situation } = options
  const ended = situation.flapping ? [] : endedDue(groups, options)
  const present = presentDue(groups, options)
  const dues = [...ended, ...(present ? [present] : [])].map((due) => afterSilence(due, options))
  // Runs that have not come to the point of sending stand in line, as this one will.
  const busy = options.attempts.some((attempt) => attempt.intent && isFresh(attempt, options))
  return busy ? dues.map((due) => (due.kind ? { ...due, kind: null, held: due.kind, reason: underWay } : due)) : dues
}

/** Said of what another run takes care of. */
export const underWay = 'another run is sending it right now'

function standings(options: DueOptions): Map<string, Standing> {
  const groups = byIncident(begun(options.attempts))
  return new Map([...groups].map(([id, attempts]) => [id, standing(attempts, options)]))
}

function afterSilence(due: Due, { silence }: DueOptions): Due {
  // The end of what people were told of goes out: it is good news, and pagers wait for it.
  if (!silence || !due.kind || due.kind === 'resolved') return due
  const until = new Date(silence.until).toISOString()
  return { ...due, kind: null, held: due.kind, reason: `silenced until ${until}: ${silence.reason}`, silence }
}

/** Notices of the end: of what was told, and of the newest that could not be told while it lasted. */
function endedDue(groups: Map<string, Standing>, options: DueOptions): Due[] {
  const { incident: present } = options.situation
  const over = [...groups].filter(([id]) => id !== present?.id).map(([, group]) => group)
  const owed = owedIncident(over, options)
  return over.filter((group) => group.open || group === owed).map((group) => resolvedDue(group, options))
}

function resolvedDue(group: Standing, { situation }: DueOptions): Due {
  const { incident } = (group.last ?? group.attempts.at(-1)!).intent
  const resolved = resolvedIncident(incident, situation.newest)
  // A bad record that opens no incident yet.
  if (situation.newest.overall_health !== 'OK' && !situation.incident) resolved.summary = 'Health was OK again.'
  if (!neverArrived(group)) return { incident: resolved, kind: 'resolved', reason: 'the incident is over' }
  resolved.summary += ' Its beginning could not be delivered.'
  return { incident: resolved, kind: 'resolved', reason: 'the incident is over and could not be delivered before' }
}

function presentDue(groups: Map<string, Standing>, options: DueOptions): Due | undefined {
  const { situation, routed } = options
  if (!routed) return undefined
  if (situation.flapping) return flappingDue(arrived(options.attempts, options).at(-1), options)
  const { incident } = situation
  return incident && { incident, ...nextKind(incident, groups.get(incident.id), options) }
}

/** What a channel is told of a series that flaps; `told` is the last that it was told of the series. */
function flappingDue(told: Sent | undefined, options: DueOptions): Due {
  const { situation, flapWindowMs } = options
  const subject = situation.subject!
  const often = `${situation.changes} changes of state within ${formatDuration(flapWindowMs)}`
  if (!told?.intent.incident.flapping || told.intent.kind === 'resolved') {
    const incident = { ...subject, summary: `${often}; now ${situation.newest.overall_health}. ${subject.summary}` }
    return { incident, kind: 'flapping', reason: often }
  }
  // While it is open, it may still get worse, and stay so.
  const next = situation.incident && openKind(subject, told, options)
  if (next?.kind) return { incident: subject, ...next }
  return { incident: subject, kind: null, reason: `it flaps (${often}), which was told; more when it is calm` }
}

type Next = Pick<Due, 'kind' | 'reason'>

function nextKind(incident: Incident, group: Standing | undefined, options: DueOptions): Next {
  const told = group?.last
  // A told end of what is open again happens where the rules have changed meanwhile.
  if (!told || told.intent.kind === 'resolved') return { kind: 'opened', reason: 'the incident is new' }
  if (told.intent.incident.flapping) {
    const before = group.told.some(({ intent }) => intent.kind !== 'flapping')
    return { kind: before ? 'repeated' : 'opened', reason: 'the series is calm, and the incident is open' }
  }
  return openKind(incident, told, options)
}

/** What is due about an open incident that was told. */
function openKind(incident: Incident, told: Sent, { now, repeatIntervalMs }: DueOptions): Next {
  const before = severityOf(told)
  if (rank[incident.severity] > rank[before]) {
    return { kind: 'worse', reason: `it was ${before} when it was sent last` }
  }
  const sentAt = Date.parse(told.intent.at)
  if (sentAt - now.getTime() > maxLeadMs)
    return { kind: 'repeated', reason: `the clock was set back since it was sent, at ${told.intent.at}` }
  const nextAt = new Date(sentAt + repeatIntervalMs)
  const ago = formatDuration(Math.max(0, now.getTime() - sentAt))
  if (now >= nextAt) return { kind: 'repeated', reason: `it was sent ${ago} ago and is still open` }
  return { kind: null, reason: `it was sent ${ago} ago; it is sent again after ${nextAt.toISOString()}` }
}
