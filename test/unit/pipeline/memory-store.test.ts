import type { HistoryEntry, HistoryRecord, HistoryStore } from '@arbk8s/plugin-kit'
import { expect } from 'chai'

import { lenientStore, memoryStore } from '../../../src/pipeline/memory-store.js'

function record(timestamp: string): HistoryRecord {
  const counts = { jobs_ok: 1, jobs_warn: 0, jobs_error: 0 }
  return { timestamp, namespace: 'n', selector: 's', overall_health: 'OK', ...counts, raw_snapshot: null }
}

async function timestamps(entries: AsyncIterable<HistoryEntry>): Promise<string[]> {
  const found: string[] = []
  for await (const entry of entries) if ('record' in entry) found.push(entry.record.timestamp)
  return found
}

describe('a history in memory over one that cannot be written', () => {
  const below = memoryStore([record('1'), record('2')])

  it('reads its own records as the newest', async () => {
    const store = memoryStore([record('3')], below)
    await store.append(record('4'))
    expect(await timestamps(store.read({ newestFirst: true }))).to.deep.equal(['4', '3', '2', '1'])
    expect(await timestamps(store.read())).to.deep.equal(['1', '2', '3', '4'])
  })

  it('has its own where the one below cannot be read', async () => {
    const unreadable: HistoryStore = {
      ...below,
      // eslint-disable-next-line require-yield
      async *read() {
        throw new Error('disk on fire')
      },
    }
    expect(await timestamps(memoryStore([record('3')], unreadable).read({ newestFirst: true }))).to.deep.equal(['3'])
  })
})

describe('a ledger that may fail', () => {
  it('keeps in memory what it cannot write', async () => {
    const full: HistoryStore = { ...memoryStore([record('1')]), append: () => Promise.reject(new Error('disk full')) }
    const store = lenientStore(full)
    await store.append(record('2'))
    expect(await timestamps(store.read())).to.deep.equal(['1', '2'])
  })

  it('writes where it can', async () => {
    const below = memoryStore([])
    await lenientStore(below).append(record('1'))
    expect(await timestamps(below.read())).to.deep.equal(['1'])
  })
})
