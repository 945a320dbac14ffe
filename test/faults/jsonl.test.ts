/** The history file among several writers, killed writers and a full disk: no acknowledged record is lost. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { expect } from 'chai'

import { jsonlStore } from '../../plugins/plugin-jsonl/src/store.js'

const writer = fileURLToPath(new URL('jsonl-writer.mjs', import.meta.url))

describe('history file under faults', function () {
  this.timeout(120_000)
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-faults-'))
    file = path.join(folder, 'history.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('keeps every record of 8 processes that write at once', async () => {
    const runs = await Promise.all(
      Array.from({ length: 8 }, async (_none, i) => {
        const run = start(`w${i}`, 100, [300, 5_000, 70_000][i % 3]!)
        await once(run.child, 'close')
        return run
      }),
    )
    const acknowledged = runs.flatMap((run) => run.acknowledged())
    expect(acknowledged).to.have.length(800)
    const { names, damaged } = await stored()
    expect(damaged).to.equal(0)
    expect(names.sort()).to.deep.equal(acknowledged.sort())
  })

  it('loses no acknowledged record to kill -9 at any moment, and the next writer goes on', async () => {
    const acknowledged: string[] = []
    const rounds = 12
    for (let round = 0; round < rounds; round++) {
      const runs = [start(`a${round}`, 1e6, 300), start(`b${round}`, 1e6, 1_000_000)]
      await Promise.all(runs.map((run) => once(run.child.stdout!, 'data')))
      await delay(Math.random() * 60)
      for (const { child } of runs) child.kill('SIGKILL')
      await Promise.all(runs.map((run) => once(run.child, 'close')))
      acknowledged.push(...runs.flatMap((run) => run.acknowledged()))
    }
    const { names, damaged } = await stored()
    const kept = new Set(names)
    expect(acknowledged.filter((name) => !kept.has(name))).to.deep.equal([])
    expect(acknowledged.length).to.be.greaterThan(rounds)
    expect(damaged).to.be.at.most(rounds * 2)
  })

  it('acknowledges nothing that a full disk cut off, and the next record is whole', async () => {
    // A file size limit of 64 KiB cuts a write short as a full disk does.
    const limited = spawnSync(
      'bash',
      ['-c', `ulimit -f 64; exec node "$@"`, 'bash', writer, file, 'full', '100', '1000'],
      {
        encoding: 'utf8',
      },
    )
    expect(limited.status).to.not.equal(0)
    expect(limited.stderr).to.include('history.jsonl: ')
    const acknowledged = limited.stdout.split('\n').filter(Boolean)
    expect(acknowledged.length).to.be.within(30, 64)
    expect((await stored()).names).to.deep.equal(acknowledged)
    await once(start('after', 1, 10).child, 'close')
    expect((await stored()).names).to.deep.equal([...acknowledged, 'after/0'])
  })

  it('reads on through 1,000 corruptions', async () => {
    const lines = Array.from({ length: 1000 }, (_none, i) => [
      JSON.stringify({ timestamp: '2025-11-16T10:00:00Z', selector: `ok/${i}` }),
      corrupt(JSON.stringify({ timestamp: '2025-11-16T10:00:00Z', selector: `bad/${i}` })),
    ])
    await writeFile(
      file,
      Buffer.concat(lines.flat().map((line) => Buffer.concat([Buffer.from(line), Buffer.from('\n')]))),
    )
    const { names, damaged } = await stored()
    expect(names.filter((name) => name.startsWith('ok/'))).to.have.length(1000)
    expect(damaged).to.be.at.least(1000)
  })

  function start(name: string, count: number, bytes: number): { child: ChildProcess; acknowledged(): string[] } {
    const child = spawn(process.execPath, [writer, file, name, String(count), String(bytes)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout!.on('data', (data: Buffer) => (output += data.toString()))
    // The last piece may be a name that was cut off while it was printed.
    return { child, acknowledged: () => output.split('\n').slice(0, -1) }
  }

  async function stored(): Promise<{ names: string[]; damaged: number }> {
    const names: string[] = []
    let damaged = 0
    for await (const entry of jsonlStore(file).read()) {
      if ('record' in entry) names.push(entry.record.selector)
      else damaged++
    }
    return { names, damaged }
  }
})

/** The line with its closing brace gone and a byte somewhere replaced by any other. */
function corrupt(line: string): Buffer {
  const bytes = Buffer.from(line.slice(0, -1))
  bytes[1 + Math.floor(Math.random() * (bytes.length - 1))] = Math.floor(Math.random() * 256)
  return bytes
}
