/** One channel: what is due on it is shown, or sent with its traces in the ledger. */
import type { Alert, AlertKind } from '@arbk8s/plugin-kit'

import { messageOf } from '../base/errors.js'
import { buildAlert } from './alert.js'
import { begun, lastReference, nextSequence, slimIncident, standing } from './attempts.js'
import { type Channel, idOf, limitsOf, type LoadedChannel, previewOn } from './channel.js'
import { type Delivered, deliver, type DeliveryLimits, longestDeliveryMs } from './deliver.js'
import type { Attempt, LedgerIntent, LedgerOutcome, LedgerSilenced, SeriesKey } from './ledger.js'
import type { LedgerView } from './ledger-view.js'
import type { Due } from './lifecycle.js'
import type { AlertOutcome } from './outcome.js'
import { takeTurn } from './turn.js'

/** What all channels of a run work with. */
export interface RunContext extends SeriesKey, DeliveryLimits {
  view: LedgerView
  dryRun: boolean
  repeatIntervalMs: number
  now: () => Date
  signal: AbortSignal
}

/** What one channel has to do. */
export interface ChannelWork {
  channel: Channel
  context: RunContext
  /** What is due on the channel after these attempts. */
  duesOf: (attempts: Attempt[]) => Due[]
  standsInFor: string[]
}

type LoadedWork = ChannelWork & { channel: LoadedChannel }

/** What came of it; `failed` are the alerts that did not arrive. */
export interface ChannelReport {
  channel: Channel
  outcomes: AlertOutcome[]
  failed: Due[]
}

/** An attempt older than this is over, killed or not: its deadline has passed, by whichever machine's clock. */
export function claimMs(channel: Channel, limits: DeliveryLimits): number {
  return longestDeliveryMs(limitsOf(channel, limits)) + 30_000
}

/** Works off what is due, one after the other. Whatever fails is an outcome. */
export async function workChannel(work: ChannelWork): Promise<ChannelReport> {
  const { channel, context, duesOf } = work
  const dues = duesOf(attemptsOf(work))
  if ('error' in channel) {
    const outcome = { ...base(work), status: 'failed', kind: null, reason: channel.error, incident: null } as const
    return { channel, outcomes: [outcome], failed: dues.filter(({ kind }) => kind) }
  }
  const report: ChannelReport = { channel, outcomes: [], failed: [] }
  const loaded = { ...work, channel }
  for (const due of dues) {
    const outcome = context.dryRun ? await show(loaded, due) : await send(loaded, due)
    report.outcomes.push(outcome)
    if (outcome.status === 'failed') report.failed.push(due)
  }
  return report
}

function base({ channel, standsInFor }: ChannelWork) {
  return { channel: channel.name, preview: null, ...(standsInFor.length > 0 ? { standsInFor } : {}) }
}

function attemptsOf({ channel, context }: ChannelWork): Attempt[] {
  return context.view.attemptsOf(context, idOf(channel))
}

async function show(work: LoadedWork, due: Due): Promise<AlertOutcome> {
  const { context, channel } = work
  const alert = alertOf(work, due)
  const shown = await previewOn(channel, alert, context)
  const about = { ...base(work), kind: due.kind, incident: due.incident, alertId: due.kind ? alert.id : null }
  if ('error' in shown) return { ...about, status: 'failed', reason: shown.error }
  const status = due.silence ? 'silenced' : due.kind ? 'would_send' : 'previewed'
  const instead = due.kind && channel.fallback ? `; ${channel.fallback} stands in if it fails` : ''
  return { ...about, status, reason: due.reason + instead, preview: shown.preview }
}

function alertOf(work: ChannelWork, due: Due): Alert {
  const { context, standsInFor } = work
  const { incident } = due
  // Of what is not due the next word is shown.
  const kind = due.kind ?? due.held ?? 'repeated'
  const own = begun(attemptsOf(work)).filter(({ intent }) => intent.incident.id === incident.id)
  const group = standing(own, { now: context.now(), claimMs: claimMs(work.channel, context) })
  const alert = buildAlert(incident, kind, {
    sequence: nextSequence(group),
    previous: lastReference(group),
    expiresAt: kind === 'resolved' ? null : nextWord(context),
  })
  return standsInFor.length > 0 ? asStandIn(alert, standsInFor) : alert
}

/** The repeat interval, and time for a schedule to come round. */
function nextWord({ now, repeatIntervalMs }: RunContext): Date {
  return new Date(now().getTime() + repeatIntervalMs + Math.max(600_000, repeatIntervalMs / 10))
}

function asStandIn(alert: Alert, names: string[]): Alert {
  const text = `This channel stands in for ${names.join(' and ')}, which could not be reached.\n\n${alert.text}`
  return { ...alert, text, payload: { ...alert.payload, text } }
}

async function send(work: LoadedWork, due: Due): Promise<AlertOutcome> {
  const about = { ...base(work), incident: due.incident, kind: due.kind }
  try {
    if (due.silence) await recordSilence(work, due, due.silence.until)
    if (!due.kind) return { ...about, status: due.silence ? 'silenced' : 'not_due', reason: due.reason }
    const intent = await begin(work, due, due.kind)
    if ('left' in intent) return { ...about, kind: null, status: 'not_due', reason: intent.left }
    return { ...about, alertId: intent.alert.id, ...(await sendBegun(work, intent, due)) }
  } catch (error) {
    return { ...about, status: 'failed', reason: `not sent: ${messageOf(error)}` }
  }
}

async function recordSilence({ channel, context }: ChannelWork, { incident, silence }: Due, end: number) {
  const { namespace, selector, view } = context
  const until = new Date(end).toISOString()
  const key = { namespace, selector }
  if (view.wasSilenced(idOf(channel), { ...key, incident: incident.id, until })) return
  const about = { ...key, incident: slimIncident(incident), until, reason: silence!.reason }
  await view.add<LedgerSilenced>({ phase: 'silenced', channel: idOf(channel), ...about })
}

interface Begun {
  intent: LedgerIntent
  alert: Alert
}

/** The intent, durable before anything is sent; or why this run leaves the alert alone. */
async function begin(work: LoadedWork, due: Due, kind: AlertKind): Promise<Begun | { left: string }> {
  const { channel, context, standsInFor } = work
  const { namespace, selector, view, now, signal } = context
  const key = { channel: idOf(channel), namespace, selector }
  const turn = await takeTurn(view, key, { claimMs: claimMs(channel, context), now, signal })
  const left = turn.taken ?? overtaken(work, due, turn.attempt)
  if (left !== undefined) {
    await settle(context, { attempt: turn.attempt, ...key }, { status: 'left', reason: left, tries: 0 })
    return { left }
  }
  const alert = alertOf(work, due)
  const intent = await view.add<LedgerIntent>({
    phase: 'intent',
    attempt: turn.attempt,
    ...key,
    kind,
    alert_id: alert.id,
    sequence: alert.sequence,
    incident: slimIncident(due.incident),
    stands_in_for: standsInFor,
  })
  return { intent, alert }
}

/** What is still due when the turn has come: another run may have sent it meanwhile. */
function overtaken(work: ChannelWork, due: Due, own: string): string | undefined {
  const attempts = attemptsOf(work).filter(({ id }) => id !== own)
  const now = work.duesOf(attempts).find(({ incident }) => incident.id === due.incident.id)
  if (now?.kind === due.kind) return undefined
  return now?.reason ?? 'another run has sent it meanwhile'
}

async function sendBegun({ channel, context }: LoadedWork, { intent, alert }: Begun, due: Due) {
  const delivery = await deliver(channel.notifier, alert, { ...context, ...limitsOf(channel, context) })
  const came = cameOf(delivery, due.reason)
  try {
    const reference = delivery.delivered ? (delivery.reference ?? null) : null
    await settle(context, intent, { ...came, reference })
    return came
  } catch (error) {
    // What left the machine stays the truth; the next run may send it once more.
    return { ...came, reason: `${came.reason}; ${messageOf(error)}` }
  }
}

function cameOf(delivery: Delivered, reason: string) {
  const { tries } = delivery
  if (!delivery.delivered) return { status: 'failed', reason: delivery.reason, tries } as const
  return { status: 'delivered', reason, tries, undelivered: delivery.undelivered ?? [] } as const
}

async function settle(
  { view }: RunContext,
  { attempt, channel, namespace, selector }: Pick<LedgerIntent, 'attempt' | 'channel' | 'namespace' | 'selector'>,
  outcome: Pick<LedgerOutcome, 'status' | 'reason' | 'tries'> & Partial<LedgerOutcome>,
): Promise<void> {
  const key = { attempt, channel, namespace, selector }
  await view.add<LedgerOutcome>({ phase: 'outcome', reference: null, undelivered: [], ...key, ...outcome })
}
