import { expect } from 'chai'

import { sampleRecord } from '../../../plugins/plugin-kit/src/testing/index.js'
import { appendRecord, collectRecords, damageNote } from '../../../src/history/read.js'
import { sparkline } from '../../../src/history/sparkline.js'
import { summarise } from '../../../src/history/summary.js'
import { memoryStore } from '../alerts/memory-store.js'

describe('history: reading', () => {
  const mixed = [
    sampleRecord(0),
    sampleRecord(1, { namespace: 'other' }),
    { timestamp: '2025-11-16T10:02:00Z' },
    sampleRecord(3, { overall_health: 'WARN' }),
    sampleRecord(4),
  ]

  it('gives the newest records that fit, oldest first', async () => {
    const minutes = async (options: Parameters<typeof collectRecords>[1]) =>
      (await collectRecords(memoryStore(mixed), options)).records.map((record) =>
        Number(record.timestamp.slice(14, 16)),
      )
    expect(await minutes({})).to.deep.equal([0, 1, 3, 4])
    expect(await minutes({ limit: 2 })).to.deep.equal([3, 4])
    expect(await minutes({ namespace: 'trading-bots', limit: 3 })).to.deep.equal([0, 3, 4])
    expect(await minutes({ health: 'WARN' })).to.deep.equal([3])
    expect(await minutes({ limit: 0 })).to.deep.equal([])
  })

  it('counts and names what is damaged', async () => {
    const { damage } = await collectRecords(memoryStore(mixed), {})
    expect(damageNote(damage)).to.equal(
      '1 damaged entry in the history skipped (entry of 2025-11-16T10:02:00Z: namespace is missing or not text)',
    )
    const bad = Array.from({ length: 9 }, () => mixed[2]!)
    const many = await collectRecords(memoryStore([...bad, mixed[0]!]), {})
    expect(damageNote(many.damage)).to.match(/^9 damaged entries .*; and 4 more\)$/)
    expect(damageNote({ count: 0, first: [] })).to.equal(undefined)
  })

  it('knows nothing where none of what is there is a record', async () => {
    const error = await collectRecords(memoryStore([mixed[2]!, mixed[2]!]), {}).catch((thrown: Error) => thrown)
    expect(error).to.have.property('code', 'ARB_HISTORY_UNREADABLE')
    expect(error).to.have.property('message').that.includes('all 2 entries are damaged (entry of 2025')
    expect((await collectRecords(memoryStore([]), {})).records).to.deep.equal([])
  })

  it('turns what a store throws into errors that say what is lost or unknown', async () => {
    const broken = { ...memoryStore(), append: () => Promise.reject(new Error('h.jsonl: it is a folder')) }
    const lost = await appendRecord(broken, sampleRecord(1)).catch((thrown: unknown) => thrown)
    expect(lost).to.include({ code: 'ARB_HISTORY_UNWRITABLE', exitCode: 3 })
    expect(lost).to.have.property(
      'message',
      'the record of 2025-11-16T10:01:00.000Z (OK) was NOT stored: h.jsonl: it is a folder',
    )
    const unreadable = async function* () {
      yield await Promise.reject<never>(new Error('h.jsonl: it does not exist'))
    }
    const mute = { ...memoryStore(), read: unreadable }
    const unknown = await collectRecords(mute, {}).catch((thrown: unknown) => thrown)
    expect(unknown).to.include({
      code: 'ARB_HISTORY_UNREADABLE',
      message: 'the history cannot be read: h.jsonl: it does not exist',
    })
  })
})

describe('history: summary and sparkline', () => {
  it('counts healths and has the last record', () => {
    const records = [sampleRecord(0), sampleRecord(1, { overall_health: 'ERROR' }), sampleRecord(2)]
    expect(summarise(records)).to.deep.equal({
      total: 3,
      counts: { OK: 2, WARN: 0, ERROR: 1 },
      last: records[2],
      from: records[0]!.timestamp,
      to: records[2]!.timestamp,
    })
    expect(summarise([])).to.include({ total: 0, last: null })
  })

  it('draws one character a record, and the worst of a group', () => {
    expect(sparkline(['OK', 'WARN', 'ERROR'])).to.equal('▁▄█')
    expect(sparkline(['OK', 'ERROR', 'OK', 'OK', 'WARN', 'OK'], 3)).to.equal('█▁▄')
    expect(sparkline([])).to.equal('')
  })
})
