import { createHash } from 'node:crypto'
import { appendFile, mkdtemp, readFile, readdir, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { jsonlStore } from '../../../plugins/plugin-jsonl/src/store.js'
import type { HistoryRecord, VerifyResult } from '../../../plugins/plugin-kit/src/index.js'
import { sampleRecord } from '../../../plugins/plugin-kit/src/testing/index.js'

describe('jsonl: the chain', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-jsonl-'))
    file = path.join(folder, 'history.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const append = async (from: number, to: number, settings: Record<string, unknown> = {}) => {
    const store = jsonlStore(file, { settings: { chain: true, ...settings } })
    for (let minute = from; minute < to; minute++) await store.append(sampleRecord(minute))
  }
  const verify = (head?: string): Promise<VerifyResult> => jsonlStore(file).verify!(head === undefined ? {} : { head })
  const lines = async (): Promise<string[]> => (await readFile(file, 'utf8')).split('\n').slice(0, -1)
  const put = (all: string[]): Promise<void> => writeFile(file, all.map((line) => `${line}\n`).join(''))
  const read = async (): Promise<HistoryRecord[]> => {
    const all: HistoryRecord[] = []
    for await (const entry of jsonlStore(file).read()) if ('record' in entry) all.push(entry.record)
    return all
  }

  it('is the last field of each line, over the link before and the line itself; records come back without it', async () => {
    await append(0, 3)
    let previous = ''
    for (const [minute, line] of (await lines()).entries()) {
      const text = JSON.stringify(sampleRecord(minute))
      previous = createHash('sha256').update(`${previous}\n${text}`).digest('hex')
      expect(line).to.equal(`${text.slice(0, -1)},"chain_sha256":"${previous}"}`)
    }
    expect(await read()).to.deep.equal([0, 1, 2].map((minute) => sampleRecord(minute)))
    expect(await verify()).to.deep.equal({ records: 3, chained: 3, torn: 0, problems: [], head: previous })
  })

  it('shows each line that is missing, moved, doubled or put in, and where', async () => {
    await append(0, 8)
    const whole = await lines()
    for (let at = 0; at < 7; at++) {
      await put(whole.toSpliced(at, 1))
      const { problems } = await verify()
      expect(problems, `without line ${at + 1}`).to.have.length(1)
      expect(problems[0]!.where).to.equal(`history.jsonl:${at + 1}`)
      await put(whole.toSpliced(at, 2, whole[at + 1]!, whole[at]!))
      expect((await verify()).problems.length, `line ${at + 1} swapped`).to.be.greaterThan(1)
      await put(whole.toSpliced(at, 0, whole[at]!))
      expect((await verify()).problems.length, `line ${at + 1} twice`).to.be.greaterThan(0)
      await put(whole.toSpliced(at, 0, JSON.stringify(sampleRecord(30))))
      expect((await verify()).problems[0]!.where, `a line put in`).to.equal(`history.jsonl:${at + 1}`)
    }
  })

  it('where the settings ask for it, records of which none is linked are a problem, until the first link', async () => {
    const asked = () => jsonlStore(file, { settings: { chain: true } }).verify!({})
    await append(0, 3, { chain: false })
    const { problems } = await asked()
    expect(problems).to.have.length(1)
    expect(problems[0]!.where).to.equal('history.jsonl:1')
    expect(problems[0]!.reason).to.include('no line from here on is linked').and.include('record once more')
    expect((await verify()).problems, 'nobody asks for a chain').to.deep.equal([])
    await append(3, 4)
    expect((await asked()).problems, 'they stand before the first link').to.deep.equal([])
    await put([])
    expect((await asked()).problems, 'an empty file').to.deep.equal([])
  })

  it('where the settings ask for it, links that were stripped from all files are told once, at the first line', async () => {
    const settings = { chain: true, rotate: { size: 1000 } }
    await append(0, 10, settings)
    const all = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort()
    for (const name of all) {
      const text = await readFile(path.join(folder, name), 'utf8')
      await writeFile(path.join(folder, name), text.replace(/,"chain_sha256":"[0-9a-f]{64}"/g, ''))
    }
    const { problems } = await jsonlStore(file, { settings }).verify!({})
    expect(problems.map(({ where }) => where)).to.deep.equal([`${all.find((name) => name.startsWith('history-'))}:1`])
  })

  it('shows a cut-off end to who remembers a head, and only then', async () => {
    await append(0, 8)
    const whole = await lines()
    const { head } = await verify()
    for (let kept = 1; kept < 8; kept++) {
      await put(whole.slice(0, kept))
      expect((await verify()).problems).to.deep.equal([])
      expect((await verify(head!)).problems[0]!.reason).to.include('the head is not in the chain: the end was cut off')
    }
    await put(whole)
    await append(8, 12)
    expect((await verify(head!)).problems, 'a head that others were written behind').to.deep.equal([])
  })

  it('sets a torn tail aside: the next link vouches for what stood there', async () => {
    await append(0, 2)
    await appendFile(file, '{"timestamp":"2025-11-16T10:0')
    const torn = await verify()
    expect(torn.problems).to.deep.equal([
      { where: 'history.jsonl:3', reason: 'it is not JSON; perhaps it was cut off' },
    ])
    await append(2, 4)
    expect(await verify()).to.deep.include({ records: 4, chained: 4, torn: 1, problems: [] })
    const changed = (await lines()).map((line, at) => (at === 2 ? line.replace('2025', '2024') : line))
    await put(changed)
    expect((await verify()).problems[0]).to.have.property('where', 'history.jsonl:3')
  })

  it('begins in a file that has none, and vouches for what is there', async () => {
    for (const minute of [0, 1]) await jsonlStore(file).append(sampleRecord(minute))
    expect(await verify()).to.deep.equal({ records: 2, chained: 0, torn: 0, problems: [], head: null })
    await append(2, 4)
    const whole = await lines()
    expect(await verify()).to.deep.include({ records: 4, chained: 2, problems: [] })
    await put(whole.toSpliced(0, 1))
    expect((await verify()).problems).to.have.length(1)
    await put(whole)
    await jsonlStore(file).append(sampleRecord(4))
    expect((await verify()).problems[0]!.reason).to.include('not in the chain: changed, or written without')
    await append(5, 6)
    expect(await verify()).to.deep.include({ records: 6, chained: 3, problems: [] })
  })

  it('goes on from file to file, and from the one behind those that keep removed', async () => {
    const rotate = { size: 700 }
    await append(0, 12, { rotate })
    const files = (await readdir(folder)).filter((name) => name.startsWith('history-')).sort()
    expect(files.length).to.be.greaterThan(2)
    const { head } = await verify()
    expect(await verify(head!)).to.deep.include({ records: 12, chained: 12, problems: [] })
    const middle = path.join(folder, files[1]!)
    const text = await readFile(middle)
    await unlink(middle)
    expect((await verify()).problems).to.have.length(1)
    await writeFile(middle, text)
    await append(12, 14, { rotate: { ...rotate, keep: 2 } })
    const kept = await verify(head!)
    expect(kept.problems).to.deep.equal([])
    expect(kept.records).to.be.lessThan(12)
    const first = path.join(folder, (await readdir(folder)).filter((name) => name.startsWith('history-')).sort()[0]!)
    await writeFile(first, (await readFile(first, 'utf8')).replace('trading', 'tarding'))
    expect((await verify()).problems[0]!.where).to.equal(`${path.basename(first)}:1`)
  })

  it('lists damage in a file without one, and no more than a thousand', async () => {
    await writeFile(file, 'garbage\n'.repeat(1500))
    const { records, problems } = await verify()
    expect(records).to.equal(0)
    expect(problems).to.have.length(1001)
    expect(problems.at(-1)!.reason).to.equal('500 more problems are not listed')
  })
})
