import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { jsonlStore } from '../../../plugins/plugin-jsonl/src/store.js'
import { sampleRecord } from '../../../plugins/plugin-kit/src/testing/index.js'
import type { HistoryEntry, ReadQuery } from '../../../plugins/plugin-kit/src/index.js'

describe('jsonl: the file', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-jsonl-'))
    file = path.join(folder, 'history.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const entries = async (query?: ReadQuery): Promise<HistoryEntry[]> => {
    const all: HistoryEntry[] = []
    for await (const entry of jsonlStore(file).read(query)) all.push(entry)
    return all
  }
  const line = (minute: number, pad = 0): string =>
    JSON.stringify(sampleRecord(minute, { raw_snapshot: 'x'.repeat(pad) }))
  const rest = (minutes: number[]): string =>
    minutes.map((minute) => `${JSON.stringify(sampleRecord(minute))}\n`).join('')
  const failure = async (work: () => Promise<unknown>): Promise<string> => {
    const error = await work().then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    return error?.message ?? 'nothing was thrown'
  }

  it('is made with mode 0600 in a folder of mode 0700, whatever the umask', async () => {
    const before = process.umask(0)
    try {
      file = path.join(folder, 'a', 'b', 'history.jsonl')
      await jsonlStore(file).append(sampleRecord())
    } finally {
      process.umask(before)
    }
    expect((await stat(file)).mode & 0o777).to.equal(0o600)
    expect((await stat(path.dirname(file))).mode & 0o777).to.equal(0o700)
    expect((await stat(path.join(folder, 'a'))).mode & 0o777).to.equal(0o700)
  })

  it('starts a new line behind a torn tail, and only then', async () => {
    await writeFile(file, `${line(0)}\n{"timestamp": "20`)
    await jsonlStore(file).append(sampleRecord(1))
    await jsonlStore(file).append(sampleRecord(2))
    expect(await readFile(file, 'utf8')).to.equal(`${line(0)}\n{"timestamp": "20\n${rest([1, 2])}`)
    expect(await entries()).to.deep.equal([
      { record: JSON.parse(line(0)) },
      { damaged: { where: 'line 2', reason: 'it is not JSON; perhaps it was cut off' } },
      { record: sampleRecord(1) },
      { record: sampleRecord(2) },
    ])
  })

  it('reads a whole record at the end that lacks only its newline', async () => {
    await writeFile(file, line(0))
    expect(await entries({ newestFirst: true })).to.deep.equal([{ record: JSON.parse(line(0)) }])
  })

  it('reads the same from both ends, with lines around and over the chunk size', async () => {
    const sizes = [0, 10, 65_536 - 260, 65_536 - 200, 65_536, 300_000, 0, 131_072, 1]
    await writeFile(file, sizes.map((size, minute) => `${line(minute, size)}\n`).join(''))
    const forward = await entries()
    expect(forward).to.have.length(sizes.length)
    expect(forward).to.deep.equal((await entries({ newestFirst: true })).reverse())
    expect(forward.every((entry) => 'record' in entry)).to.equal(true)
  })

  it('reads the last records without touching the rest', async () => {
    // A sparse terabyte in front: reading it would never end.
    execFileSync('truncate', ['-s', '1T', file])
    await appendFile(file, `\n${line(1)}\n${line(2)}\n`)
    const last = await entries({ newestFirst: true, limit: 2 })
    expect(last).to.deep.equal([{ record: JSON.parse(line(2)) }, { record: JSON.parse(line(1)) }])
  })

  it('names each damaged line with its place and reason', async () => {
    const bad = ['garbage', '[1]', '"text"', '{"timestamp": 5}', '{"timestamp": "yesterday"}', '{"timestamp": "2025']
    await writeFile(
      file,
      Buffer.concat([Buffer.from(`${bad.join('\n')}\n\n`), Buffer.of(0xff, 0xfe), Buffer.from('\n')]),
    )
    const damaged = (await entries()).map((entry) =>
      'damaged' in entry ? Object.values(entry.damaged).join(': ') : '',
    )
    expect(damaged).to.deep.equal([
      'line 1: it is not JSON',
      'line 2: it is JSON, but not an object',
      'line 3: it is JSON, but not an object',
      'line 4: it has no timestamp that can be read',
      'line 5: it has no timestamp that can be read',
      'line 6: it is not JSON; perhaps it was cut off',
      'line 8: it is not UTF-8 text',
    ])
    const [lastDamaged] = await entries({ newestFirst: true })
    expect(lastDamaged).to.have.nested.property('damaged.where', `byte ${bad.join('\n').length + 2}`)
  })

  it('reads lines of the original tool: spaces, microseconds, no zone (UTC), other zones', async () => {
    const original = (timestamp: string): string =>
      `{"timestamp": "${timestamp}", "namespace": "trading-bots", "selector": "app=arbitrage-tuning", ` +
      '"overall_health": "OK", "jobs_ok": 2, "jobs_warn": 0, "jobs_error": 0, "raw_snapshot": null}\n'
    const stamps = [
      '2025-11-16T10:00:00Z',
      '2025-11-16T10:01:00.906585',
      '2025-11-16T12:02:00+02:00',
      '2025-11-16 10:03:00',
    ]
    await writeFile(file, stamps.map(original).join(''))
    const got = await entries({ since: new Date('2025-11-16T10:01:00Z') })
    expect(got.map((entry) => 'record' in entry && entry.record.timestamp)).to.deep.equal(stamps.slice(1))
  })

  it('finds records since a time behind older ones that were copied in later', async () => {
    await writeFile(file, [5, 6, 0, 1].map((minute) => `${line(minute)}\n`).join(''))
    const since = new Date(sampleRecord(5).timestamp)
    expect(await entries({ since, newestFirst: true })).to.have.length(2)
  })

  it('follows a link to a file, and opens jsonl:// locations', async () => {
    await symlink(path.join(folder, 'real.jsonl'), file)
    await jsonlStore(`jsonl://${file}`).append(sampleRecord(1))
    expect(await entries()).to.have.length(1)
  })

  it('says what is wrong with a path and what to do, when reading and when appending', async () => {
    const read = (): Promise<unknown> => entries()
    const append = (): Promise<unknown> => jsonlStore(file).append(sampleRecord())
    expect(await failure(read)).to.equal(`${file}: it does not exist; check the path, or record something first`)
    await mkdir(file)
    for (const work of [read, append]) expect(await failure(work)).to.include('it is a folder; name a regular file')
    file = path.join(folder, 'pipe')
    execFileSync('mkfifo', [file])
    for (const work of [read, append]) expect(await failure(work)).to.include('it is a pipe')
    file = '/dev/full'
    for (const work of [read, append]) expect(await failure(work)).to.include('it is a device or socket')
    await writeFile(path.join(folder, 'plain'), '')
    file = path.join(folder, 'plain', 'history.jsonl')
    expect(await failure(append)).to.include('a part of the path is a file')
  })

  it('says when it may not read or write', async () => {
    await writeFile(file, '')
    await chmod(file, 0)
    await chmod(folder, 0o755)
    const root = process.getuid?.() === 0
    if (root) process.seteuid?.('nobody') // root may read everything
    try {
      expect(await failure(() => entries())).to.include('permission denied; give this user the right')
      expect(await failure(() => jsonlStore(file).append(sampleRecord()))).to.include('permission denied')
      file = path.join(folder, 'new.jsonl')
      if (root) expect(await failure(() => jsonlStore(file).append(sampleRecord()))).to.include('permission denied')
    } finally {
      if (root) process.seteuid?.('root')
    }
  })
})
