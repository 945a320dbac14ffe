import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { closedName } from '../../../plugins/plugin-jsonl/src/pieces.js'
import { settingsOf } from '../../../plugins/plugin-jsonl/src/settings.js'
import { type JsonlOptions, jsonlStore } from '../../../plugins/plugin-jsonl/src/store.js'
import type { ReadQuery } from '../../../plugins/plugin-kit/src/index.js'
import { sampleRecord } from '../../../plugins/plugin-kit/src/testing/index.js'

describe('jsonl: files that are closed', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-jsonl-'))
    file = path.join(folder, 'history.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const append = async (settings: Record<string, unknown>, from: number, to: number, more: JsonlOptions = {}) => {
    const store = jsonlStore(file, { settings, ...more })
    for (let minute = from; minute < to; minute++) await store.append(sampleRecord(minute))
  }
  const minutes = async (query: ReadQuery = {}): Promise<(number | string)[]> => {
    const seen: (number | string)[] = []
    for await (const entry of jsonlStore(file).read(query))
      seen.push('record' in entry ? new Date(entry.record.timestamp).getUTCMinutes() : entry.damaged.where)
    return seen
  }
  const closed = async (): Promise<string[]> =>
    (await readdir(folder)).filter((name) => /^history-.*\.jsonl$/.test(name)).sort()

  it('are made by size, named by time, and read as one history from both ends', async () => {
    const now = (): Date => new Date('2026-11-21T04:05:06.123Z')
    await append({ rotate: { size: 500 } }, 0, 10, { now })
    const names = await closed()
    expect(names).to.have.length(3)
    expect(names[0]).to.match(/^history-2026-11-21T04-05-06\.123\d{3}Z\.jsonl$/)
    // The clock stands still: the names go on nevertheless.
    expect(names[1]).to.match(/\.124\d{3}Z/)
    expect((await stat(path.join(folder, names[0]!))).mode & 0o777).to.equal(0o600)
    expect(await minutes()).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(await minutes({ newestFirst: true })).to.deep.equal([9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    expect(await minutes({ newestFirst: true, limit: 5 })).to.deep.equal([9, 8, 7, 6, 5])
    expect(await minutes({ limit: 4 })).to.deep.equal([0, 1, 2, 3])
    expect(await minutes({ since: new Date(sampleRecord(5).timestamp) })).to.deep.equal([5, 6, 7, 8, 9])
  })

  it('are made by age, counted from the first record', async () => {
    const begun = Date.now()
    const at = (minute: number) => new Date(begun + minute * 60_000)
    const record = async (minute: number): Promise<void> => {
      const store = jsonlStore(file, { settings: { rotate: { age: '10m' } }, now: () => at(minute) })
      await store.append(sampleRecord(0, { timestamp: at(minute).toISOString() }))
    }
    for (const minute of [0, 3, 9]) await record(minute)
    expect(await closed()).to.deep.equal([])
    for (const minute of [11, 12, 20]) await record(minute)
    expect(await closed()).to.have.length(1)
    expect(await minutes()).to.have.length(6)
  })

  it('are not made of each old record that is copied into a new file', async () => {
    await append({ rotate: { age: '30d' } }, 0, 10)
    expect((await closed()).length).to.be.at.most(1)
    expect(await minutes()).to.have.length(10)
  })

  it('are all kept unless keep says otherwise', async () => {
    await append({ rotate: { size: 100 } }, 0, 8)
    expect(await closed()).to.have.length(7)
    await append({ rotate: { size: 100, keep: 2 } }, 8, 9)
    expect(await closed()).to.have.length(2)
    expect(await minutes()).to.deep.equal([6, 7, 8])
    expect((await readdir(folder)).sort()).to.deep.equal([...(await closed()), 'history.jsonl'].sort())
  })

  it('are not opened where all in them is older than since', async () => {
    await append({ rotate: { size: 100 } }, 0, 2, { now: () => new Date('2025-11-16T11:00:00Z') })
    await writeFile(path.join(folder, (await closed())[0]!), 'would be told as damaged')
    expect(await minutes({ since: new Date('2025-11-18T00:00:00Z') })).to.deep.equal([])
    expect(await minutes({ since: new Date(sampleRecord(1).timestamp) })).to.deep.equal([
      `${(await closed())[0]} line 1`,
      1,
    ])
  })

  it('are found by a reader and a writer without the setting, and through a link', async () => {
    await append({ rotate: { size: 100 } }, 0, 3)
    const link = path.join(folder, 'link.jsonl')
    await symlink(file, link)
    file = link
    await append({}, 3, 4)
    await append({ rotate: { size: 100 } }, 4, 5)
    expect(await minutes()).to.deep.equal([0, 1, 2, 3, 4])
    expect(await readFile(link, 'utf8')).to.include(sampleRecord(4).timestamp)
    expect(await closed()).to.have.length(3)
  })

  it('are the history even while there is no other', async () => {
    await append({ rotate: { size: 100 } }, 0, 3)
    await rm(file)
    expect(await minutes()).to.deep.equal([0, 1])
  })

  it('are left alone beside a file of another name', async () => {
    const other = path.join(folder, 'history-2026-11-21T04-05-06.jsonl')
    await writeFile(other, 'not ours')
    await append({}, 0, 1)
    expect(await minutes()).to.deep.equal([0])
  })

  it('cost no record where they cannot be made', async () => {
    const warnings: string[] = []
    const lock = { waitMs: 50, elsewhereMs: 10_000 }
    const store = jsonlStore(file, { settings: { rotate: { size: 1 } }, warn: (text) => warnings.push(text), lock })
    await store.append(sampleRecord(0))
    // Another machine holds the lock; it is waited for.
    await symlink('1.1.elsewhere.0', `${file}.lock`)
    await store.append(sampleRecord(1))
    expect(await minutes()).to.deep.equal([0, 1])
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.include('was not closed though it is due: another process (1) has held')
    await rm(`${file}.lock`)
  })

  it('never take a name that is there', () => {
    const before = path.join(folder, 'history-2027-01-01T00-00-00.000999Z.jsonl')
    const name = closedName(file, new Date('2026-11-21T04:05:06.123Z'), before)
    expect(name > before, name).to.equal(true)
  })

  it('are set by names that are checked', () => {
    expect(settingsOf({ rotate: { size: '64MiB', age: '30d', keep: 'all' }, chain: true })).to.deep.equal({
      chain: true,
      rotate: { size: 67_108_864, ageMs: 2_592_000_000, keep: Number.POSITIVE_INFINITY },
    })
    expect(settingsOf({ rotate: { size: '1.5kB', keep: 3 } }).rotate).to.deep.include({ size: 1500, keep: 3 })
    const wrong: [Record<string, unknown>, string][] = [
      [{ rotation: {} }, 'rotation is not known; known are rotate, chain'],
      [{ rotate: { every: '1d' } }, 'rotate.every is not known'],
      [{ rotate: {} }, 'rotate must be a size or an age'],
      [{ rotate: '64MiB' }, 'rotate must be a mapping'],
      [{ rotate: { size: 'big' } }, 'rotate.size must be bytes'],
      [{ rotate: { size: 0 } }, 'rotate.size must be bytes'],
      [{ rotate: { age: '1 month' } }, 'rotate.age must be a time'],
      [{ rotate: { size: 1, keep: 0 } }, 'rotate.keep must be all'],
      [{ chain: 'yes' }, 'chain must be true or false'],
    ]
    for (const [settings, message] of wrong)
      expect(() => settingsOf(settings), JSON.stringify(settings)).to.throw(`the setting stores.jsonl.${message}`)
  })
})
