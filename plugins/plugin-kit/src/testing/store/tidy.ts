/** `compact` and `verify`, where a store has them. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import { sampleRecord } from '../samples.js'
import { appendAll, type Check, filled, minutes, recordsOf, selectors } from './helpers.js'

export const tidyChecks: Record<string, Check> = {
  'loses nothing when it tidies up, and doing it again does no harm': async (place) => {
    const store = await filled(place, 5)
    for (let again = 0; again < 2; again++) {
      const result = await store.compact?.()
      if (!result) return
      for (const count of [result.before, result.after, result.records])
        ok(Number.isSafeInteger(count) && count >= 0, 'compact counts what it did')
      ok(result.after <= result.before, 'compact leaves no more pieces than there were')
      deepStrictEqual(await minutes(await place.open()), [0, 1, 2, 3, 4])
    }
    await store.append(sampleRecord(5))
    deepStrictEqual(await minutes(await place.open(), { newestFirst: true }), [5, 4, 3, 2, 1, 0])
  },
  'loses nothing when it tidies up while others write': async (place, { recordsPerWriter = 25 }) => {
    const store = await filled(place, 5)
    if (!store.compact) return
    const own = recordsOf('meanwhile', recordsPerWriter)
    const writing = appendAll(await place.open(), own)
    await store.compact()
    await store.compact()
    await writing
    const seen = await selectors(await place.open())
    strictEqual(seen.length, 5 + own.length)
    deepStrictEqual(
      seen.filter((name) => name.startsWith('meanwhile/')).sort(),
      own.map((each) => each.selector).sort(),
    )
  },
  'vouches for what is whole': async (place) => {
    const store = await filled(place, 5)
    const result = await store.verify?.()
    if (!result) return
    deepStrictEqual(result.problems, [])
    strictEqual(result.records, 5)
    ok(result.chained <= result.records)
    if (result.head === null) return
    await store.append(sampleRecord(5))
    deepStrictEqual((await store.verify!({ head: result.head })).problems, [], 'an earlier head is in the chain')
    ok((await store.verify!({ head: '0'.repeat(64) })).problems.length > 0, 'a head that never was is a problem')
  },
  'tells what is damaged when it looks at everything': async (place) => {
    if (!place.damage) return
    const store = await filled(place, 2)
    if (!store.verify) return
    await place.damage()
    const { problems, records } = await store.verify()
    strictEqual(records, 2)
    ok(problems.length >= 1, 'the damaged entry is a problem')
    for (const { where, reason } of problems) ok(where !== '' && reason !== '')
  },
}
