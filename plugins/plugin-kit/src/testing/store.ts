/** What every history store must do, as tests. */
import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'

import type { HistoryEntry, HistoryRecord, HistoryStore, ReadQuery } from '../index.js'
import type { TestFramework } from './framework.js'
import { hardText, sampleEvent, sampleRecord } from './samples.js'

/** A fresh place for one test's records. */
export interface StoreLocation {
  /** An instance of the store at this place, as another process would open it. */
  open(): Promise<HistoryStore> | HistoryStore
  /** Puts one entry that is no record among the stored ones, where the medium allows it. */
  damage?(): Promise<void>
  /** Makes the place one that cannot be written to, e.g. a folder in the way. */
  block?(): Promise<void>
  remove(): Promise<void>
}

export interface TestStoreOptions {
  name: string
  /** Called once a test. */
  location(): Promise<StoreLocation>
  /** Records a writer appends where several write at once; default 25. */
  recordsPerWriter?: number
}

type Check = (place: StoreLocation) => Promise<void>

/** Registers the suite of a store. */
export function testStore({ describe, it }: TestFramework, options: TestStoreOptions): void {
  const checks = { ...contractChecks, ...queryChecks, ...durabilityChecks(options.recordsPerWriter ?? 25) }
  describe(`${options.name} keeps the contract of a history store`, () => {
    for (const [title, check] of Object.entries(checks)) {
      it(title, async () => {
        const place = await options.location()
        try {
          await check(place)
        } finally {
          await place.remove()
        }
      })
    }
  })
}

const contractChecks: Record<string, Check> = {
  'names the contract version and has its functions': async (place) => {
    const store = await place.open()
    strictEqual(store.apiVersion, 1)
    strictEqual(typeof store.append, 'function')
    strictEqual(typeof store.read, 'function')
  },
  'gives a record back as it was, every field': async (place) => {
    const record = sampleRecord(1, {
      session_id: 'demo',
      errors: [hardText],
      events: [sampleEvent({ message: hardText })],
      raw_snapshot: { nested: [1, null, 'x'.repeat(300_000)] },
    })
    const before = structuredClone(record)
    const store = await place.open()
    await store.append(record)
    deepStrictEqual(record, before, 'append must not change what it is given')
    deepStrictEqual(await records(store), [record])
  },
  'keeps any object with a timestamp, as the delivery ledger needs': async (place) => {
    const entry = { timestamp: '2025-11-16T10:00:00.000Z', phase: 'intent', attempt: 'a', nested: { id: 1 } }
    const store = await place.open()
    await store.append(entry as unknown as HistoryRecord)
    deepStrictEqual(await records(store), [entry])
  },
  'closes, and closing twice does no harm': async (place) => {
    const store = await place.open()
    await store.append(sampleRecord(1))
    await store.close?.()
    await store.close?.()
  },
}

const queryChecks: Record<string, Check> = {
  'reads oldest first, or newest first when asked': async (place) => {
    const store = await filled(place, 5)
    deepStrictEqual(await minutes(store), [0, 1, 2, 3, 4])
    deepStrictEqual(await minutes(store, { newestFirst: true }), [4, 3, 2, 1, 0])
  },
  'obeys the limit from either end': async (place) => {
    const store = await filled(place, 5)
    deepStrictEqual(await minutes(store, { limit: 2 }), [0, 1])
    deepStrictEqual(await minutes(store, { limit: 2, newestFirst: true }), [4, 3])
    deepStrictEqual(await minutes(store, { limit: 50, newestFirst: true }), [4, 3, 2, 1, 0])
    deepStrictEqual(await minutes(store, { limit: 0 }), [])
  },
  'obeys since, the moment itself included': async (place) => {
    const store = await filled(place, 5)
    const since = new Date(sampleRecord(3).timestamp)
    deepStrictEqual(await minutes(store, { since }), [3, 4])
    deepStrictEqual(await minutes(store, { since, newestFirst: true, limit: 1 }), [4])
  },
  'lets a reader stop early and read again': async (place) => {
    const store = await filled(place, 5)
    for await (const entry of store.read({ newestFirst: true })) {
      ok(entry)
      break
    }
    deepStrictEqual(await minutes(store), [0, 1, 2, 3, 4])
  },
  'yields a damaged entry as such and goes on': async (place) => {
    if (!place.damage) return
    const store = await filled(place, 2)
    await place.damage()
    await store.append(sampleRecord(2))
    for (const newestFirst of [false, true]) {
      const entries = await collect(store, { newestFirst })
      const damaged = entries.flatMap((entry) => ('damaged' in entry ? [entry.damaged] : []))
      ok(damaged.length >= 1, 'the damaged entry is told')
      for (const { where, reason } of damaged) ok(where !== '' && reason !== '')
      strictEqual(entries.length - damaged.length, 3, 'no record is lost to it')
    }
  },
}

function durabilityChecks(recordsPerWriter: number): Record<string, Check> {
  return {
    'has an acknowledged record for every other instance at once': async (place) => {
      const writer = await place.open()
      await writer.append(sampleRecord(7))
      deepStrictEqual(await minutes(await place.open()), [7])
    },
    'loses nothing when several write at once': async (place) => {
      const writers = await Promise.all(Array.from({ length: 4 }, () => place.open()))
      const sent = writers.flatMap((_writer, w) => Array.from({ length: recordsPerWriter }, (_none, i) => `${w}/${i}`))
      await Promise.all(
        writers.map(async (store, w) => {
          for (let i = 0; i < recordsPerWriter; i++) await store.append(sampleRecord(i, { selector: `${w}/${i}` }))
        }),
      )
      const got = (await records(await place.open())).map((record) => record.selector)
      deepStrictEqual(got.sort(), sent.sort())
    },
    'rejects an append that it could not store': async (place) => {
      if (!place.block) return
      await place.block()
      await rejects(async () => (await place.open()).append(sampleRecord(1)), /.+/)
    },
    'loses nothing when it tidies up': async (place) => {
      const store = await filled(place, 5)
      await store.compact?.()
      deepStrictEqual(await minutes(await place.open()), [0, 1, 2, 3, 4])
    },
  }
}

async function filled(place: StoreLocation, count: number): Promise<HistoryStore> {
  const store = await place.open()
  for (let minute = 0; minute < count; minute++) await store.append(sampleRecord(minute))
  return store
}

async function collect(store: HistoryStore, query?: ReadQuery): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = []
  for await (const entry of store.read(query)) entries.push(entry)
  return entries
}

async function records(store: HistoryStore, query?: ReadQuery): Promise<HistoryRecord[]> {
  return (await collect(store, query)).map((entry) => {
    if ('damaged' in entry) throw new Error(`damaged at ${entry.damaged.where}: ${entry.damaged.reason}`)
    return entry.record
  })
}

async function minutes(store: HistoryStore, query?: ReadQuery): Promise<number[]> {
  return (await records(store, query)).map((record) => new Date(record.timestamp).getUTCMinutes())
}
