/** What the checks of a store share. */
import type { HistoryEntry, HistoryRecord, HistoryStore, ReadQuery } from '../../index.js'
import { sampleRecord } from '../samples.js'
import type { StoreLocation, TestStoreOptions } from '../store.js'

/** One test of the suite: throws where the store does not keep the contract. */
export type Check = (place: StoreLocation, options: TestStoreOptions) => Promise<void>

/** A store with one record a minute, from minute 0 on. */
export async function filled(place: StoreLocation, count: number): Promise<HistoryStore> {
  const store = await place.open()
  for (let minute = 0; minute < count; minute++) await store.append(sampleRecord(minute))
  return store
}

/** Everything that a read yields. */
export async function collect(store: HistoryStore, query?: ReadQuery): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = []
  for await (const entry of store.read(query)) entries.push(entry)
  return entries
}

/** The records of a read; a damaged entry among them is a failure. */
export async function records(store: HistoryStore, query?: ReadQuery): Promise<HistoryRecord[]> {
  return (await collect(store, query)).map((entry) => {
    if ('damaged' in entry) throw new Error(`damaged at ${entry.damaged.where}: ${entry.damaged.reason}`)
    return entry.record
  })
}

/** The minutes of the records of a read. */
export async function minutes(store: HistoryStore, query?: ReadQuery): Promise<number[]> {
  return (await records(store, query)).map((record) => new Date(record.timestamp).getUTCMinutes())
}

/** The selectors of the records of a read: the checks tell records of one time apart by them. */
export async function selectors(store: HistoryStore, query?: ReadQuery): Promise<string[]> {
  return (await records(store, query)).map((record) => record.selector)
}

/** Records of one writer, each with a selector of its own. */
export function recordsOf(writer: string, count: number): HistoryRecord[] {
  return Array.from({ length: count }, (_none, i) => sampleRecord(i % 60, { selector: `${writer}/${i}` }))
}

/** Appends one after the other, as a process does. */
export async function appendAll(store: HistoryStore, all: HistoryRecord[]): Promise<void> {
  for (const record of all) await store.append(record)
}

/** The value, or the error that was thrown instead; an error where neither comes within 10 s. */
export async function settled<T>(work: Promise<T>): Promise<{ value: T } | { error: unknown }> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('it neither ended nor failed within 10 s')), 10_000)
  })
  const outcome = work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  try {
    return await Promise.race([outcome, late])
  } finally {
    clearTimeout(timer)
  }
}
