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
const manifest = JSON.stringify(plugin.manifest, null, 2).replaceAll(root, '.')
await writeFile(path.join(root, 'oclif.manifest.json'), `${manifest}\n`)
