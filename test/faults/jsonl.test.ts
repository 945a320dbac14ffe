/** The history file among several writers, killed writers and a full disk: no acknowledged record is lost. */
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { expect } from 'chai'

import { jsonlStore } from '../../plugins/plugin-jsonl/src/store.js'
import { rounds, startWriter, storedNames, writerScript } from '../helpers/jsonl.js'

describe('history file under faults', function () {
  this.timeout(rounds(120_000, 1_800_000))
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-faults-'))
    file = path.join(folder, 'history.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  for (const [kind, settings] of [
    ['', {}],
    [' in a chain', { chain: true }],
  ] as const) {
    it(`keeps every record of 8 processes that write at once${kind}`, async () => {
      const count = rounds(100, 500)
      const bytes = [300, 5_000, 70_000]
      const writers = Array.from({ length: 8 }, (_none, i) =>
        startWriter({ file, name: `w${i}`, count, bytes: bytes[i % 3]!, settings }),
      )
      await Promise.all(writers.map((writer) => writer.done))
      const acknowledged = writers.flatMap((writer) => writer.acknowledged())
      expect(acknowledged).to.have.length(8 * count)
      const { names, damaged } = await storedNames(file)
      expect(damaged).to.equal(0)
      expect(names.sort()).to.deep.equal(acknowledged.sort())
      expect(await jsonlStore(file).verify!()).to.deep.include({
        records: 8 * count,
        chained: kind === '' ? 0 : 8 * count,
        problems: [],
      })
    })

    it(`loses no acknowledged record to kill -9 at any moment, and the next writer goes on${kind}`, async () => {
      const acknowledged: string[] = []
      const kills = rounds(16, 200)
      for (let round = 0; round < kills / 2; round++) {
        const common = { file, count: 1e6, settings }
        const writers = [
          startWriter({ ...common, name: `a${round}`, bytes: 100 }),
          startWriter({ ...common, name: `b${round}`, bytes: '100-3000000' }),
        ]
        await Promise.all(writers.map(({ child }) => once(child.stdout!, 'data')))
        await delay(Math.random() * 60)
        for (const { child } of writers) child.kill('SIGKILL')
        await Promise.all(writers.map((writer) => writer.done))
        acknowledged.push(...writers.flatMap((writer) => writer.acknowledged()))
      }
      await startWriter({ file, name: 'last', count: 1, bytes: 10, settings }).done
      const { names, damaged } = await storedNames(file)
      const kept = new Set(names)
      expect(acknowledged.filter((name) => !kept.has(name))).to.deep.equal([])
      expect(new Set(names).size).to.equal(names.length)
      expect(acknowledged.length).to.be.greaterThan(kills)
      expect(damaged).to.be.at.most(kills)
      const { problems, torn, chained } = await jsonlStore(file).verify!()
      // Without a chain a torn line is a problem for good; in one, the next link vouches that nothing else is wrong.
      expect(problems).to.have.length(kind === '' ? damaged : 0)
      expect({ torn, chained }).to.deep.equal(
        kind === '' ? { torn: 0, chained: 0 } : { torn: damaged, chained: names.length },
      )
      expect((await readdir(folder)).filter((name) => name.includes('.lock'))).to.deep.equal([])
    })
  }

  it('acknowledges nothing that a full disk cut off, and the next record is whole', async () => {
    // A file size limit of 64 KiB cuts a write short as a full disk does.
    const limited = spawnSync(
      'bash',
      ['-c', `ulimit -f 64; exec node "$@"`, 'bash', writerScript, file, 'full', '100', '1000'],
      { encoding: 'utf8' },
    )
    expect(limited.status).to.not.equal(0)
    expect(limited.stderr).to.include('history.jsonl: ')
    const acknowledged = limited.stdout.split('\n').filter(Boolean)
    expect(acknowledged.length).to.be.within(30, 64)
    expect((await storedNames(file)).names).to.deep.equal(acknowledged)
    await startWriter({ file, name: 'after', count: 1, bytes: 10 }).done
    expect((await storedNames(file)).names).to.deep.equal([...acknowledged, 'after/0'])
  })

  for (const settings of [{}, { chain: true }]) {
    it(`is whole again once a really full disk has room, with ${JSON.stringify(settings)}`, async function () {
      const disk = path.join(folder, 'disk')
      await mkdir(disk)
      // Only root may mount a disk of 64 KiB.
      if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status !== 0) return this.skip()
      try {
        file = path.join(disk, 'history.jsonl')
        const filler = path.join(disk, 'filler')
        await writeFile(filler, Buffer.alloc(16_384))
        const args = [writerScript, file, 'full', '1000', '300-9000', JSON.stringify(settings)]
        const full = spawnSync(process.execPath, args, { encoding: 'utf8' })
        expect(full.status).to.not.equal(0)
        expect(full.stderr).to.include('no space left on the device; free some, then record again')
        const acknowledged = full.stdout.split('\n').filter(Boolean)
        expect((await storedNames(file)).names).to.deep.equal(acknowledged)
        await rm(filler)
        await startWriter({ file, name: 'after', count: 2, bytes: 10, settings }).done
        expect((await storedNames(file)).names).to.deep.equal([...acknowledged, 'after/0', 'after/1'])
        if ('chain' in settings) expect((await jsonlStore(file).verify!()).problems).to.deep.equal([])
      } finally {
        execFileSync('umount', [disk])
      }
    })
  }

  it('reads on through 1,000 corruptions', async () => {
    const lines = Array.from({ length: 1000 }, (_none, i) => [
      Buffer.from(JSON.stringify({ timestamp: '2025-11-16T10:00:00Z', selector: `ok/${i}` })),
      corrupt(JSON.stringify({ timestamp: '2025-11-16T10:00:00Z', selector: `bad/${i}` })),
    ])
    await writeFile(file, Buffer.concat(lines.flat().flatMap((line) => [line, Buffer.from('\n')])))
    const { names, damaged } = await storedNames(file)
    expect(names.filter((name) => name.startsWith('ok/'))).to.have.length(1000)
    expect(damaged).to.be.at.least(1000)
  })
})

/** The line with its closing brace gone and a byte somewhere replaced by any other. */
function corrupt(line: string): Buffer {
  const bytes = Buffer.from(line.slice(0, -1))
  bytes[1 + Math.floor(Math.random() * (bytes.length - 1))] = Math.floor(Math.random() * 256)
  return bytes
}
