import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'

import { expect } from 'chai'

import { repoRoot } from '../../helpers/cli.js'

/** Which rooms of src/ a room may import. Data moves down; nothing reaches back up. */
const rooms: Record<string, readonly string[]> = {
  base: [],
  config: ['base'],
  session: ['base'],
  manifests: ['session', 'base'],
  cluster: ['session', 'base'],
  apply: ['manifests', 'cluster', 'session', 'base'],
  health: ['cluster', 'session', 'base'],
  history: ['health', 'cluster', 'session', 'base'],
  alerts: ['history', 'health', 'base'],
  plugins: ['config', 'base'],
  pipeline: ['session', 'manifests', 'cluster', 'apply', 'health', 'history', 'alerts', 'plugins', 'base'],
  library: [
    ...['session', 'manifests', 'cluster', 'apply', 'health', 'history', 'alerts', 'pipeline', 'plugins', 'config'],
    'base',
  ],
  cli: ['*'],
  commands: ['*'],
}

/** Packages that only some rooms may import. */
const guarded: { name: RegExp; rooms: readonly string[] }[] = [
  { name: /^@oclif\//, rooms: ['cli', 'commands', 'plugins'] },
  { name: /^@kubernetes\/client-node/, rooms: ['cluster'] },
  { name: /^(undici|node:https|node:http|node:http2|node:tls|node:net)$/, rooms: ['cluster', 'alerts'] },
  { name: /^node:child_process$/, rooms: ['cluster', 'cli'] },
]

/** Rooms that compute and do no I/O. */
const pure = ['session', 'health', 'manifests/rules']

interface Import {
  file: string
  room: string
  target: string
  typeOnly: boolean
}

function imports(): Import[] {
  const src = path.join(repoRoot, 'src')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  return files.flatMap((name) => {
    const file = name.replaceAll(path.sep, '/')
    const text = readFileSync(path.join(src, name), 'utf8')
    const statements = text.matchAll(
      /^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|import\('([^']+)'\)|^import\s+'([^']+)'/gm,
    )
    return [...statements].map((match) => ({
      file,
      room: file.includes('/') ? file.slice(0, file.indexOf('/')) : '',
      target: match[2] ?? match[3] ?? match[4] ?? '',
      typeOnly: Boolean(match[1]),
    }))
  })
}

function roomOf({ file, target }: Import): string | undefined {
  if (!target.startsWith('.')) return undefined
  const resolved = path.posix.normalize(path.posix.join(path.posix.dirname(file), target))
  return resolved.includes('/') ? resolved.slice(0, resolved.indexOf('/')) : ''
}

describe('the walls of the house', () => {
  const all = imports()

  it('has imports to look at', () => {
    expect(all.length).to.be.greaterThan(50)
    expect(new Set(all.map((entry) => entry.room))).to.include.members(Object.keys(rooms))
  })

  it('lets data move one way between the rooms', () => {
    const wrong = all.filter((entry) => {
      const target = roomOf(entry)
      const allowed = rooms[entry.room]
      if (entry.room === '' || target === undefined || target === entry.room) return false
      return !allowed || !(allowed.includes('*') || allowed.includes(target))
    })
    expect(wrong.map((entry) => `${entry.file} imports ${entry.target}`)).to.deep.equal([])
  })

  it('keeps oclif, the Kubernetes client and the network in their rooms', () => {
    const wrong = all.filter((entry) => {
      const rule = guarded.find(({ name }) => name.test(entry.target))
      // It reads addresses; nothing of it connects.
      if (entry.file === 'base/no-proxy.ts' && entry.target === 'node:net') return false
      return rule && !rule.rooms.includes(entry.room)
    })
    expect(wrong.map((entry) => `${entry.file} imports ${entry.target}`)).to.deep.equal([])
  })

  it('hands a Writer to apply/ and the commands that apply, and to nobody else', () => {
    const wrong = all.filter(
      (entry) => /\/writer\.js$/.test(entry.target) && !['apply', 'cluster'].includes(entry.room),
    )
    expect(wrong.map((entry) => `${entry.file} imports ${entry.target}`)).to.deep.equal([])
  })

  it('does no I/O in session/, health/ and the rules', () => {
    const wrong = all.filter(
      (entry) =>
        pure.some((folder) => entry.file.startsWith(`${folder}/`)) &&
        /^node:(fs|net|http|https|child_process|os)/.test(entry.target),
    )
    expect(wrong.map((entry) => `${entry.file} imports ${entry.target}`)).to.deep.equal([])
  })

  it('prints nowhere but in cli/', () => {
    const src = path.join(repoRoot, 'src')
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.startsWith('cli'),
    )
    const wrong = files.filter((name) =>
      /\bconsole\.|process\.std(out|err)\.write/.test(readFileSync(path.join(src, name), 'utf8')),
    )
    expect(wrong).to.deep.equal([])
  })

  it('loads no heavy module at the top of what every command loads', () => {
    const heavy = /^(yaml|ajv|undici|@kubernetes\/client-node|nodemailer|@aws-sdk\/)/
    const wrong = all.filter(
      (entry) =>
        heavy.test(entry.target) &&
        ['cli', 'commands', 'config', 'base', 'plugins'].includes(entry.room) &&
        !entry.typeOnly,
    )
    const eager = wrong.filter(
      (entry) =>
        !new RegExp(`await import\\('${entry.target}`).test(
          readFileSync(path.join(repoRoot, 'src', entry.file), 'utf8'),
        ),
    )
    expect(eager.map((entry) => `${entry.file} imports ${entry.target}`)).to.deep.equal([])
  })
})
