import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

import { expect } from 'chai'

import { repoRoot } from '../helpers/cli.js'

const entry = path.join(repoRoot, 'dist', 'index.js')

/** Imports the library with an environment that notes who reads it, and prints what there is to know. */
const program = `
  const reads = []
  const note = (name) => {
    const by = new Error().stack.split('\\n').some((line) => line.includes('file:') && !line.includes('[eval'))
    if (by) reads.push(String(name))
  }
  process.env = new Proxy(process.env, {
    get: (target, name) => (note(name), target[name]),
    has: (target, name) => (note(name), name in target),
    ownKeys: (target) => (note('all of it'), Reflect.ownKeys(target)),
  })
  const library = await import(${JSON.stringify(pathToFileURL(entry).href)})
  console.log(JSON.stringify({ names: Object.keys(library), reads, exitCode: process.exitCode ?? null }))
`

/** Packages that are loaded as soon as the file is, by the static imports below it. */
function packagesOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return []
  seen.add(file)
  const statements = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\s[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm,
  )
  return [...statements].flatMap((match) => {
    const target = match[1] ?? match[2]!
    if (target.startsWith('.')) return packagesOf(path.resolve(path.dirname(file), target), seen)
    return target.startsWith('node:') ? [] : [target]
  })
}

describe('importing the library', () => {
  it('prints nothing, reads no environment variable and does not exit', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
    const { names, reads, exitCode } = JSON.parse(stdout) as { names: string[]; reads: string[]; exitCode: unknown }
    expect({ stderr, reads, exitCode }).to.deep.equal({ stderr: '', reads: [], exitCode: null })
    expect(names).to.include.members([
      'generateJobs',
      'validateManifests',
      'applyJobs',
      'takeSnapshot',
      'judgeSnapshot',
    ])
    expect(names).to.include.members([
      'openStore',
      'appendRecord',
      'summarise',
      'incidentOf',
      'buildAlert',
      'runPipeline',
    ])
  })

  it('loads no package: each is loaded where it is used', () => {
    expect(packagesOf(entry)).to.deep.equal([])
    expect(packagesOf(path.join(repoRoot, 'dist', 'cli', 'main.js'))).to.include('@oclif/core')
  })
})
