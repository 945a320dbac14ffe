/** The suite for stores finds what is wrong with a store: each defect here makes just the checks fail that are about it. */
import { expect } from 'chai'

import type { HistoryEntry, HistoryRecord, HistoryStore, ReadQuery } from '../../../plugins/plugin-kit/src/index.js'
import { testStore, type TestStoreOptions } from '../../../plugins/plugin-kit/src/testing/index.js'

/** What is stored at a place, shared by the instances there. */
interface Medium {
  /** Undefined until something is written. */
  entries: (string | { damaged: true })[] | undefined
  cost: number
  blocked: boolean
}

/** A store in memory that keeps the contract. */
function goodStore(medium: Medium): HistoryStore {
  return {
    apiVersion: 1,
    async append(record) {
      if (medium.blocked) throw new Error('memory: it cannot be written; unblock it')
      ;(medium.entries ??= []).push(JSON.stringify(record))
    },
    async *read({ limit = Number.POSITIVE_INFINITY, since, newestFirst = false }: ReadQuery = {}) {
      if (!medium.entries) throw Object.assign(new Error('memory: there is nothing'), { code: 'ENOENT' })
      let records = 0
      const all = [...medium.entries]
      for (const entry of newestFirst ? all.reverse() : all) {
        if (records >= limit) return
        medium.cost++
        if (typeof entry !== 'string') {
          yield { damaged: { where: 'somewhere', reason: 'it is damaged' } }
          continue
        }
        const record = JSON.parse(entry) as HistoryRecord
        if (since && Date.parse(record.timestamp) < since.getTime()) continue
        records++
        yield { record }
      }
    },
    async compact() {
      const pieces = medium.entries?.length ?? 0
      return { before: pieces, after: pieces, records: pieces }
    },
    async verify({ head } = {}) {
      const damaged = medium.entries?.filter((entry) => typeof entry !== 'string').length ?? 0
      const problems = Array.from({ length: damaged }, () => ({ where: 'somewhere', reason: 'it is damaged' }))
      if (head?.startsWith('0')) problems.push({ where: 'memory', reason: 'no such head' })
      return { records: (medium.entries?.length ?? 0) - damaged, chained: 0, problems, head: 'abc' }
    },
    async close() {},
  }
}

type Defect = (good: HistoryStore, medium: Medium) => Partial<HistoryStore>

/** The titles of the checks that fail for a store with a defect. */
async function failing(defect: Defect = () => ({}), options: Partial<TestStoreOptions> = {}): Promise<string[]> {
  const checks: [string, () => Promise<void>][] = []
  testStore(
    { describe: (_title, body) => body(), it: (title, body) => checks.push([title, body]) },
    {
      name: 'memory',
      bigRecordBytes: 10_000,
      recordsPerWriter: 5,
      location: async () => {
        const medium: Medium = { entries: undefined, cost: 0, blocked: false }
        const open = (): HistoryStore => {
          const good = goodStore(medium)
          return { ...good, ...defect(good, medium) }
        }
        return {
          open,
          damage: async () => void (medium.entries ??= []).push({ damaged: true }),
          block: async () => void (medium.blocked = true),
          cost: () => medium.cost,
          appendElsewhere: async (records) => {
            for (const record of records) await open().append(record)
          },
          remove: async () => undefined,
        }
      },
      ...options,
    },
  )
  const failed: string[] = []
  for (const [title, check] of checks) await check().catch(() => failed.push(title))
  return failed
}

async function* changed(
  entries: AsyncIterable<HistoryEntry>,
  change: (all: HistoryEntry[]) => HistoryEntry[],
): AsyncGenerator<HistoryEntry> {
  const all: HistoryEntry[] = []
  for await (const entry of entries) all.push(entry)
  yield* change(all)
}

describe('kit: the suite for stores', () => {
  it('passes a store that keeps the contract, and one that has only what it must have', async () => {
    expect(await failing()).to.deep.equal([])
    const bare: Defect = () => ({ compact: undefined, verify: undefined, close: undefined }) as never
    expect(await failing(bare)).to.deep.equal([])
  })

  const defects: Record<string, [Defect, string[]]> = {
    'is of another version': [() => ({ apiVersion: 2 as never }), ['names the contract version']],
    'changes what it is given': [
      (good) => ({
        append: async (record) => {
          await good.append(record)
          record.raw_snapshot = 'gone'
        },
      }),
      ['gives a record back as it was', 'keeps a big record whole'],
    ],
    'keeps only the fields that it knows': [
      (good) => ({
        append: ({ timestamp, selector, namespace }) =>
          good.append({ timestamp, selector, namespace } as HistoryRecord),
      }),
      ['gives a record back as it was', 'keeps any object with a timestamp', 'keeps a big record whole'],
    ],
    'adds a field of its own': [
      (good) => ({ append: (record) => good.append({ ...record, stored: 'now' } as HistoryRecord) }),
      ['gives a record back as it was', 'keeps any object with a timestamp', 'keeps a big record whole'],
    ],
    'cuts big records': [
      (good) => ({
        append: async (record) => {
          if (JSON.stringify(record).length < 9_000) await good.append(record)
        },
      }),
      ['gives a record back as it was', 'keeps a big record whole', 'finds the newest record'],
    ],
    'takes a wrong place for an empty one': [
      (good, medium) => ({
        read: (query) => {
          medium.entries ??= []
          return good.read(query)
        },
      }),
      ['says ENOENT'],
    ],
    'acknowledges what it did not store': [
      (good) => ({ append: (record) => good.append(record).catch(() => undefined) }),
      ['rejects an append'],
    ],
    'cannot be closed twice': [
      () => {
        let closed = false
        return {
          close: async () => {
            if (closed) throw new Error('closed already')
            closed = true
          },
        }
      },
      ['closes, and closing twice'],
    ],
    'ignores the limit': [
      (good) => ({ read: ({ limit: _limit, ...query } = {}) => good.read(query) }),
      ['obeys the limit', 'obeys since', 'finds the newest record'],
    ],
    'leaves out the moment of since': [
      (good) => ({
        read: (query = {}) =>
          good.read({ ...query, ...(query.since && { since: new Date(query.since.getTime() + 1) }) }),
      }),
      ['obeys since'],
    ],
    'cannot read from the end': [
      (good) => ({ read: ({ newestFirst: _ignored, ...query } = {}) => good.read(query) }),
      ['reads oldest first', 'obeys the limit', 'gives records of one time', 'serves two readers'],
    ],
    'turns records of one time around': [
      (good) => ({
        read: (query) =>
          changed(good.read(query), (all) =>
            all.toSorted((a, b) => ('record' in a && 'record' in b ? timeOf(a) - timeOf(b) || -1 : 0)),
          ),
      }),
      ['gives records of one time'],
    ],
    'reads everything to find the newest': [
      (good, medium) => ({
        read: (query) => {
          medium.cost += medium.entries?.length ?? 0
          return good.read(query)
        },
      }),
      ['finds the newest record'],
    ],
    'stops at damage': [
      (good) => ({ read: (query) => changed(good.read(query), (all) => upTo(all, (entry) => 'damaged' in entry)) }),
      ['yields a damaged entry', 'does not count damaged'],
    ],
    'hides damage': [
      (good) => ({ read: (query) => changed(good.read(query), (all) => all.filter((entry) => 'record' in entry)) }),
      ['yields a damaged entry'],
    ],
    'keeps to itself what it was given until it is closed': [
      (good) => {
        const own: HistoryRecord[] = []
        return {
          append: async (record) => void own.push(record),
          read: (query) => changed(good.read(query), (all) => [...all, ...own.map((record) => ({ record }))]),
        }
      },
      ['has an acknowledged record for every other instance', 'loses nothing when several instances'],
    ],
    'overwrites what others wrote meanwhile': [
      (_good, medium) => ({
        append: async (record) => {
          const before = [...(medium.entries ?? [])]
          await new Promise((resolve) => setImmediate(resolve))
          medium.entries = [...before, JSON.stringify(record)]
        },
      }),
      [
        'loses nothing when several instances',
        'loses nothing when one instance',
        'loses nothing when several processes',
      ],
    ],
    'gives a record twice': [
      (good) => ({ read: (query) => changed(good.read(query), (all) => [...all, ...all.slice(0, 1)]) }),
      ['gives a reader all that was there', 'reads oldest first'],
    ],
    'loses a record when it tidies up': [
      (good, medium) => ({
        compact: () => {
          medium.entries?.shift()
          return good.compact!()
        },
      }),
      ['loses nothing when it tidies up, and', 'loses nothing when it tidies up while'],
    ],
    'vouches for everything': [
      () => ({ verify: async () => ({ records: 5, chained: 0, problems: [], head: 'abc' }) }),
      ['vouches for what is whole', 'tells what is damaged'],
    ],
  }
  for (const [title, [defect, expected]] of Object.entries(defects)) {
    it(`finds a store that ${title}`, async () => {
      const failed = await failing(defect)
      for (const start of expected)
        expect(
          failed.some((each) => each.startsWith(start)),
          `"${start}…" fails; failing are ${JSON.stringify(failed)}`,
        ).to.equal(true)
    })
  }

  it('lets an object store say what its medium cannot do', async () => {
    const [around] = defects['turns records of one time around']!
    expect(await failing(around, { equalTimestamps: 'any' })).to.not.include(
      'gives records of one time in the order that they came in',
    )
    const [empty] = defects['takes a wrong place for an empty one']!
    expect(await failing(empty, { missing: 'empty' })).to.deep.equal([])
  })
})

function timeOf(entry: { record: HistoryRecord }): number {
  return Date.parse(entry.record.timestamp)
}

function upTo<T>(all: T[], isEnd: (each: T) => boolean): T[] {
  const end = all.findIndex(isEnd)
  return end === -1 ? all : all.slice(0, end)
}
