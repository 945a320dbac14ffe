/**
 * The delivery ledger: what was about to be sent and what came of it, beside the history. It is kept by the same kind of
 * store, so it is as durable: an intent is there before anything leaves the machine.
 *
 * One attempt is up to four entries: `claim` (a run wants to send on a channel), `turn` (it has drawn a number, see
 * turn.ts), `intent` (it is about to send) and `outcome`. Entries are facts that are only added, so that they may be read
 * in any order and more than once.
 */
import type { AlertKind, HistoryRecord, HistoryStore, Incident, Severity } from '@arbk8s/plugin-kit'

import { ArbError, isArbError, messageOf } from '../base/errors.js'
import { cleanLine } from '../base/text.js'

/** Whose alerts. */
export interface SeriesKey {
  namespace: string
  selector: string
}

interface EntryBase {
  /** The entry's place in the ledger: never before what its writer had read, even where a clock was set back. */
  timestamp: string
  /** The writer's clock. */
  at: string
  channel: string
}

/** What all entries of one attempt have. */
export interface AttemptEntry extends EntryBase, SeriesKey {
  /** Names one attempt. */
  attempt: string
}

export interface LedgerClaim extends AttemptEntry {
  phase: 'claim'
}

export interface LedgerTurn extends AttemptEntry {
  phase: 'turn'
  number: number
}

export interface LedgerIntent extends AttemptEntry {
  phase: 'intent'
  kind: AlertKind
  alert_id: string
  sequence: number
  /** What is sent about, without its evidence. */
  incident: Incident
  /** The channels that failed and for which this one stands in. */
  stands_in_for: string[]
}

/** `left`: nothing was sent, since another run did or does, or nothing is due any more. */
export type OutcomeStatus = 'delivered' | 'failed' | 'left'

export interface LedgerOutcome extends AttemptEntry {
  phase: 'outcome'
  status: OutcomeStatus
  reason: string | null
  /** How often it was tried; 0 for `left`. */
  tries: number
  /** What the channel wants back with the next alert about the incident. */
  reference: unknown
  /** Those of several recipients whom a delivered alert did not reach. */
  undelivered: { to: string; reason: string }[]
}

/** An incident that a silence kept from a channel; once for each of the three. */
export interface LedgerSilenced extends EntryBase, SeriesKey {
  phase: 'silenced'
  incident: Incident
  until: string
  reason: string
}

/** All that still matters of what stands before it, so that a reader need not go further back. */
export interface LedgerCheckpoint extends Omit<EntryBase, 'channel'> {
  phase: 'checkpoint'
  entries: (LedgerIntent | LedgerOutcome | LedgerSilenced)[]
}

export type AttemptPart = LedgerClaim | LedgerTurn | LedgerIntent | LedgerOutcome
export type LedgerEntry = AttemptPart | LedgerSilenced | LedgerCheckpoint

/** One try as the ledger tells it: without an outcome it is under way, or its process was killed. */
export interface Attempt extends SeriesKey {
  id: string
  channel: string
  /** By the writer's clock: its latest step before the outcome, ms. */
  at: number
  number: number | undefined
  intent: LedgerIntent | undefined
  outcome: LedgerOutcome | undefined
}

/** An attempt that may have reached people. */
export type Sent = Attempt & { intent: LedgerIntent }

/** The severity that an attempt told people. */
export function severityOf({ intent }: Sent): Severity {
  return intent.incident.severity
}

/** Where the ledger of a history stands: a file or prefix beside it. */
export function ledgerLocation(history: string): string {
  return `${history.replace(/\/+$/, '')}.alerts.jsonl`
}

/** Adds an entry; it is durable when this resolves. */
export async function addToLedger(ledger: HistoryStore, entry: LedgerEntry): Promise<void> {
  try {
    // A store keeps any object that has a timestamp.
    await ledger.append(entry as unknown as HistoryRecord)
  } catch (error) {
    if (isArbError(error)) throw error
    throw new ArbError({
      code: 'ARB_HISTORY_UNWRITABLE',
      message: `the delivery ledger cannot be written: ${cleanLine(messageOf(error))}`,
      hints: ['Without it nothing is sent, since nobody would know that it was.'],
      cause: error,
    })
  }
}

/** A stored value as an entry; undefined for what is none. */
export function asEntry(value: unknown): LedgerEntry | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const entry = value as Record<string, unknown>
  if (Number.isNaN(Date.parse(String(entry.timestamp)))) return undefined
  if (entry.phase === 'checkpoint') return Array.isArray(entry.entries) ? (value as LedgerCheckpoint) : undefined
  const texts = ['at', 'channel', 'namespace', 'selector'].every((field) => typeof entry[field] === 'string')
  if (!texts || Number.isNaN(Date.parse(String(entry.at)))) return undefined
  return isPart(entry) || isSilenced(entry) ? (value as LedgerEntry) : undefined
}

function isPart(entry: Record<string, unknown>): boolean {
  if (typeof entry.attempt !== 'string') return false
  switch (entry.phase) {
    case 'claim':
      return true
    case 'turn':
      return typeof entry.number === 'number'
    case 'intent':
      return typeof entry.kind === 'string' && typeof entry.alert_id === 'string' && hasIncident(entry)
    case 'outcome':
      return typeof entry.status === 'string'
    default:
      return false
  }
}

function isSilenced(entry: Record<string, unknown>): boolean {
  return entry.phase === 'silenced' && typeof entry.until === 'string' && hasIncident(entry)
}

function hasIncident({ incident }: Record<string, unknown>): boolean {
  return typeof (incident as { id?: unknown } | null | undefined)?.id === 'string'
}
