/** The worked examples as they stand: they compile, pass their own tests, and work when linked. */
import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'

import { expect } from 'chai'

import { repoRoot } from '../helpers/cli.js'
import { pluginHome, type PluginHome } from '../helpers/plugin-home.js'

const run = promisify(execFile)
const record = {
  ...{ timestamp: '2025-11-16T10:00:00Z', namespace: 'a', selector: 'b=c', overall_health: 'ERROR' },
  ...{ jobs_ok: 0, jobs_warn: 0, jobs_error: 1, raw_snapshot: null },
}

describe('the example plugins', function () {
  this.timeout(120_000)
  let home: PluginHome

  before(async () => {
    home = await pluginHome()
    await symlink(path.join(repoRoot, 'node_modules'), path.join(home.folder, 'node_modules'))
  })
  after(() => home.remove())

  /** A copy that is built, tested by its own tests and linked. */
  async function take(name: string, kind: string): Promise<void> {
    const folder = path.join(home.folder, name)
    await cp(path.join(repoRoot, 'examples', 'plugins', name), folder, { recursive: true })
    const tsc = path.join(repoRoot, 'node_modules', 'typescript', 'bin', 'tsc')
    await run(process.execPath, [tsc], { cwd: folder }).catch(({ stdout }) => expect(stdout).to.equal(''))
    const { scripts } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as {
      scripts: { test: string }
    }
    expect(scripts.test).to.equal(`tsc && node --test dist/${kind}.test.js`)
    const { stdout } = await run(process.execPath, ['--test', `dist/${kind}.test.js`], { cwd: folder })
    expect(stdout)
      .to.match(/^# fail 0$/m)
      .and.match(/^# pass [23]\d$/m)
    expect((await home.run(['plugins', 'link', '--no-install', folder])).code).to.equal(0)
  }

  it('store-days keeps and shows a history', async () => {
    await take('store-days', 'store')
    const day = path.join(home.folder, 'history', '2025-11-16')
    await mkdir(day, { recursive: true })
    await writeFile(path.join(day, '001763287200000-0-0.json'), JSON.stringify(record))
    const shown = await home.run(['history', 'show', '--history', 'days://history', '--json'])
    expect([shown.code, (JSON.parse(shown.stdout) as { records: unknown[] }).records.length]).to.deep.equal([0, 1])
    expect((await home.run(['history', 'verify', '--history', 'days://history'])).code).to.equal(0)
  })

  it('notifier-ntfy sends what an ntfy server takes', async () => {
    await take('notifier-ntfy', 'notifier')
    const bodies: string[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        bodies.push(body)
        response.end('{"id":"sPs71M8A2T","event":"message"}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => server.closeAllConnections())
    after(() => server.close())
    const { port } = server.address() as AddressInfo
    const settings = `{type: ntfy, server: "http://127.0.0.1:${port}", topic: "\${TOPIC}", allow_private: true}`
    await writeFile(path.join(home.folder, 'arbk8s.yaml'), `channels:\n  phones: ${settings}\n`)
    await writeFile(path.join(home.folder, 'h.jsonl'), `${JSON.stringify(record)}\n`)
    const args = ['alerts', 'send', '--history-file', 'h.jsonl', '-n', 'a', '-l', 'b=c', '--channel', 'phones']
    const env = { TOPIC: 'canary-topic-9f3a' }
    const shown = await home.run(args, { env })
    expect(shown.stdout).to.include('would send to').and.not.include('canary')
    const sent = await home.run([...args, '--no-dry-run'], { env })
    expect(sent.code, sent.stdout + sent.stderr).to.equal(0)
    expect(JSON.parse(bodies[0] ?? '{}')).to.include({ topic: 'canary-topic-9f3a', priority: 5 })
  })
})
