/** Records from one store to another, and the proof that they are there. */
import type { HistoryRecord, HistoryStore } from '@arbk8s/plugin-kit'

import { ArbError, isArbError, messageOf } from '../base/errors.js'
import { cleanLine, count } from '../base/text.js'
import { Bag, contentKey } from './bag.js'
import { addDamage, type Damage, noDamage } from './read.js'

/** What is copied where. */
export interface CopyOptions {
  from: HistoryStore
  to: HistoryStore
  /** Only looks and counts. */
  dryRun: boolean
  /** Applied to each record before it is compared and copied, e.g. a masker; default: as it is. */
  transform?: (record: HistoryRecord) => HistoryRecord
  /** Told after each entry. */
  onProgress?: (step: CopyStep, entries: number) => void
  signal: AbortSignal
}

/** What a copy is doing. */
export type CopyStep = 'looking at what is there' | 'copying' | 'proving'

/** What came of it. */
export interface CopyResult {
  /** Records of the source. */
  records: number
  /** Entries of the source that are no records: they were not copied. */
  damage: Damage
  /** Records that the target had before, these or others. */
  before: number
  /** Of the source's records, those that the target had. */
  present: number
  /** Those that were copied, or would be. */
  copied: number
  /** The target's records when it was read again; null for a dry run. */
  after: number | null
  /** SHA-256 over the source's records in whatever order; the same for any store that has exactly these. */
  digest: string
  /** The same over those records of the target that are the source's; null for a dry run. */
  proof: string | null
}

/**
 * Copies what the target does not have yet, told by content: it can be run again after an interruption, and when the
 * source has grown. Then it reads the target and compares. Throws ARB_HISTORY_UNREADABLE, and ARB_HISTORY_UNWRITABLE where
 * a record could not be stored or is not there afterwards.
 */
export async function copyHistory(options: CopyOptions): Promise<CopyResult> {
  const { from, to, dryRun, transform = (record) => record } = options
  const there = new Bag()
  await visit(options, 'looking at what is there', to, (record) => there.add(contentKey(record)))
  const before = there.size
  const source = new Bag()
  let copied = 0
  const damage = await visit(options, 'copying', from, async (original) => {
    const record = transform(original)
    const key = contentKey(record)
    source.add(key)
    if (there.remove(key)) return
    if (!dryRun) await append(to, record, copied)
    copied++
  })
  const records = source.size
  const counts = { records, damage, before, present: records - copied, copied, digest: source.digest() }
  if (dryRun) return { ...counts, after: null, proof: null }
  const found = new Bag()
  let after = 0
  await visit(options, 'proving', to, (record) => {
    after++
    const key = contentKey(record)
    if (source.remove(key)) found.add(key)
  })
  if (source.size > 0) throw notThere(source.size, records)
  return { ...counts, after, proof: found.digest() }
}

/** Reads all of a store. A target that does not exist has no records. */
async function visit(
  { from, signal, onProgress }: CopyOptions,
  step: CopyStep,
  store: HistoryStore,
  use: (record: HistoryRecord) => void | Promise<void>,
): Promise<Damage> {
  const damage = noDamage()
  let entries = 0
  try {
    for await (const entry of store.read()) {
      signal.throwIfAborted()
      if ('record' in entry) await use(entry.record)
      else addDamage(damage, entry.damaged)
      onProgress?.(step, ++entries)
    }
  } catch (error) {
    if (isArbError(error)) throw error
    if (store !== from && (error as NodeJS.ErrnoException).code === 'ENOENT') return damage
    const message = `the history cannot be read: ${cleanLine(messageOf(error))}`
    throw new ArbError({ code: 'ARB_HISTORY_UNREADABLE', message, cause: error })
  }
  return damage
}

async function append(to: HistoryStore, record: HistoryRecord, copied: number): Promise<void> {
  try {
    await to.append(record)
  } catch (error) {
    throw new ArbError({
      code: 'ARB_HISTORY_UNWRITABLE',
      message: `the record of ${cleanLine(record.timestamp)} was NOT stored: ${cleanLine(messageOf(error))}; ${count(copied, 'record')} before it ${copied === 1 ? 'was' : 'were'} copied`,
      hints: ['Run the same command again then: it copies only what is not there yet.'],
      cause: error,
    })
  }
}

function notThere(missing: number, records: number): ArbError {
  return new ArbError({
    code: 'ARB_HISTORY_UNWRITABLE',
    message: `${missing} of ${count(records, 'record')} are not there when the target is read again, though it took them`,
    hints: ['Look at the target: arbk8s history verify. Keep the source until a copy proves itself.'],
    details: { missing, records },
  })
}
