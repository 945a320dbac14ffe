/** The alert stage: history and ledger in, what is due out to every channel, what came of it back. */
import type { Health, HistoryStore, Incident } from '@arbk8s/plugin-kit'

import { defaultLifecycle, type LifecycleRules, type Route, type Silence } from '../base/alert-rules.js'
import type { Damage } from '../history/read.js'
import { usualClaimMs } from './attempts.js'
import { type Channel, idOf } from './channel.js'
import { checkpointWhenLong } from './checkpoint.js'
import { standIns } from './fallback.js'
import type { Attempt } from './ledger.js'
import { ledgerDamageNote, LedgerView } from './ledger-view.js'
import { leftOpenNotes } from './left-open.js'
import { type Due, dueNow } from './lifecycle.js'
import { routeChannels, silenceNotes, silenceOf } from './match.js'
import { type NeverDelivered, neverDelivered } from './never-delivered.js'
import type { AlertOutcome } from './outcome.js'
import { readRun, type Run } from './read-run.js'
import { type ChannelReport, claimMs, type RunContext, workChannel } from './send-channel.js'
import { Series, type Situation } from './series.js'

export { type Channel, limitsOf } from './channel.js'
export type { AlertOutcome, AlertStatus } from './outcome.js'

/** Who is told of what, and when an incident begins and ends. */
export interface AlertRules {
  /** After how long an open incident is sent again, ms. */
  repeatIntervalMs: number
  /** Default: one bad record opens, one good one closes, six changes within an hour are flapping. */
  lifecycle?: LifecycleRules | undefined
  /** Who is told of which incident; without routes, and where none fits, all channels that do not stand by. */
  routes?: Route[] | undefined
  silences?: Silence[] | undefined
}

/** What `sendAlerts` works with. */
export interface SendOptions extends AlertRules {
  namespace: string
  selector: string
  store: HistoryStore
  ledger: HistoryStore
  channels: Channel[]
  /** True shows what would be sent and changes nothing. */
  dryRun: boolean
  /** Records whose events are looked at; the start of the incident is found however old it is. */
  historyLimit: number
  eventsLimit: number
  /** For one try of an alert on a channel that has no limits of its own. */
  timeoutMs: number
  /** For all tries of it; default 30 s. */
  deadlineMs?: number | undefined
  /** The clock. */
  now: () => Date
  signal: AbortSignal
}

/** What `sendAlerts` did, or would do. */
export interface SendResult {
  mode: 'dry_run' | 'send'
  health: Health
  incident: Incident | null
  outcomes: AlertOutcome[]
  /** True where each alert that was due arrived at all its recipients, or would be sent. */
  complete: boolean
  /** What a person should know: a silence, an incident that no route fits. */
  notes: string[]
  /** Alerts of the last days that never arrived, or of which nobody knows. */
  neverDelivered: NeverDelivered[]
  damage: Damage
  /** What of the ledger could not be read; `notes` tells of it too. */
  ledgerDamage: Damage
}

/**
 * Sends what is due, or shows it. Channels go side by side and do not wait for one another; a dead one is an outcome
 * with `failed`, never an exception. Throws where the history or the ledger cannot be used.
 */
export async function sendAlerts(options: SendOptions): Promise<SendResult> {
  const lifecycle = options.lifecycle ?? defaultLifecycle
  const run = await readRun(options.store, {
    ...options,
    ...lifecycle,
    backMs: lifecycle.flapChanges > 0 ? 2 * lifecycle.flapWindowMs : 0,
  })
  const situation = situationOf(run, { ...options, ...lifecycle })
  const view = await new LedgerView(options.ledger, options.now).load()
  const context: RunContext = { ...options, view }
  const decide = decider(situation, options)
  const reports = await Promise.all(
    options.channels.map((channel) =>
      workChannel({ channel, context, duesOf: (attempts) => decide(channel, attempts), standsInFor: [] }),
    ),
  )
  if (!options.dryRun) reports.push(...(await standIns(reports, context, { ...options, decide })))
  if (!options.dryRun) await checkpointWhenLong(view, options.now())
  return resultOf(reports, { situation, options, view, damage: run.damage })
}

/** How the records that were read leave the series. */
export function situationOf(run: Run, options: ConstructorParameters<typeof Series>[0]): Situation {
  const series = new Series(options, run.fromStart)
  for (const record of run.records) series.push(record)
  return series.situation()!
}

/** Says what is due on a channel after these attempts; `forced` as though a route named it. */
export type Decide = (channel: Channel, attempts: Attempt[], forced?: boolean) => Due[]

/** Decides for every channel by one look at the rules. */
export function decider(
  situation: Situation,
  options: AlertRules & Pick<SendOptions, 'now' | 'timeoutMs' | 'deadlineMs'>,
): Decide {
  const { routes = [], silences = [], repeatIntervalMs, now } = options
  const { flapWindowMs } = options.lifecycle ?? defaultLifecycle
  const subject = situation.subject ?? situation.incident
  return (channel, attempts, forced = false) => {
    const time = now()
    const named = subject && routeChannels(routes, subject, time)
    const routed = named ? named.includes(channel.name) || named.includes(idOf(channel)) : !channel.standby
    return dueNow({
      situation,
      attempts,
      routed: forced || routed,
      silence: subject && silenceOf(silences, subject, time),
      now: time,
      claimMs: claimMs(channel, options),
      repeatIntervalMs,
      flapWindowMs,
    })
  }
}

interface Seen {
  situation: Situation
  options: SendOptions
  view: LedgerView
  damage: Damage
}

/** Without a new record for so long, "health is OK" is a word about the past. */
const staleMs = 24 * 3_600_000

function resultOf(reports: ChannelReport[], { situation, options, view, damage }: Seen): SendResult {
  const outcomes = reports.flatMap((report) => report.outcomes)
  const failing = outcomes.flatMap(({ status, incident }) => (status === 'failed' && incident ? [incident.id] : []))
  const ledgerNote = ledgerDamageNote(view.damage)
  const skip = new Set([...failing, ...(situation.incident ? [situation.incident.id] : [])])
  return {
    mode: options.dryRun ? 'dry_run' : 'send',
    health: situation.newest.overall_health,
    incident: situation.incident ?? null,
    outcomes,
    complete: outcomes.every(({ status, undelivered = [] }) => status !== 'failed' && undelivered.length === 0),
    notes: [
      ...(ledgerNote === undefined ? [] : [ledgerNote]),
      ...notesOf(situation, options, reports),
      ...leftOpen(situation, options, view),
    ],
    neverDelivered: neverDelivered(view.attemptsOf(options), options.now()).filter(
      ({ incident }) => !skip.has(incident),
    ),
    damage,
    ledgerDamage: view.damage,
  }
}

/** While the series flaps, no end is told to anyone. */
function leftOpen({ incident, flapping }: Situation, options: SendOptions, view: LedgerView): string[] {
  if (flapping) return []
  const times = { now: options.now(), claimMs: usualClaimMs }
  return leftOpenNotes(view.attemptsOf(options), { ...options, present: incident?.id, times })
}

function notesOf(situation: Situation, options: SendOptions, reports: ChannelReport[]): string[] {
  const { incident, flapping, changes, newest } = situation
  const { silences = [], now } = options
  const silence = incident && silenceOf(silences, incident, now())
  const notes: string[] = []
  if (flapping) notes.push(`The series flaps: ${changes} changes of state within the window.`)
  if (incident && silence)
    notes.push(
      `${incident.severity} incident ${incident.id} is silenced until ${dateOf(silence.until)}: ${silence.reason}`,
    )
  const nobody = reports.every(({ outcomes }) => outcomes.every((outcome) => outcome.incident?.id !== incident?.id))
  if (incident && !silence && nobody && reports.every(({ channel }) => !('error' in channel)))
    notes.push(`No route fits incident ${incident.id}: nobody is told. A last route without "match" fits all.`)
  if (now().getTime() - Date.parse(newest.timestamp) > staleMs)
    notes.push(
      `Nothing has been recorded since ${newest.timestamp}, for more than a day: does health record still run?`,
    )
  notes.push(...silenceNotes(silences, now()))
  return notes
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString()
}
