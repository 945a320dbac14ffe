import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readlink, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { withLock } from '../../../plugins/plugin-jsonl/src/lock.js'
import { newOwner, stateOf } from '../../../plugins/plugin-jsonl/src/owner.js'

const times = { waitMs: 10_000, elsewhereMs: 10_000 }

describe('jsonl: the lock', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-jsonl-'))
    file = path.join(folder, 'history.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true }))

  /** The name of a process that has ended, as it would have written it. */
  async function deadOwner(): Promise<string> {
    const child = spawn(process.execPath, ['-e', ''])
    const parts = newOwner().split('.')
    await once(child, 'close')
    return [child.pid, ...parts.slice(1)].join('.')
  }

  it('lets one in at a time, and is gone afterwards', async () => {
    let inside = 0
    let most = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside)
      await new Promise((resolve) => setTimeout(resolve, 2))
      inside--
    }
    await Promise.all(Array.from({ length: 20 }, () => withLock(file, times, work)))
    expect(most).to.equal(1)
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('is given back when the work fails', async () => {
    const error = await withLock(file, times, () => Promise.reject(new Error('no'))).catch((thrown: Error) => thrown)
    expect(error).to.have.property('message', 'no')
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('is taken at once from a dead holder, by one of many, also where one died taking it', async () => {
    const [holder, claimant] = [await deadOwner(), await deadOwner()]
    await symlink(holder, `${file}.lock`)
    await symlink(claimant, `${file}.lock.${holder}`)
    let inside = 0
    const seen: number[] = []
    await Promise.all(
      Array.from({ length: 20 }, () =>
        withLock(file, { ...times, elsewhereMs: 1e9 }, async () => {
          seen.push(++inside)
          await new Promise((resolve) => setTimeout(resolve, 1))
          inside--
        }),
      ),
    )
    expect(seen).to.deep.equal(Array(20).fill(1))
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('tells a process from a later one of the same number', () => {
    const [pid, start, ...rest] = newOwner().split('.')
    expect(stateOf([pid, start, ...rest].join('.'))).to.equal('alive')
    expect(stateOf([pid, '1', ...rest].join('.'))).to.equal('dead')
    expect(stateOf(`${pid}.${start}.elsewhere.0`)).to.equal('elsewhere')
    expect(stateOf('nonsense')).to.equal('elsewhere')
  })

  it('is taken from a holder elsewhere only after its time', async () => {
    await symlink('1.1.elsewhere.0', `${file}.lock`)
    const waiting = await withLock(file, { waitMs: 30, elsewhereMs: 1e9 }, () => Promise.resolve()).catch(
      (error: Error) => error.message,
    )
    expect(waiting).to.equal(
      `another process (1) has held ${file}.lock all the time; end it if it hangs, then try again`,
    )
    expect(await readlink(`${file}.lock`)).to.equal('1.1.elsewhere.0')
    await withLock(file, { waitMs: 10_000, elsewhereMs: 20 }, () => Promise.resolve())
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('is no longer waited for when the host gives up', async () => {
    await symlink(newOwner(), `${file}.lock`)
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 10)
    const error = await withLock(file, { ...times, signal: controller.signal }, () => Promise.resolve()).catch(
      (thrown: Error) => thrown,
    )
    expect(error).to.have.property('name', 'AbortError')
  })
})
