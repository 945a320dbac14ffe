/** What attempts come to: which are under way, which reached people, which are still owed. Pure. */
import type { Incident } from '@arbk8s/plugin-kit'

import type { Attempt, Sent } from './ledger.js'

/** What an attempt's age is judged by. */
export interface AttemptTimes {
  now: Date
  /** How long an attempt without an outcome counts as being under way. */
  claimMs: number
}

/** For channels whose limits are not known: by then an attempt without an outcome was killed. */
export const usualClaimMs = 10 * 60_000
/** An alert whose process was killed in the middle is sent again once: at most twice in all. */
const maxUnsettled = 2
/** Clocks of several machines may differ so much; what lies further ahead was written before a clock was set back. */
export const maxLeadMs = 5 * 60_000
/** So long is an alert that could not be delivered in time told as over. */
const owedMs = 24 * 3_600_000

/** True while the attempt may be under way in another run. */
export function isFresh({ at, outcome }: Attempt, { now, claimMs }: AttemptTimes): boolean {
  const age = now.getTime() - at
  return !outcome && age < claimMs && age > -maxLeadMs
}

/** Attempts that have come to the point of sending, those left aside taken out. */
export function begun(attempts: Attempt[]): Sent[] {
  return attempts.filter(
    (attempt): attempt is Sent => attempt.intent !== undefined && attempt.outcome?.status !== 'left',
  )
}

/** Attempts that reached people, or must be taken to have done so. */
export function arrived(attempts: Attempt[], times: AttemptTimes): Sent[] {
  const unsettled = new Map<string, number>()
  return begun(attempts).filter((attempt) => {
    const { intent, outcome } = attempt
    if (outcome) return outcome.status === 'delivered'
    if (isFresh(attempt, times)) return false
    const tries = (unsettled.get(intent.alert_id) ?? 0) + 1
    unsettled.set(intent.alert_id, tries)
    return tries >= maxUnsettled
  })
}

/** Attempts by the channel and the series that they are about. */
export function byChannel(attempts: Attempt[]): Attempt[][] {
  const groups = new Map<string, Attempt[]>()
  for (const attempt of attempts) {
    const key = JSON.stringify([attempt.channel, attempt.namespace, attempt.selector])
    const group = groups.get(key)
    if (group) group.push(attempt)
    else groups.set(key, [attempt])
  }
  return [...groups.values()]
}

/** Attempts by the incident that they are about, the incident of the newest last. */
export function byIncident(attempts: Sent[]): Map<string, Sent[]> {
  const groups = new Map<string, Sent[]>()
  for (const attempt of attempts) {
    const { id } = attempt.intent.incident
    const group = groups.get(id) ?? []
    groups.delete(id)
    groups.set(id, [...group, attempt])
  }
  return groups
}

/** How one channel stands to one incident. */
export interface Standing {
  attempts: Sent[]
  told: Sent[]
  last: Sent | undefined
  /** People were told of the incident and not yet of its end. */
  open: boolean
}

/** How a channel stands to an incident; `attempts` are those about it. */
export function standing(attempts: Sent[], times: AttemptTimes): Standing {
  const told = arrived(attempts, times)
  const last = told.at(-1)
  return { attempts, told, last, open: last !== undefined && last.intent.kind !== 'resolved' }
}

/** True where people should have been told of the incident and nothing arrived. */
export function neverArrived({ attempts, last }: Standing): boolean {
  return last === undefined && attempts.some(({ intent }) => intent.kind !== 'resolved')
}

/** Of incidents that nobody could be told of, the newest is told as over when the channel works again, within a day. */
export function owedIncident(standings: Standing[], { now }: AttemptTimes): Standing | undefined {
  const owed = standings.filter(neverArrived).at(-1)
  const at = owed?.attempts.findLast(({ intent }) => intent.kind !== 'resolved')?.at ?? 0
  return now.getTime() - at < owedMs ? owed : undefined
}

/** The number of the channel's next alert about the incident: the same until one has arrived. */
export function nextSequence({ last }: Standing): number {
  return (last?.intent.sequence ?? 0) + 1
}

/** What the channel's last delivery about the incident wants back. */
export function lastReference({ attempts }: Standing): unknown {
  return attempts.findLast(({ outcome }) => outcome?.status === 'delivered')?.outcome?.reference ?? null
}

/** The incident as the ledger keeps it: without evidence, which is long and stands in the history. */
export function slimIncident(incident: Incident): Incident {
  return { ...incident, recent_events: [], failed_jobs: [] }
}
