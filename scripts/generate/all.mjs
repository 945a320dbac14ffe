/** Makes every generated file in memory, then writes them or, with --check, compares. Started by ../generate.mjs. */
import { spawnSync } from 'node:child_process'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { apiDocs } from './api.mjs'
import { commandDocs, commandSnapshot } from './commands.mjs'
import { referencePages } from './reference.mjs'
import { resultSchemas } from './schemas.mjs'
import { root } from '../prepare.mjs'

/** Folders whose whole content is generated: a file that is no longer made is stale. */
const ownedFolders = ['docs/commands', 'docs/api', 'schemas']

const files = new Map()
for (const make of [commandDocs, commandSnapshot, referencePages, resultSchemas, apiDocs]) {
  for (const [file, text] of await make()) files.set(file, text.endsWith('\n') ? text : `${text}\n`)
}

const stale = await staleFiles()
if (process.argv.includes('--check')) await check()
else await write()

async function check() {
  const different = []
  for (const [file, text] of files) {
    const there = await readFile(path.join(root, file), 'utf8').catch(() => undefined)
    if (there !== text) different.push(there === undefined ? `${file} is missing` : `${file} differs`)
  }
  for (const file of stale) different.push(`${file} is no longer generated`)
  if (manifestDiffers()) different.push('oclif.manifest.json, which every build writes, differs from the one in git')
  if (different.length === 0) return
  console.error(`Generated files are out of date:\n  ${different.join('\n  ')}\nRun: npm run generate`)
  process.exitCode = 1
}

/** Whether the build has made another manifest than the one in git; outside of a checkout there is none to compare. */
function manifestDiffers() {
  return spawnSync('git', ['diff', '--quiet', '--', 'oclif.manifest.json'], { cwd: root }).status === 1
}

async function write() {
  for (const file of stale) await rm(path.join(root, file))
  for (const [file, text] of files) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true })
    await writeFile(path.join(root, file), text)
  }
  console.error(`${files.size} files generated`)
}

async function staleFiles() {
  const found = []
  for (const folder of ownedFolders) {
    const names = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true }).catch(() => [])
    for (const entry of names) {
      const file = path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/')
      if (entry.isFile() && !files.has(file)) found.push(file)
    }
  }
  return found
}
