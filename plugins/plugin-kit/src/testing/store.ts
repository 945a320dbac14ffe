/** What every history store must do, as tests. */
import type { HistoryRecord, HistoryStore } from '../index.js'
import type { TestFramework } from './framework.js'
import { contractChecks } from './store/contract.js'
import { durabilityChecks } from './store/durability.js'
import { queryChecks } from './store/queries.js'
import { tidyChecks } from './store/tidy.js'

/** A fresh place for one test's records; at first nothing is there. */
export interface StoreLocation {
  /** An instance of the store at this place, as another process would open it; `signal` is what the host would hand on. */
  open(options?: { signal?: AbortSignal }): Promise<HistoryStore> | HistoryStore
  /** Puts one entry that is no record among the stored ones, where the medium allows it. */
  damage?(): Promise<void>
  /** Makes the place one that cannot be written to, e.g. a folder in the way. */
  block?(): Promise<void>
  /** Appends the records, one after the other, from a process of its own; called several times at once. */
  appendElsewhere?(records: HistoryRecord[]): Promise<void>
  /** What reading has cost so far, in bytes or requests: shows whether the newest record is found without reading all. */
  cost?(): number
  remove(): Promise<void>
}

/** The store under test, and what its medium cannot do. */
export interface TestStoreOptions {
  name: string
  /** Called once a test. */
  location(): Promise<StoreLocation>
  /** Records a writer appends where several write at once; default 25. */
  recordsPerWriter?: number
  /** Bytes of the biggest record; default 3 MB. */
  bigRecordBytes?: number
  /**
   * Whether records of the same millisecond come back in the order that they were appended in. `any` is for object stores,
   * whose keys hold a time and a random part; then only the order of different times is looked at. Default `kept`.
   */
  equalTimestamps?: 'kept' | 'any'
  /**
   * What reading gives where nothing was ever stored. `empty` is for object stores, in which a prefix without objects and
   * one that does not exist are the same. Default `ENOENT`: a wrong path must not look like no history.
   */
  missing?: 'ENOENT' | 'empty'
}

/** Registers the suite of a store. A part that a location has no function for is passed over. */
export function testStore({ describe, it }: TestFramework, options: TestStoreOptions): void {
  const checks = { ...contractChecks, ...queryChecks, ...durabilityChecks, ...tidyChecks }
  describe(`${options.name} keeps the contract of a history store`, () => {
    for (const [title, check] of Object.entries(checks)) {
      it(title, async () => {
        const place = await options.location()
        try {
          await check(place, options)
        } finally {
          await place.remove()
        }
      })
    }
  })
}
