/**
 * What the present rules would have sent over a past history, record by record, as though a run had come right behind
 * each and every channel had taken what it was sent. Sends nothing and writes nothing.
 */
import type { AlertKind, HistoryRecord, HistoryStore, Severity } from '@arbk8s/plugin-kit'

import { defaultLifecycle } from '../base/alert-rules.js'
import { type Damage, noDamage, readRecords } from '../history/read.js'
import { begun, nextSequence, standing } from './attempts.js'
import { type Channel, idOf } from './channel.js'
import { neededOf } from './checkpoint.js'
import type { Attempt, LedgerIntent, SeriesKey } from './ledger.js'
import type { Due } from './lifecycle.js'
import { enoughOf, slim } from './read-run.js'
import { type AlertRules, decider } from './send.js'
import { Series } from './series.js'

/** What `replayAlerts` works with. */
export interface ReplayOptions extends AlertRules, SeriesKey {
  store: HistoryStore
  /** Only their names, fallbacks and standing by count; nothing of a plugin is called. */
  channels: Channel[]
  since: Date
  eventsLimit: number
  historyLimit: number
  signal: AbortSignal
}

/** One alert that would have gone out, or that a silence would have kept back. */
export interface ReplayEntry {
  at: string
  channel: string
  /** Null where it is silenced. */
  kind: AlertKind | null
  severity: Severity
  incident: string
  reason: string
  summary: string
}

/** What came of a replay. */
export interface ReplayResult {
  /** Records within the time. */
  records: number
  entries: ReplayEntry[]
  /** Silences without a beginning, which say nothing about the past. */
  leftOut: number
  damage: Damage
}

/** Throws where the history cannot be read. */
export async function replayAlerts(options: ReplayOptions): Promise<ReplayResult> {
  const damage = noDamage()
  const { records, fromStart } = await pastRecords(options, damage)
  const lifecycle = options.lifecycle ?? defaultLifecycle
  const series = new Series({ ...options, ...lifecycle }, fromStart)
  const silences = (options.silences ?? []).filter(({ from }) => from !== undefined)
  const ledgers = new Map<string, Attempt[]>()
  const told = new Set<string>()
  const entries: ReplayEntry[] = []
  let counted = 0
  for (const record of records) {
    options.signal.throwIfAborted()
    series.push(record)
    const now = new Date(record.timestamp)
    const decide = decider(series.situation()!, { ...options, silences, now: () => now, timeoutMs: 0, deadlineMs: 0 })
    const within = now >= options.since
    if (within) counted++
    for (const channel of options.channels) {
      const attempts = ledgers.get(idOf(channel)) ?? []
      for (const due of decide(channel, attempts)) {
        const entry = entryOf(due, channel, now, told)
        if (due.kind) attempts.push(simulated(due, channel, { attempts, now }))
        if (entry && within) entries.push(entry)
      }
      ledgers.set(idOf(channel), attempts.length > 50 ? neededOf(begun(attempts), now) : attempts)
    }
  }
  return { records: counted, entries, leftOut: (options.silences?.length ?? 0) - silences.length, damage }
}

/** From before `since` as far back as it takes to know how things stood then; without their evidence. */
async function pastRecords(
  options: ReplayOptions,
  damage: Damage,
): Promise<{ records: HistoryRecord[]; fromStart: boolean }> {
  const { namespace, selector, since } = options
  const { openAfter, closeAfter, flapWindowMs } = options.lifecycle ?? defaultLifecycle
  const records: HistoryRecord[] = []
  let enough: ((older: HistoryRecord[]) => boolean) | undefined
  const older: HistoryRecord[] = []
  for await (const record of readRecords(options.store, { namespace, selector, newestFirst: true }, damage)) {
    options.signal.throwIfAborted()
    records.push(slim(record))
    if (new Date(record.timestamp) >= since) continue
    older.push(records.at(-1)!)
    enough ??= enoughOf({ historyLimit: 1, openAfter, closeAfter, backMs: 2 * flapWindowMs })
    if (enough(older)) return { records: records.reverse(), fromStart: false }
  }
  return { records: records.reverse(), fromStart: true }
}

function entryOf(due: Due, channel: Channel, now: Date, told: Set<string>): ReplayEntry | undefined {
  const { incident, kind, reason, silence } = due
  const { id, severity, summary } = incident
  const entry = { at: now.toISOString(), channel: channel.name, kind, severity, incident: id, reason, summary }
  if (kind) return entry
  const once = JSON.stringify([idOf(channel), id, silence?.until])
  if (!silence || told.has(once)) return undefined
  told.add(once)
  return entry
}

/** An attempt as it would stand in the ledger, delivered at once. */
function simulated(due: Due, channel: Channel, { attempts, now }: { attempts: Attempt[]; now: Date }): Attempt {
  const { incident } = due
  const kind = due.kind!
  const own = begun(attempts).filter(({ intent }) => intent.incident.id === incident.id)
  const sequence = nextSequence(standing(own, { now, claimMs: 0 }))
  const id = `${incident.id}-${kind}-${sequence}`
  const { namespace, selector } = incident
  const time = now.toISOString()
  const entry = { timestamp: time, at: time, attempt: id, channel: idOf(channel), namespace, selector }
  const intent: LedgerIntent = { ...entry, phase: 'intent', kind, alert_id: id, sequence, incident, stands_in_for: [] }
  const outcome = { ...entry, phase: 'outcome', status: 'delivered', reason: null, tries: 1 } as const
  return {
    id,
    channel: idOf(channel),
    namespace,
    selector,
    at: now.getTime(),
    number: 1,
    intent,
    outcome: { ...outcome, reference: null, undelivered: [] },
  }
}
