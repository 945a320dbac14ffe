/**
 * A checkpoint in the ledger: all that still matters of what stands before it. A reader begins at the newest one, so that
 * its work does not grow with the ledger; whatever stands an hour before it may be deleted.
 */
import { begun, byChannel, byIncident, neverArrived, standing, usualClaimMs } from './attempts.js'
import type { LedgerCheckpoint, LedgerIntent, LedgerOutcome, LedgerSilenced, Sent } from './ledger.js'
import type { LedgerView } from './ledger-view.js'

/** Entries behind the newest checkpoint that make another one worth writing. */
const longEntries = 300
const keepOwedMs = 7 * 24 * 3_600_000

/** Writes one where readers have to go far back. It only saves work: what keeps it from being written is no failure. */
export async function checkpointWhenLong(view: LedgerView, now: Date): Promise<void> {
  if (view.depth <= longEntries) return
  try {
    // Other runs may have written much since this one began to read.
    await view.load()
    await view.add<LedgerCheckpoint>({ phase: 'checkpoint', entries: stillNeeded(view, now) })
  } catch {
    // The next run tries again.
  }
}

/** The entries of what is open, owed or under way, of the newest word to each channel, and of silences in force. */
export function stillNeeded(view: LedgerView, now: Date): (LedgerIntent | LedgerOutcome | LedgerSilenced)[] {
  const attempts = byChannel(view.all()).flatMap((own) => neededOf(begun(own), now))
  const silenced = view.allSilenced().filter(({ until }) => Date.parse(until) > now.getTime())
  return [...attempts.flatMap(({ intent, outcome }) => (outcome ? [intent, outcome] : [intent])), ...silenced]
}

/** Of one channel's attempts about a series those that still matter. */
export function neededOf(attempts: Sent[], now: Date): Sent[] {
  const groups = [...byIncident(attempts).values()]
  return groups.flatMap((group, index) => {
    const { told, last, open } = standing(group, { now, claimMs: usualClaimMs })
    const newestAt = Math.max(...group.map(({ at }) => at))
    const owed = neverArrived({ attempts: group, told, last, open }) && now.getTime() - newestAt < keepOwedMs
    const settled = last !== undefined && !open
    // A settled incident only matters as the newest that the channel was told of.
    if (settled ? index < groups.length - 1 : !open && !owed) return []
    return marking(group, told)
  })
}

/** Of a group the attempts that decide what comes next. */
function marking(group: Sent[], told: Sent[]): Sent[] {
  const lastOfKind = new Map(told.map((attempt) => [attempt.intent.kind, attempt]))
  const delivered = group.findLast(({ outcome }) => outcome?.status === 'delivered')
  const keep = new Set<Sent>([...lastOfKind.values(), group.at(-1)!, ...(delivered ? [delivered] : [])])
  // Those that were killed, or are under way: it is their number that counts.
  return group.filter((attempt) => keep.has(attempt) || !attempt.outcome)
}
