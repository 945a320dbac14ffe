/** That a read gives what was asked for, from the end that was asked for. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import { sampleRecord } from '../samples.js'
import { appendAll, type Check, collect, filled, minutes, selectors, settled } from './helpers.js'

export const queryChecks: Record<string, Check> = {
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
    deepStrictEqual(await minutes(store, { since, newestFirst: true }), [4, 3])
    deepStrictEqual(await minutes(store, { since, newestFirst: true, limit: 1 }), [4])
    deepStrictEqual(await minutes(store, { since: new Date('2030-01-01T00:00:00Z') }), [])
  },
  'gives records of one time in the order that they came in': async (place, { equalTimestamps = 'kept' }) => {
    const names = ['d', 'a', 'c', 'b', 'e']
    const store = await place.open()
    await appendAll(
      store,
      names.map((selector) => sampleRecord(1, { selector })),
    )
    const [forward, backward] = [await selectors(store), await selectors(store, { newestFirst: true })]
    if (equalTimestamps === 'kept') deepStrictEqual(forward, names)
    deepStrictEqual([...forward].sort(), [...names].sort())
    deepStrictEqual([...backward].sort(), [...names].sort())
    if (equalTimestamps === 'kept') deepStrictEqual(backward, [...names].reverse())
  },
  'lets a reader stop early and read again': async (place) => {
    const store = await filled(place, 5)
    for await (const entry of store.read({ newestFirst: true })) {
      ok(entry)
      break
    }
    deepStrictEqual(await minutes(store), [0, 1, 2, 3, 4])
  },
  'serves two readers at once': async (place) => {
    const store = await filled(place, 5)
    const both = await Promise.all([minutes(store), minutes(store, { newestFirst: true })])
    deepStrictEqual(both, [
      [0, 1, 2, 3, 4],
      [4, 3, 2, 1, 0],
    ])
  },
  'finds the newest record without reading the others': async (place) => {
    if (!place.cost) return
    const store = await place.open()
    const padding = 'x'.repeat(20_000)
    for (let minute = 0; minute < 60; minute++) await store.append(sampleRecord(minute, { raw_snapshot: padding }))
    const start = place.cost()
    strictEqual((await minutes(store)).length, 60)
    const all = place.cost() - start
    deepStrictEqual(await minutes(store, { newestFirst: true, limit: 1 }), [59])
    const one = place.cost() - start - all
    ok(one <= all / 4, `the newest of 60 cost ${one}, all of them ${all}`)
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
  'does not count damaged entries towards the limit': async (place) => {
    if (!place.damage) return
    const store = await filled(place, 2)
    await place.damage()
    await store.append(sampleRecord(2))
    const found = (await collect(store, { limit: 3 })).flatMap((entry) => ('record' in entry ? [entry.record] : []))
    strictEqual(found.length, 3)
  },
  'does not hang when the host gives up': async (place) => {
    await filled(place, 5)
    const controller = new AbortController()
    const store = await place.open({ signal: controller.signal })
    controller.abort(new Error('given up'))
    const read = await settled(collect(store))
    if ('value' in read) strictEqual(read.value.length, 5, 'a read that ends well has given everything')
    const appended = await settled(store.append(sampleRecord(9)))
    if ('value' in appended) ok((await minutes(await place.open())).includes(9), 'what is acknowledged is stored')
  },
}
