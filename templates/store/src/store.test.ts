import { rejects } from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'

import type { PluginContext } from '@arbk8s/plugin-kit'
import { testStore } from '@arbk8s/plugin-kit/testing'

import hook from './store.js'

const host = {} as PluginContext

// What every store must do: order, limits, several writers, damaged entries.
testStore(
  { describe, it },
  {
    name: 'template-name',
    location: async () => {
      const parent = await mkdtemp(path.join(tmpdir(), 'template-name-'))
      const folder = path.join(parent, 'history')
      return {
        open: () => hook({ host, location: `template-name://${folder}` }),
        damage: () => writeFile(path.join(folder, '000000000000001-broken.json'), '{"timestamp": '),
        block: () => writeFile(folder, 'a file where the folder would be'),
        remove: () => rm(parent, { recursive: true }),
      }
    },
  },
)

// What is particular to this one.
describe('template-name', () => {
  it('refuses a location without a folder', async () => {
    await rejects(async () => hook({ host, location: 'template-name://' }), { code: 'ERR_SETTINGS' })
  })
})
