/** Files that are closed while several write and read: nothing is lost, and nothing is given twice. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { jsonlStore } from '../../plugins/plugin-jsonl/src/store.js'
import { rounds, startWriter, storedNames } from '../helpers/jsonl.js'

describe('history files that are closed under load', function () {
  this.timeout(rounds(120_000, 900_000))
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-faults-'))
    file = path.join(folder, 'history.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  for (const chain of [false, true]) {
    it(`lose nothing of 8 writers${chain ? ' in a chain' : ''}, and readers from both ends see all of it, once`, async () => {
      const count = rounds(100, 500)
      const settings = { chain, rotate: { size: '40KiB' } }
      const writers = Array.from({ length: 8 }, (_none, i) =>
        startWriter({ file, name: `w${i}`, count, bytes: '100-3000', settings }),
      )
      const done = Promise.all(writers.map((writer) => writer.done))
      let [running, reads] = [true, 0]
      void done.then(() => (running = false))
      while (running) {
        const before = writers.flatMap((writer) => writer.acknowledged())
        if (before.length === 0) {
          await new Promise((resolve) => setTimeout(resolve, 10))
          continue
        }
        const { names, damaged } = await storedNames(file, { newestFirst: reads++ % 2 === 0 })
        const seen = new Set(names)
        expect(seen.size, 'none twice').to.equal(names.length)
        expect(
          before.filter((name) => !seen.has(name)),
          'none missing',
        ).to.deep.equal([])
        // A line that is being written may be seen half done, at the end alone.
        expect(damaged).to.be.at.most(1)
      }
      await done
      const acknowledged = writers.flatMap((writer) => writer.acknowledged())
      expect(acknowledged).to.have.length(8 * count)
      const [forward, backward] = [await storedNames(file), await storedNames(file, { newestFirst: true })]
      expect([...forward.names].sort()).to.deep.equal(acknowledged.sort())
      expect(backward.names.reverse()).to.deep.equal(forward.names)
      expect(forward.damaged).to.equal(0)
      expect((await readdir(folder)).length).to.be.greaterThan(10)
      expect(reads).to.be.greaterThan(2)
      const { records, chained, problems } = await jsonlStore(file).verify!()
      expect({ records, chained, problems }).to.deep.equal({
        records: 8 * count,
        chained: chain ? 8 * count : 0,
        problems: [],
      })
    })
  }

  it('lose nothing to kill -9 while they are closed', async () => {
    const acknowledged: string[] = []
    const settings = { chain: true, rotate: { size: '5KiB' } }
    const kills = rounds(16, 200)
    for (let round = 0; round < kills / 4; round++) {
      const writers = Array.from({ length: 4 }, (_none, i) =>
        startWriter({ file, name: `r${round}w${i}`, count: 1e6, bytes: '100-2000', settings }),
      )
      for (const { child } of writers) await new Promise((resolve) => child.stdout!.once('data', resolve))
      for (const { child, done } of writers) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
        child.kill('SIGKILL')
        await done
      }
      acknowledged.push(...writers.flatMap((writer) => writer.acknowledged()))
    }
    await startWriter({ file, name: 'last', count: 1, bytes: 10, settings }).done
    const { names } = await storedNames(file)
    const kept = new Set(names)
    expect(acknowledged.filter((name) => !kept.has(name))).to.deep.equal([])
    expect(kept.size).to.equal(names.length)
    expect((await jsonlStore(file).verify!()).problems).to.deep.equal([])
  })
})
