import type { HistoryEntry, HistoryRecord, HistoryStore } from '@arbk8s/plugin-kit'
import { sampleRecord } from '@arbk8s/plugin-kit/testing'
import { expect } from 'chai'

import { Bag, contentKey } from '../../../src/history/bag.js'
import { copyHistory, type CopyOptions } from '../../../src/history/copy.js'
import { verifyHistory } from '../../../src/history/verify.js'

function memory(entries: HistoryEntry[], append?: (record: HistoryRecord) => Promise<void>): HistoryStore {
  return {
    apiVersion: 1,
    append: append ?? (async (record) => void entries.push({ record: structuredClone(record) })),
    async *read() {
      yield* [...entries]
    },
  }
}

const entry = (minute: number, fields: Partial<HistoryRecord> = {}): HistoryEntry => ({
  record: sampleRecord(minute, fields),
})
const signal = new AbortController().signal
const copy = (from: HistoryStore, to: HistoryStore, more: Partial<CopyOptions> = {}) =>
  copyHistory({ from, to, dryRun: false, signal, ...more })

async function failure(work: Promise<unknown>): Promise<Error & { code?: string }> {
  return work.then(
    () => new Error('nothing was thrown'),
    (error: Error) => error,
  )
}

describe('copying a history', () => {
  it('takes records that are alike for as many as there are', async () => {
    const to: HistoryEntry[] = [entry(1)]
    const from = memory([entry(1), entry(1), entry(2)])
    expect(await copy(from, memory(to))).to.include({ records: 3, present: 1, copied: 2, before: 1, after: 3 })
    expect(await copy(from, memory(to))).to.include({ copied: 0, after: 3 })
  })

  it('knows a record whose fields stand in another order', () => {
    const { timestamp, ...rest } = sampleRecord(1, { raw_snapshot: { a: 1, b: [{ c: 1, d: 2 }] } })
    const turned = { raw_snapshot: { b: [{ d: 2, c: 1 }], a: 1 }, timestamp }
    expect(contentKey({ ...rest, ...turned })).to.equal(contentKey({ timestamp, ...rest }))
    expect(contentKey({ ...rest, timestamp: 'x' })).to.not.equal(contentKey({ ...rest, timestamp }))
    const [one, other] = [new Bag(), new Bag()]
    for (const key of ['a', 'b', 'a']) one.add(key)
    for (const key of ['b', 'a', 'a']) other.add(key)
    expect(one.digest()).to.equal(other.digest())
    other.add('b')
    expect(one.digest()).to.not.equal(other.digest())
  })

  it('goes on after an interruption', async () => {
    const to: HistoryEntry[] = []
    let left = 2
    const failing = memory(to, async (record) => {
      if (left-- === 0) throw new Error('no space left on the device')
      to.push({ record })
    })
    const from = memory([1, 2, 3, 4].map((minute) => entry(minute)))
    const error = await failure(copy(from, failing))
    expect(error).to.include({ code: 'ARB_HISTORY_UNWRITABLE' })
    expect(error.message).to.match(
      /^the record of 2025-11-16T10:03.* was NOT stored: no space.*; 2 records before it were/,
    )
    expect(await copy(from, memory(to))).to.include({ present: 2, copied: 2, after: 4 })
  })

  it('does not take a store at its word', async () => {
    const lying = memory([], async () => undefined)
    const error = await failure(copy(memory([entry(1), entry(2)]), lying))
    expect(error).to.include({ code: 'ARB_HISTORY_UNWRITABLE' })
    expect(error.message).to.include('2 of 2 records are not there when the target is read again')
  })

  it('compares what is stored, where a masker changes it on the way', async () => {
    const to: HistoryEntry[] = []
    const transform = (record: HistoryRecord): HistoryRecord => ({ ...record, selector: '…' })
    const result = await copy(memory([entry(1)]), memory(to), { transform })
    expect(result.proof).to.equal(result.digest)
    expect(to).to.deep.equal([entry(1, { selector: '…' })])
    expect(await copy(memory([entry(1)]), memory(to), { transform })).to.include({ copied: 0 })
  })

  it('counts damage and stops at the signal', async () => {
    const from = memory([{ damaged: { where: 'line 1', reason: 'torn' } }, entry(1)])
    const { damage, records } = await copy(from, memory([]), { dryRun: true })
    expect({ damage, records }).to.deep.equal({
      records: 1,
      damage: { count: 1, first: [{ where: 'line 1', reason: 'torn' }] },
    })
    const stopped = AbortSignal.abort(new Error('stopped'))
    expect((await failure(copy(from, memory([]), { signal: stopped }))).message).to.include('stopped')
  })
})

describe('verifying a history', () => {
  it('reads all of a store that has no check of its own', async () => {
    const store = memory([
      entry(1),
      { damaged: { where: 'key a', reason: 'torn' } },
      { record: { timestamp: '2025-11-16T10:00:00Z' } as HistoryRecord },
    ])
    const { records, problems, by, head } = await verifyHistory(store)
    expect({ records, by, head }).to.deep.equal({ records: 1, by: 'read', head: null })
    expect(problems.map(({ where }) => where)).to.deep.equal(['key a', 'entry of 2025-11-16T10:00:00Z'])
    expect(await failure(verifyHistory(store, { head: 'abc' }))).to.include({ code: 'ARB_USAGE' })
  })
})
