/**
 * Of several runs at once, one sends. A store has neither locks nor conditional writes, two of its entries may have one
 * timestamp, and it may list a later entry before an earlier one; so runs take turns as at a bakery (Lamport, 1974): say
 * that one is about to draw a number, draw one above all that are seen, and go only when nobody is drawing and nobody has
 * a lower one. This needs no more of the store than that what was appended is read by whoever reads afterwards.
 */
import { randomUUID } from 'node:crypto'

import { sleep } from '../base/wait.js'
import { type AttemptTimes, isFresh } from './attempts.js'
import type { Attempt, LedgerClaim, LedgerTurn, SeriesKey } from './ledger.js'
import type { LedgerView } from './ledger-view.js'
import { underWay } from './lifecycle.js'

/** What a turn is about: one run at a time sends about a series on a channel. */
export interface TurnKey extends SeriesKey {
  channel: string
}

export interface TurnOptions {
  claimMs: number
  now: () => Date
  signal: AbortSignal
}

/** How long a run that draws its number is waited for; after that it was killed, or is slow: the next run sees. */
const drawMs = 2000
const pollMs = 40

/** An attempt that may send now, or why it may not; either is in the ledger. */
export interface Turn {
  attempt: string
  taken: string | undefined
}

/** Draws a number and waits for those who are drawing. Afterwards `view` knows all that went before. */
export async function takeTurn(view: LedgerView, key: TurnKey, options: TurnOptions): Promise<Turn> {
  const attempt = randomUUID()
  const start = options.now().getTime()
  await view.add<LedgerClaim>({ phase: 'claim', attempt, ...key })
  await view.refresh(start)
  const seen = others(view, key, attempt, options).map((other) => other.number ?? 0)
  const number = Math.max(0, ...seen) + 1
  await view.add<LedgerTurn>({ phase: 'turn', attempt, number, ...key })
  for (let waited = 0; ; waited += pollMs) {
    await view.refresh(start)
    const fresh = others(view, key, attempt, options)
    if (fresh.some((other) => other.intent || isBefore(other, { number, id: attempt }))) {
      return { attempt, taken: underWay }
    }
    if (fresh.every((other) => other.number !== undefined)) return { attempt, taken: undefined }
    if (waited >= drawMs) return { attempt, taken: underWay }
    await sleep(pollMs, options.signal)
  }
}

function isBefore({ number, id }: Pick<Attempt, 'number' | 'id'>, own: { number: number; id: string }): boolean {
  return number !== undefined && (number < own.number || (number === own.number && id < own.id))
}

/** Attempts of other runs that may be under way. */
function others(view: LedgerView, key: TurnKey, own: string, { claimMs, now }: TurnOptions): Attempt[] {
  const times: AttemptTimes = { now: now(), claimMs }
  return view.attemptsOf(key, key.channel).filter((attempt) => attempt.id !== own && isFresh(attempt, times))
}
