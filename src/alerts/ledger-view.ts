/** What one run knows of the ledger: read from its end, only as far back as it matters. */
import type { HistoryEntry, HistoryRecord, HistoryStore } from '@arbk8s/plugin-kit'

import { ArbError, isArbError, messageOf } from '../base/errors.js'
import { cleanLine, shorten } from '../base/text.js'
import { addDamage, type Damage, damageNote, noDamage } from '../history/read.js'
import {
  addToLedger,
  asEntry,
  type Attempt,
  type AttemptPart,
  type LedgerCheckpoint,
  type LedgerEntry,
  type LedgerSilenced,
  type SeriesKey,
} from './ledger.js'

/**
 * Where a reader may stop, it goes on for so many entries and so long a time: entries of runs at the same moment may
 * stand a little before what they had not seen, and stores that list by time may list them there.
 */
const overlapEntries = 50
const overlapMs = 10 * 60_000
/** Behind this no time has the form that stores sort by. */
const latest = Date.UTC(9999)

export class LedgerView {
  private readonly attempts = new Map<string, Attempt>()
  private readonly silences = new Map<string, LedgerSilenced>()
  private newest = 0
  /** Entries that a reader has to look at until the newest checkpoint. */
  depth = 0
  /** What `load` met that is no entry. */
  damage = noDamage()

  constructor(
    private readonly ledger: HistoryStore,
    private readonly now: () => Date,
  ) {}

  /** Reads back to the newest checkpoint. Throws ARB_HISTORY_UNREADABLE; a ledger that is not there yet is empty. */
  async load(): Promise<this> {
    let checkpoint: number | undefined
    this.depth = 0
    this.damage = noDamage()
    await this.read((entry) => {
      if (checkpoint === undefined) this.depth++
      if (entry.phase !== 'checkpoint' || checkpoint !== undefined) return checkpoint
      this.takeCheckpoint(entry)
      return (checkpoint = Date.parse(entry.timestamp))
    }, this.damage)
    return this
  }

  /** Reads what was added since shortly before `since`, ms. */
  async refresh(since: number): Promise<void> {
    // What is damaged there was counted by `load`.
    await this.read(() => since, noDamage())
  }

  /** Hands on entries newest first until well behind the moment that `until` names. */
  private async read(until: (entry: LedgerEntry) => number | undefined, damage: Damage): Promise<void> {
    let behind = 0
    try {
      for await (const stored of this.ledger.read({ newestFirst: true })) {
        const entry = checked(stored, damage)
        if (!entry) continue
        this.take(entry)
        const moment = until(entry)
        const old = moment !== undefined && Date.parse(entry.timestamp) < moment - overlapMs
        behind = old ? behind + 1 : 0
        if (behind >= overlapEntries) return
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(error)
    }
  }

  private take(entry: LedgerEntry): void {
    const time = Date.parse(entry.timestamp)
    if (time < latest) this.newest = Math.max(this.newest, time)
    if (entry.phase === 'silenced') this.silences.set(silenceKey(entry, entry.incident.id, entry.until), entry)
    else if (entry.phase !== 'checkpoint') this.takePart(entry)
  }

  private takeCheckpoint({ entries }: LedgerCheckpoint): void {
    for (const record of entries as unknown as HistoryRecord[]) {
      const entry = checked({ record }, this.damage)
      if (entry) this.take(entry)
    }
  }

  private takePart(part: AttemptPart): void {
    const { attempt: id, channel, namespace, selector } = part
    const attempt = this.attempts.get(id) ?? emptyAttempt(id, channel, { namespace, selector })
    this.attempts.set(id, attempt)
    if (part.phase === 'outcome') {
      attempt.outcome = part
      return
    }
    attempt.at = Math.max(attempt.at, Date.parse(part.at))
    if (part.phase === 'turn') attempt.number = part.number
    if (part.phase === 'intent') attempt.intent = part
  }

  /** The attempts of a series, in the order of their intents. */
  attemptsOf({ namespace, selector }: SeriesKey, channel?: string): Attempt[] {
    return this.all().filter(
      (attempt) =>
        attempt.namespace === namespace &&
        attempt.selector === selector &&
        (channel === undefined || attempt.channel === channel),
    )
  }

  /** Every attempt, in the order of their intents. */
  all(): Attempt[] {
    const order = ({ intent, id }: Attempt): string => `${intent?.timestamp ?? ''} ${id}`
    return [...this.attempts.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1))
  }

  allSilenced(): LedgerSilenced[] {
    return [...this.silences.values()]
  }

  wasSilenced(channel: string, key: SeriesKey & { incident: string; until: string }): boolean {
    return this.silences.has(silenceKey({ ...key, channel }, key.incident, key.until))
  }

  /** Adds an entry with the ledger's time and this machine's; durable, and known here, when it resolves. */
  async add<E extends LedgerEntry>(entry: Omit<E, 'timestamp' | 'at'>): Promise<E> {
    const now = this.now().getTime()
    this.newest = Math.max(now, this.newest + 1)
    const timestamp = new Date(this.newest).toISOString()
    const stamped = { timestamp, at: new Date(now).toISOString(), ...entry } as unknown as E
    await addToLedger(this.ledger, stamped)
    this.take(stamped)
    this.depth++
    return stamped
  }
}

/** The entry as it was stored; what is none goes to `damage`. */
function checked(stored: HistoryEntry, damage: Damage): LedgerEntry | undefined {
  const entry = 'record' in stored ? asEntry(stored.record) : undefined
  if (!entry) addDamage(damage, 'damaged' in stored ? stored.damaged : foreign(stored.record))
  return entry
}

function foreign(record: HistoryRecord | null): Damage['first'][number] {
  const where = `entry of ${shorten(cleanLine(String(record?.timestamp)), 40)}`
  return { where, reason: 'it is no entry of a ledger' }
}

/** One line for people: what was said of an alert may be lost, and it is rather sent twice than never. */
export function ledgerDamageNote(damage: Damage): string | undefined {
  const note = damageNote(damage, 'the delivery ledger')
  return note && `${note}: what was sent may be sent once more.`
}

function emptyAttempt(id: string, channel: string, key: SeriesKey): Attempt {
  return { id, channel, ...key, at: 0, number: undefined, intent: undefined, outcome: undefined }
}

function silenceKey(
  { channel, namespace, selector }: SeriesKey & { channel: string },
  incident: string,
  until: string,
): string {
  return JSON.stringify([channel, namespace, selector, incident, until])
}

function unreadable(error: unknown): unknown {
  if (isArbError(error)) return error
  const message = `the delivery ledger cannot be read: ${cleanLine(messageOf(error))}`
  return new ArbError({ code: 'ARB_HISTORY_UNREADABLE', message, cause: error })
}
