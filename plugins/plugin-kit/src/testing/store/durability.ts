/** That nothing acknowledged is lost, whoever else writes and reads. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import { sampleRecord } from '../samples.js'
import { appendAll, type Check, minutes, recordsOf, selectors } from './helpers.js'

export const durabilityChecks: Record<string, Check> = {
  'has an acknowledged record for every other instance at once': async (place) => {
    const writer = await place.open()
    const reader = await place.open()
    for (let minute = 0; minute < 3; minute++) {
      await writer.append(sampleRecord(minute))
      strictEqual((await minutes(reader, { newestFirst: true, limit: 1 }))[0], minute)
    }
    deepStrictEqual(await minutes(await place.open()), [0, 1, 2])
  },
  'loses nothing when several instances write at once': async (place, { recordsPerWriter = 25 }) => {
    const all = ['a', 'b', 'c', 'd'].map((name) => recordsOf(name, recordsPerWriter))
    await Promise.all(all.map(async (own) => appendAll(await place.open(), own)))
    const sent = all.flat().map((record) => record.selector)
    deepStrictEqual((await selectors(await place.open())).sort(), sent.sort())
  },
  'loses nothing when one instance is asked for several appends at once': async (place, { recordsPerWriter = 25 }) => {
    const own = recordsOf('a', recordsPerWriter)
    const store = await place.open()
    await Promise.all(own.map((record) => store.append(record)))
    deepStrictEqual((await selectors(store)).sort(), own.map((record) => record.selector).sort())
  },
  'loses nothing when several processes write at once': async (place, { recordsPerWriter = 25 }) => {
    const { appendElsewhere } = place
    if (!appendElsewhere) return
    const all = ['a', 'b', 'c'].map((name) => recordsOf(name, recordsPerWriter))
    await Promise.all(all.map((own) => appendElsewhere(own)))
    const sent = all.flat().map((record) => record.selector)
    deepStrictEqual((await selectors(await place.open())).sort(), sent.sort())
  },
  'gives a reader all that was there when it began, once, while others write': async (
    place,
    { recordsPerWriter = 25 },
  ) => {
    const before = recordsOf('before', 10)
    await appendAll(await place.open(), before)
    const writing = appendAll(await place.open(), recordsOf('meanwhile', recordsPerWriter))
    const reader = await place.open()
    for (const newestFirst of [false, true, false, true]) {
      const seen = await selectors(reader, { newestFirst })
      strictEqual(new Set(seen).size, seen.length, 'no record is given twice')
      ok(before.every((record) => seen.includes(record.selector)))
    }
    await writing
  },
}
