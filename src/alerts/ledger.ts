/**
 * The delivery ledger: what was about to be sent and what came of it, one entry each, beside the history. It is kept by
 * the same kind of store, so it is as durable: an intent is there before anything leaves the machine.
 */
import type { AlertKind, HistoryRecord, HistoryStore, Incident, Severity } from '@arbk8s/plugin-kit'

import { ArbError, isArbError, messageOf } from '../base/errors.js'
import { cleanLine } from '../base/text.js'

interface LedgerKey {
  timestamp: string
  /** Names one try; an outcome has its intent's. */
  attempt: string
  channel: string
  kind: AlertKind
}

export interface LedgerIntent extends LedgerKey {
  phase: 'intent'
  /** What is sent about, without its events. */
  incident: Incident
}

export interface LedgerOutcome extends LedgerKey {
  phase: 'outcome'
  incident_id: string
  /** `left` where another run was found to be sending the same. */
  status: 'delivered' | 'failed' | 'left'
  reason: string | null
}

export type LedgerEntry = LedgerIntent | LedgerOutcome

/** One try as the ledger tells it: without an outcome it is under way, or its process was killed. */
export interface Attempt {
  intent: LedgerIntent
  outcome: LedgerOutcome | undefined
}

/** The severity that an attempt told people. */
export function severityOf({ intent }: Attempt): Severity {
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

/** Every attempt about the namespace and selector, in the ledger's order; none where there is no ledger yet. */
export async function readLedger(
  ledger: HistoryStore,
  { namespace, selector }: { namespace: string; selector: string },
): Promise<Attempt[]> {
  const attempts = new Map<string, Attempt>()
  try {
    for await (const stored of ledger.read()) {
      const entry = 'record' in stored ? asEntry(stored.record) : undefined
      if (entry?.phase === 'outcome') {
        const attempt = attempts.get(entry.attempt)
        if (attempt) attempt.outcome = entry
      } else if (entry && entry.incident.namespace === namespace && entry.incident.selector === selector) {
        attempts.set(entry.attempt, { intent: entry, outcome: undefined })
      }
    }
  } catch (error) {
    if (isArbError(error)) throw error
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      const message = `the delivery ledger cannot be read: ${cleanLine(messageOf(error))}`
      throw new ArbError({ code: 'ARB_HISTORY_UNREADABLE', message, cause: error })
    }
  }
  return [...attempts.values()]
}

function asEntry(value: unknown): LedgerEntry | undefined {
  const entry = value as { [field in keyof LedgerIntent | keyof LedgerOutcome]?: unknown }
  const named = [entry.attempt, entry.channel, entry.kind].every((name) => typeof name === 'string')
  if (!named || Number.isNaN(Date.parse(String(entry.timestamp)))) return undefined
  if (entry.phase === 'outcome') return value as LedgerOutcome
  const { id } = (entry.incident ?? {}) as { id?: unknown }
  return entry.phase === 'intent' && typeof id === 'string' ? (value as LedgerIntent) : undefined
}
