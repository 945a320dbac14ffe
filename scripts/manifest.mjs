/** Writes oclif.manifest.json of the root package from the built commands: the last step of every build. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { Plugin } from '@oclif/core'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const plugin = new Plugin({
  root,
  type: 'core',
  ignoreManifest: true,
  errorOnManifestCreate: true,
  respectNoCacheDefault: true,
})
await plugin.load()
// Commands come in the order in which the folders happened to be read.
const commands = Object.fromEntries(Object.entries(plugin.manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1)))
const manifest = JSON.stringify({ ...plugin.manifest, commands }, null, 2).replaceAll(root, '.')
await writeFile(path.join(root, 'oclif.manifest.json'), `${manifest}\n`)
