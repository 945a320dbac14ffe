import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'

import type { PluginContext } from '@arbk8s/plugin-kit'
import { sampleRecord, testStore } from '@arbk8s/plugin-kit/testing'

import hook from './store.js'

const open = async (folder: string) => hook({ host: {} as PluginContext, location: `days://${folder}` })

async function place() {
  const parent = await mkdtemp(path.join(tmpdir(), 'days-'))
  const folder = path.join(parent, 'history')
  const broken = path.join(folder, '2001-01-01')
  return {
    folder,
    open: () => open(folder),
    damage: async () => {
      await mkdir(broken, { recursive: true })
      await writeFile(path.join(broken, '000978307200000-0-0.json'), '{"timestamp": ')
    },
    block: () => writeFile(folder, 'a file where the folder would be'),
    remove: () => rm(parent, { recursive: true }),
  }
}

testStore({ describe, it }, { name: 'days', location: place })

describe('days', () => {
  it('has a folder for each day in UTC', async () => {
    const { folder, remove } = await place()
    const store = await open(folder)
    for (const timestamp of ['2025-11-16T23:59:59Z', '2025-11-17T00:30:00+01:00', '2025-11-17T00:00:00Z']) {
      await store.append({ ...sampleRecord(1), timestamp })
    }
    deepStrictEqual((await readdir(folder)).sort(), ['2025-11-16', '2025-11-17'])
    await remove()
  })
  it('names what is damaged when it verifies', async () => {
    const { folder, damage, remove } = await place()
    const store = await open(folder)
    await store.append(sampleRecord(1))
    await damage()
    const { records, problems } = await store.verify!()
    strictEqual(records, 1)
    strictEqual(problems.length, 1)
    await remove()
  })
  it('refuses a location without a folder', async () => {
    await rejects(open(''), { code: 'ERR_SETTINGS' })
  })
})
