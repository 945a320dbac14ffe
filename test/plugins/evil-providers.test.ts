/** Channels and stores that do harm: which package it was is told, the other channels get their alert, the code is true. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { pluginHome, type PluginHome, type PluginSource } from '../helpers/plugin-home.js'

const preview = `preview: async () => ({ destination: 'd', contentType: 'text/plain', body: 'b' })`
const sending = (body: string): string =>
  `export default ({ host }) => ({ apiVersion: 1, ${preview}, async send(alert) { ${body} } })`

interface Evil {
  source: string
  /** What the command says of it, in words that name the package. */
  says: RegExp
  code: number
}

const evils: Record<string, Evil> = {
  'at-import': { source: `throw new Error('evil import')`, says: /plugin evil-at-import .*evil import/, code: 3 },
  syntax: { source: `export default (`, says: /plugin evil-syntax /, code: 3 },
  throws: {
    source: `export default () => { throw new Error('evil hook') }`,
    says: /plugin evil-throws .*evil hook/,
    code: 3,
  },
  nothing: { source: `export default () => null`, says: /plugin evil-nothing .*no object/, code: 3 },
  other: {
    source: `export default () => ({ apiVersion: 2 })`,
    says: /plugin evil-other .*version 2 of the plugin contract/,
    code: 3,
  },
  half: {
    source: `export default () => ({ apiVersion: 1, ${preview} })`,
    says: /plugin evil-half .*lacks send/,
    code: 3,
  },
  settings: {
    source: `export default () => { throw Object.assign(new Error('url is missing'), { code: 'ERR_SETTINGS' }) }`,
    says: /notifier:settings by evil-settings: url is missing/,
    code: 3,
  },
  'exits-hook': {
    source: `export default () => process.exit(0)`,
    says: /plugin evil-exits-hook .*process\.exit\(0\)/,
    code: 3,
  },
  'send-throws': { source: sending(`throw new Error('evil send')`), says: /send-throws: .*evil send/, code: 1 },
  'send-sync': {
    source: `export default () => ({ apiVersion: 1, ${preview}, send() { throw new Error('evil sync') } })`,
    says: /send-sync: .*evil sync/,
    code: 1,
  },
  'send-hangs': {
    source: sending(`await new Promise(() => undefined)`),
    says: /send-hangs: .*no answer within/,
    code: 1,
  },
  'send-exits': { source: sending(`process.exit(0)`), says: /send-exits: .*process\.exit\(0\)/, code: 1 },
  'send-nonsense': { source: sending(`return 'yes'`), says: /send-nonsense: .*did not say/, code: 1 },
  'send-later': {
    source: sending(
      `setTimeout(() => { throw new Error('evil later') }, 1); await new Promise((ok) => setTimeout(ok, 50)); return { delivered: true }`,
    ),
    says: /plugin evil-send-later: evil later/,
    code: 3,
  },
  'send-prints': {
    source: `console.log('evil import'); ${sending(`console.log('evil send'); process.stdout.write('x'.repeat(50000)); return { delivered: true }`)}`,
    says: /\[evil-send-prints\] evil import[^]*\[evil-send-prints\] evil send[^]*not shown/,
    code: 0,
  },
}

const record = JSON.stringify({
  ...{ timestamp: '2025-11-16T10:00:00Z', namespace: 'a', selector: 'b=c', overall_health: 'ERROR' },
  ...{ jobs_ok: 0, jobs_warn: 0, jobs_error: 1, raw_snapshot: null },
})
const send = (...more: string[]): string[] => [
  ...['alerts', 'send', '-n', 'a', '-l', 'b=c', '--channel', 'console', '--no-dry-run', '--timeout-seconds', '1'],
  ...more,
]

const notifier = (name: string, source: string): PluginSource => ({
  name: `evil-${name}`,
  hooks: { [`notifier:${name}`]: './n.js' },
  files: { 'n.js': source },
})

describe('channels and stores that do harm', function () {
  this.timeout(60_000)
  let home: PluginHome

  before(async () => {
    home = await pluginHome()
    await home.linkAll(Object.entries(evils).map(([name, { source }]) => notifier(name, source)))
  })
  after(() => home.remove())

  /** One run against a history and a ledger of its own. */
  async function sendOn(name: string, ...more: string[]) {
    const file = path.join(home.folder, `${name}-${more.length}.jsonl`)
    await writeFile(file, `${record}\n`)
    return home.run(send('--history-file', file, '--channel', name, ...more))
  }

  for (const [name, { says, code }] of Object.entries(evils)) {
    it(`${name}: is told, the console has its alert, and the code is ${code}`, async () => {
      const result = await sendOn(name)
      expect(`${result.stdout}${result.stderr}`).to.match(says)
      expect(result.stdout).to.include('K8s Alert: CRITICAL').and.include('console: delivered')

      if (code === 0) expect(result.stdout).to.not.include('evil')
      expect(result.code, result.stderr).to.equal(code)
      expect(result.stderr).to.not.match(/^\s+at /m)
    })
  }

  it('waits ten seconds for a hook that never settles, and the others have their alert', async () => {
    const other = await pluginHome()
    try {
      await other.link(notifier('hangs', 'export default () => new Promise(() => undefined)'))
      await writeFile(path.join(other.folder, 'h.jsonl'), `${record}\n`)
      const [sent, listing] = await Promise.all([
        other.run(send('--history-file', 'h.jsonl', '--channel', 'hangs')),
        other.run(['plugins']),
      ])
      expect(sent.code).to.equal(3)
      expect(sent.stdout).to.include('K8s Alert: CRITICAL').and.include('console: delivered')
      expect(sent.stdout).to.match(/hangs: NOT delivered: plugin evil-hangs .*did not answer within 10 s/)
      expect(listing.code).to.equal(1)
      expect(listing.stdout).to.match(/evil-hangs .*does not load/)
    } finally {
      await other.remove()
    }
  })

  it('keeps stdout one JSON object whatever a channel prints', async () => {
    const { stdout, stderr, code } = await sendOn('send-prints', '--json')
    expect(JSON.parse(stdout)).to.be.an('object')
    expect(stderr).to.include('[evil-send-prints] evil send')
    expect(stderr.length).to.be.lessThan(10_000)
    expect(code).to.equal(0)
  })

  it('names both packages that provide one channel, and says which to remove', async () => {
    await home.link({ name: 'evil-twin', hooks: { 'notifier:send-throws': './n.js' }, files: { 'n.js': sending('') } })
    try {
      const { code, stdout } = await sendOn('send-throws')
      expect(code).to.equal(3)
      expect(stdout)
        .to.include('is provided by evil-send-throws and by evil-twin')
        .and.include('arbk8s plugins uninstall')
      const listing = await home.run(['plugins'])
      expect(listing.stdout).to.match(/evil-twin .*notifier:send-throws\s+does not load/)
    } finally {
      await home.run(['plugins', 'uninstall', 'evil-twin'])
    }
  })

  it('lists what loads and what does not, with why, as text and JSON', async () => {
    const { code, stdout } = await home.run(['plugins', '--json'])
    expect(code).to.equal(1)
    const { ok, packages } = JSON.parse(stdout) as {
      ok: boolean
      packages: { name: string; provides: { loads: boolean; error: string | null }[] }[]
    }
    expect(ok).to.equal(false)
    const loads = new Map(packages.map(({ name, provides }) => [name, provides[0]?.loads]))
    const broken = ['at-import', 'syntax', 'throws', 'nothing', 'other', 'half', 'exits-hook']
    for (const name of Object.keys(evils)) expect(loads.get(`evil-${name}`), name).to.equal(!broken.includes(name))
    expect(packages.find(({ name }) => name === 'evil-other')?.provides[0]?.error).to.include('version 2')
  })

  it('tells a channel that lacks a setting from one that is complete', async () => {
    const config = 'channels:\n  mine: {type: settings}\n  good: {type: send-nonsense}\n  gone: {type: pager}\n'
    await writeFile(path.join(home.folder, 'arbk8s.yaml'), config)
    const { stdout } = await home.run(['plugins', '--json'])
    const { channels } = JSON.parse(stdout) as { channels: { name: string; status: string; detail: string }[] }
    expect(channels.map(({ name, status }) => [name, status])).to.deep.equal([
      ['gone', 'fail'],
      ['good', 'ok'],
      ['mine', 'incomplete'],
    ])
    expect(channels[2]?.detail).to.include('url is missing')
    const doctor = await home.run(['doctor'])
    expect(doctor.stdout).to.include('✗ channels   mine: notifier:settings by evil-settings: url is missing')
    expect(doctor.stdout).to.include('✗ plugins    notifier:half by evil-half 1.0.0 (linked)')
    await writeFile(path.join(home.folder, 'arbk8s.yaml'), '')
  })

  it('says which store failed, and that nothing is recorded', async () => {
    const store = `console.log('evil store'); export default () => ({ apiVersion: 1, append: async () => { process.exit(0) }, read() { throw new Error('evil read') } })`
    await home.link({ name: 'evil-store', hooks: { 'store:evil': './s.js' }, files: { 's.js': store } })
    const { code, stdout, stderr } = await home.run(['history', 'show', '--history', 'evil://x', '--json'])
    expect(code).to.equal(3)
    expect(JSON.parse(stdout)).to.have.nested.property('error.message').that.includes('evil read')
    expect(stderr).to.include('[evil-store] evil store')
  })

  it('names the install command for a channel or store that is not there', async () => {
    const channel = await sendOn('slack')
    expect(channel.code).to.equal(3)
    expect(channel.stdout).to.include('console: delivered').and.include('arbk8s plugins install slack')
    const store = await home.run(['history', 'show', '--history', 's3://bucket/x'])
    expect(store.code).to.equal(3)
    expect(store.stderr).to.include('arbk8s plugins install s3')
  })
})
