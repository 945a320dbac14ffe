/** docs/api: the library's reference, from the docstrings of what src/index.ts exports. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { Application } from 'typedoc'

import { root } from '../prepare.mjs'

export async function apiDocs() {
  const out = await mkdtemp(path.join(tmpdir(), 'arbk8s-api-'))
  try {
    const app = await Application.bootstrapWithPlugins({
      entryPoints: [path.join(root, 'src', 'index.ts')],
      tsconfig: path.join(root, 'tsconfig.types.json'),
      plugin: ['typedoc-plugin-markdown'],
      out,
      readme: 'none',
      name: 'arbk8s as a library',
      disableSources: true,
      hideGenerator: true,
      excludeInternal: true,
      outputFileStrategy: 'modules',
      logLevel: 'Error',
    })
    const project = await app.convert()
    if (!project) throw new Error('typedoc could not read src/index.ts')
    await app.generateOutputs(project)
    const names = await readdir(out, { recursive: true, withFileTypes: true })
    const pages = names.filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    return await Promise.all(
      pages.map(async (entry) => {
        const file = path.join(entry.parentPath, entry.name)
        return [`docs/api/${path.relative(out, file).replaceAll(path.sep, '/')}`, await readFile(file, 'utf8')]
      }),
    )
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}
