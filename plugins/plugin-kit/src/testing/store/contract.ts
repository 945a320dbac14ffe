/** That a store gives back what it was given, and that its functions are there. */
import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'

import type { HistoryRecord } from '../../index.js'
import { hardText, sampleEvent, sampleRecord } from '../samples.js'
import { type Check, collect, minutes, records, settled } from './helpers.js'

export const contractChecks: Record<string, Check> = {
  'names the contract version and has its functions': async (place) => {
    const store = await place.open()
    strictEqual(store.apiVersion, 1)
    strictEqual(typeof store.append, 'function')
    strictEqual(typeof store.read, 'function')
    for (const name of ['compact', 'verify', 'close'] as const)
      ok(store[name] === undefined || typeof store[name] === 'function', `${name} is a function where it is there`)
  },
  'gives a record back as it was, every field, and nothing of its own': async (place) => {
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
  'keeps a big record whole between small ones': async (place, { bigRecordBytes = 3_000_000 }) => {
    const big = sampleRecord(1, { raw_snapshot: 'é"\n'.repeat(Math.ceil(bigRecordBytes / 4)) })
    const store = await place.open()
    for (const record of [sampleRecord(0), big, sampleRecord(2)]) await store.append(record)
    deepStrictEqual(await minutes(store), [0, 1, 2])
    deepStrictEqual((await records(store, { newestFirst: true, limit: 2 }))[1], big)
  },
  'says ENOENT where there is nothing to read, and opening alone makes nothing': async (place, { missing }) => {
    for (let again = 0; again < 2; again++) {
      const outcome = await settled(collect(await place.open()))
      if (missing === 'empty' && 'value' in outcome) deepStrictEqual(outcome.value, [])
      else {
        ok('error' in outcome, 'reading what was never written must fail')
        strictEqual((outcome.error as NodeJS.ErrnoException).code, 'ENOENT')
        ok((outcome.error as Error).message !== '', 'the error says what is missing')
      }
    }
  },
  'rejects an append that it could not store': async (place) => {
    if (!place.block) return
    await place.block()
    await rejects(async () => (await place.open()).append(sampleRecord(1)), /.+/)
  },
  'closes, and closing twice does no harm': async (place) => {
    const store = await place.open()
    await store.append(sampleRecord(1))
    await store.close?.()
    await store.close?.()
    deepStrictEqual(await minutes(await place.open()), [1])
  },
}
