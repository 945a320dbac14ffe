/** The alert stage: history and ledger in, what is due out to every channel, what came of it back. */
import { randomUUID } from 'node:crypto'

import type { Alert, AlertKind, Health, HistoryStore, Incident, Notifier, Preview } from '@arbk8s/plugin-kit'

import { messageOf } from '../base/errors.js'
import type { Damage } from '../history/read.js'
import { buildAlert } from './alert.js'
import { deliver, type DeliveryLimits, longestDeliveryMs, preview } from './deliver.js'
import { incidentOf } from './incident.js'
import { addToLedger, type Attempt, type LedgerIntent, type LedgerOutcome, readLedger } from './ledger.js'
import { type Due, dueNow } from './lifecycle.js'
import { readRun, type Run } from './read-run.js'

/** A named channel, with limits of its own where it has some, or why its plugin could not be loaded. */
export type Channel =
  { name: string; notifier: Notifier; limits?: DeliveryLimits | undefined } | { name: string; error: string }

/** How long the channel may take: its own limits, else those of the command. */
export function limitsOf(channel: Channel, { timeoutMs, deadlineMs }: DeliveryLimits): DeliveryLimits {
  return ('limits' in channel && channel.limits) || { timeoutMs, deadlineMs }
}

/** What `sendAlerts` works with. */
export interface SendOptions {
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
  repeatIntervalMs: number
  /** For one try of an alert on a channel that has no limits of its own. */
  timeoutMs: number
  /** For all tries of it; default 30 s. */
  deadlineMs?: number | undefined
  /** The clock. */
  now: () => Date
  signal: AbortSignal
}

/** `would_send` and `previewed` (nothing due) in a dry-run; `not_due`, `delivered`, `failed` otherwise. */
export type AlertStatus = 'would_send' | 'previewed' | 'not_due' | 'delivered' | 'failed'

/** What came of one alert on one channel. */
export interface AlertOutcome {
  channel: string
  status: AlertStatus
  kind: AlertKind | null
  /** Why it is due or not, or why it failed. */
  reason: string
  incident: Incident | null
  preview: Preview | null
}

/** What `sendAlerts` did, or would do. */
export interface SendResult {
  mode: 'dry_run' | 'send'
  health: Health
  incident: Incident | null
  outcomes: AlertOutcome[]
  /** True where each alert that was due arrived, or would be sent. */
  complete: boolean
  damage: Damage
}

/**
 * Sends what is due, or shows it. Channels go side by side and do not wait for one another; a dead one is an outcome
 * with `failed`, never an exception. Throws where the history or the ledger cannot be used.
 */
export async function sendAlerts(options: SendOptions): Promise<SendResult> {
  const run = await readRun(options.store, options)
  const incident = incidentOf(run.records, options)
  const attempts = await readLedger(options.ledger, options)
  const perChannel = options.channels.map((channel) => alertChannel({ channel, run, incident, attempts, options }))
  const outcomes = (await Promise.all(perChannel)).flat()
  return {
    mode: options.dryRun ? 'dry_run' : 'send',
    health: run.newest.overall_health,
    incident: incident ?? null,
    outcomes,
    complete: outcomes.every((outcome) => outcome.status !== 'failed'),
    damage: run.damage,
  }
}

interface ChannelWork {
  channel: Channel
  run: Run
  incident: Incident | undefined
  attempts: Attempt[]
  options: SendOptions
}

async function alertChannel(work: ChannelWork): Promise<AlertOutcome[]> {
  const { channel } = work
  if ('error' in channel) {
    return [
      { channel: channel.name, status: 'failed', kind: null, reason: channel.error, incident: null, preview: null },
    ]
  }
  const outcomes: AlertOutcome[] = []
  for (const due of dueOn(work, work.attempts)) {
    outcomes.push(
      work.options.dryRun ? await show(work, channel.notifier, due) : await send(work, channel.notifier, due),
    )
  }
  return outcomes
}

function dueOn({ channel, run, incident, options }: ChannelWork, attempts: Attempt[]): Due[] {
  const own = attempts.filter((attempt) => attempt.intent.channel === channel.name)
  const { repeatIntervalMs } = options
  return dueNow({
    incident,
    newest: run.newest,
    attempts: own,
    now: options.now(),
    repeatIntervalMs,
    claimMs: claimMs(channel, options),
  })
}

/** An attempt older than this is over, killed or not: its deadline has passed. */
function claimMs(channel: Channel, options: SendOptions): number {
  return longestDeliveryMs(limitsOf(channel, options)) + 10_000
}

async function show({ channel, options }: ChannelWork, notifier: Notifier, due: Due): Promise<AlertOutcome> {
  const shown = await preview(notifier, alertOf(due), { ...options, ...limitsOf(channel, options) })
  const base = { channel: channel.name, kind: due.kind, incident: due.incident }
  if ('error' in shown) return { ...base, status: 'failed', reason: shown.error, preview: null }
  return { ...base, status: due.kind ? 'would_send' : 'previewed', reason: due.reason, preview: shown.preview }
}

function alertOf(due: Due): Alert {
  return buildAlert(due.incident, due.kind ?? 'repeated')
}

async function send(work: ChannelWork, notifier: Notifier, due: Due): Promise<AlertOutcome> {
  const { channel, options } = work
  const base = { channel: channel.name, incident: due.incident, preview: null }
  if (!due.kind) return { ...base, kind: null, status: 'not_due', reason: due.reason }
  try {
    const intent = await claim(work, due, due.kind)
    const taken = await takenByOther(work, intent)
    if (taken) {
      await settle(options, intent, { status: 'left', reason: taken })
      return { ...base, kind: null, status: 'not_due', reason: taken }
    }
    return { ...base, kind: due.kind, ...(await sendClaimed(work, notifier, intent, due)) }
  } catch (error) {
    return { ...base, kind: due.kind, status: 'failed', reason: `not sent: ${messageOf(error)}` }
  }
}

async function sendClaimed(
  { channel, options }: ChannelWork,
  notifier: Notifier,
  intent: LedgerIntent,
  due: Due,
): Promise<Pick<AlertOutcome, 'status' | 'reason'>> {
  const delivery = await deliver(notifier, alertOf(due), { ...options, ...limitsOf(channel, options) })
  const status = delivery.delivered ? 'delivered' : 'failed'
  const reason = delivery.delivered ? due.reason : delivery.reason
  try {
    await settle(options, intent, { status, reason })
    return { status, reason }
  } catch (error) {
    // What left the machine stays the truth; the next run may send it once more.
    return { status, reason: `${reason}; ${messageOf(error)}` }
  }
}

/** The intent, durable before anything is sent. */
async function claim({ channel, options }: ChannelWork, due: Due, kind: AlertKind): Promise<LedgerIntent> {
  const intent: LedgerIntent = {
    timestamp: options.now().toISOString(),
    phase: 'intent',
    attempt: randomUUID(),
    channel: channel.name,
    kind,
    incident: { ...due.incident, recent_events: [] },
  }
  await addToLedger(options.ledger, intent)
  return intent
}

/**
 * Of two runs at once the one whose intent stands first in the ledger sends. Read again behind our own intent, so that
 * whatever another run did in between is seen.
 */
async function takenByOther(work: ChannelWork, intent: LedgerIntent): Promise<string | undefined> {
  const attempts = await readLedger(work.options.ledger, work.options)
  const own = attempts.findIndex((attempt) => attempt.intent.attempt === intent.attempt)
  const due = dueOn(work, attempts.slice(0, own)).find((entry) => entry.incident.id === intent.incident.id)
  if (!due) return 'another run has sent it meanwhile'
  return due.kind ? undefined : due.reason
}

async function settle(
  { ledger, now }: SendOptions,
  { attempt, channel, kind, incident }: LedgerIntent,
  { status, reason }: Pick<LedgerOutcome, 'status' | 'reason'>,
): Promise<void> {
  const timestamp = now().toISOString()
  await addToLedger(ledger, {
    timestamp,
    phase: 'outcome',
    attempt,
    channel,
    kind,
    incident_id: incident.id,
    status,
    reason,
  })
}
