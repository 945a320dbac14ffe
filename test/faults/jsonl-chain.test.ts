/** Every byte of a chained history matters: whichever is changed, `verify` tells. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { jsonlStore } from '../../plugins/plugin-jsonl/src/store.js'
import type { HistoryRecord } from '../../plugins/plugin-kit/src/index.js'
import { rounds } from '../helpers/jsonl.js'

describe('chained history under tampering', function () {
  this.timeout(rounds(120_000, 1_800_000))
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-faults-'))
    file = path.join(folder, 'history.jsonl')
    const store = jsonlStore(file, { settings: { chain: true } })
    for (let i = 0; i < 20; i++) {
      const timestamp = new Date(Date.UTC(2025, 10, 16, 10, i)).toISOString()
      await store.append({ timestamp, n: i } as unknown as HistoryRecord)
    }
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const problems = async (): Promise<number> => (await jsonlStore(file).verify!()).problems.length

  it('shows every changed byte of 20 records', async () => {
    const whole = await readFile(file)
    expect(await problems()).to.equal(0)
    const missed: string[] = []
    for (let at = 0; at < whole.length; at++) {
      // In CI one bit of each byte, not always the same; else each bit of each byte.
      for (let turn = 0; turn < rounds(1, 8); turn++) {
        const changed = Buffer.from(whole)
        changed[at]! ^= 1 << ((at + turn) % 8)
        await writeFile(file, changed)
        if ((await problems()) === 0) missed.push(`byte ${at}, bit ${(at + turn) % 8}`)
      }
    }
    expect(missed).to.deep.equal([])
  })

  it('shows every cut inside a line, and every cut between lines to who kept the head', async () => {
    const whole = await readFile(file)
    const { head } = await jsonlStore(file).verify!()
    for (let end = 1; end < whole.length; end += rounds(17, 1)) {
      await writeFile(file, whole.subarray(0, end))
      const { problems } = await jsonlStore(file).verify!({ head: head! })
      // The last newline alone takes nothing away.
      if (end < whole.length - 1) expect(problems, `cut at ${end}`).to.not.be.empty
    }
  })
})
