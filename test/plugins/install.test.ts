/** The CLI and its plugins as a user gets them: published, installed by name, used, updated, removed. */
import { execFile } from 'node:child_process'
import { access, mkdir, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'

import { expect } from 'chai'

import { makeAuthority } from '../helpers/certificates.js'
import { cliEnv, repoRoot } from '../helpers/cli.js'
import { startFakeS3, type FakeS3 } from '../helpers/fake-s3.js'
import { fakeSession, type FakeSession } from '../helpers/fake-session.js'
import { writePlugin } from '../helpers/plugin-home.js'
import { startRegistry, type Registry } from '../helpers/registry.js'
import { login, type MailServer, startMailServer } from '../helpers/smtp.js'

const run = promisify(execFile)
const ours = [
  'plugin-kit',
  'plugin-jsonl',
  'plugin-sandbox',
  'plugin-slack',
  'plugin-webhook',
  'plugin-email',
  'plugin-s3',
]

interface Ended {
  code: number
  stdout: string
  stderr: string
}

describe('the CLI and its plugins from a registry', function () {
  this.timeout(300_000)
  let registry: Registry
  let app: string
  let sink: Server
  const received: { path: string; body: string }[] = []
  const authority = makeAuthority()
  let mail: MailServer
  let s3: FakeS3
  let session: FakeSession

  before(async () => {
    registry = await startRegistry()
    for (const name of ours) await registry.publish(path.join(repoRoot, 'plugins', name))
    await registry.publish(repoRoot)
    sink = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        received.push({ path: request.url ?? '', body })
        response.end('ok')
      })
    })
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
    mail = await startMailServer({ certificate: authority.leaf() })
    s3 = await startFakeS3()
    session = await fakeSession()
    app = path.join(registry.folder, 'app')
    await mkdir(app)
    await writeFile(path.join(app, 'package.json'), '{"private": true}')
    await writeFile(path.join(app, 'h.jsonl'), `${record}\n`)
    await run('npm', ['install', 'arbk8s', '--loglevel=error'], { cwd: app, env: environment() })
  })
  after(async () => {
    sink?.close()
    await Promise.all([mail?.close(), s3?.close(), session?.close(), registry?.close()])
  })

  const environment = (): Record<string, string> => ({
    ...cliEnv(registry.folder),
    ...registry.env,
    ARBK8S_NPM_REGISTRY: registry.url,
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  })
  const arbk8s = (...args: string[]): Promise<Ended> =>
    run(path.join(app, 'node_modules', '.bin', 'arbk8s'), args, {
      cwd: app,
      env: environment(),
      timeout: 120_000,
    }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: Ended) => error,
    )
  const configure = (text: string) => writeFile(path.join(app, 'arbk8s.yaml'), text)
  const send = (channel: string) =>
    arbk8s(
      ...['alerts', 'send', '--history-file', 'h.jsonl', '-n', 'a', '-l', 'b=c', '--channel', channel, '--no-dry-run'],
    )
  const sinkUrl = (at: string) => `http://127.0.0.1:${(sink.address() as AddressInfo).port}${at}`

  it('installs and starts with nothing but what was published', async () => {
    const { code, stdout } = await arbk8s('--version')
    expect([code, stdout]).to.deep.equal([0, stdout])
    expect(stdout).to.match(/^arbk8s\/0\.1\.0 /)
  })

  it('names the install command for a channel that is not there', async () => {
    const { code, stderr } = await send('slack')
    expect(code).to.equal(3)
    expect(stderr).to.include('arbk8s plugins install slack')
  })

  it('installs slack by name, says so in JSON alone, and sends with it', async () => {
    const installed = await arbk8s('plugins', 'install', 'slack', '--json')
    expect(JSON.parse(installed.stdout), installed.stderr).to.deep.equal({
      installed: [{ name: '@arbk8s/plugin-slack', version: '0.1.0', provides: ['notifier:slack'] }],
    })
    await configure(`channels:\n  slack: {webhook_url: "${sinkUrl('/slack')}", allow_private: true}\n`)
    const sent = await send('slack')
    expect(sent.code, sent.stdout + sent.stderr).to.equal(0)
    expect(received.filter(({ path: at }) => at === '/slack')).to.have.length(1)
  })

  it('installs webhook and sends with it', async () => {
    expect((await arbk8s('plugins', 'install', 'webhook')).stdout).to.equal(
      'installed @arbk8s/plugin-webhook 0.1.0: notifier:webhook\n',
    )
    await configure(`channels:\n  webhook: {webhook_url: "${sinkUrl('/hook')}", allow_private: true}\n`)
    const sent = await send('webhook')
    expect(sent.code, sent.stdout + sent.stderr).to.equal(0)
    expect(received.filter(({ path: at }) => at === '/hook')).to.have.length(1)
  })

  it('installs email with what it depends on, and sends by STARTTLS', async () => {
    const installed = await arbk8s('plugins', 'install', 'email')
    expect(installed.stdout, installed.stderr).to.equal('installed @arbk8s/plugin-email 0.1.0: notifier:email\n')
    await writeFile(path.join(app, 'ca.pem'), authority.cert)
    await writeFile(path.join(app, 'password'), login.password)
    const server = `host: localhost, port: ${mail.port}, smtp_ca_file: ca.pem, allow_private: true`
    const who = `username: ${login.username}, password_file: password, from: a@example.com, to: b@example.com`
    await configure(`channels:\n  email: {${server}, ${who}}\n`)
    const sent = await send('email')
    expect(sent.code, sent.stdout + sent.stderr).to.equal(0)
    expect(mail.mails.map(({ to }) => to)).to.deep.equal([['b@example.com']])
  })

  it('installs s3 with what it depends on, records and shows', async () => {
    const installed = await arbk8s('plugins', 'install', 's3')
    expect(installed.stdout, installed.stderr).to.equal('installed @arbk8s/plugin-s3 0.1.0: store:s3\n')
    await configure(`stores:\n  s3: {endpoint: "${s3.endpoint}"}\n`)
    await recordAndShow('s3://bucket/history')
    expect(s3.objects.size).to.equal(1)
  })

  it('records and shows with the store that comes with it', () => recordAndShow(path.join(app, 'new.jsonl')))

  async function recordAndShow(location: string): Promise<void> {
    const which = ['-n', 'trading', '-l', 'app=x']
    const recorded = await arbk8s(
      'health',
      'record',
      ...which,
      '--kubeconfig',
      session.kubeconfig,
      '--history',
      location,
    )
    expect(recorded.code, recorded.stdout + recorded.stderr).to.equal(0)
    const shown = await arbk8s('history', 'show', '--history', location, '--json')
    expect(shown.code, shown.stderr).to.equal(0)
    expect((JSON.parse(shown.stdout) as { records: object[] }).records).to.have.length(1)
  }

  it('updates to a version that was published since', async () => {
    await registry.publish(path.join(repoRoot, 'plugins', 'plugin-slack'), '0.1.1')
    const updated = await arbk8s('plugins', 'update')
    expect(updated.code, updated.stderr).to.equal(0)
    expect((await arbk8s('plugins')).stdout).to.match(/@arbk8s\/plugin-slack +0\.1\.1/)
  })

  it('uninstalls, and names the install command again', async () => {
    expect((await arbk8s('plugins', 'uninstall', 'slack')).code).to.equal(0)
    const { code, stderr } = await send('slack')
    expect(code).to.equal(3)
    expect(stderr).to.include('arbk8s plugins install slack')
  })

  it('runs no install script of a package', async () => {
    const marker = path.join(registry.folder, 'marker')
    const scripts = Object.fromEntries(
      ['preinstall', 'install', 'postinstall', 'prepare'].map((name) => [
        name,
        `node -e "require('fs').writeFileSync('${marker}', '')"`,
      ]),
    )
    const source = {
      name: 'evil-scripts',
      hooks: { 'notifier:scripts': './n.js' },
      files: { 'n.js': 'export default () => null' },
    }
    const folder = await writePlugin(registry.folder, { ...source, more: { scripts } })
    await registry.publish(folder)
    await run('npm', ['pack', '--ignore-scripts'], { cwd: folder })
    expect((await arbk8s('plugins', 'install', 'evil-scripts')).code).to.equal(0)
    expect((await arbk8s('plugins', 'uninstall', 'evil-scripts')).code).to.equal(0)
    expect((await arbk8s('plugins', 'install', path.join(folder, 'evil-scripts-1.0.0.tgz'))).code).to.equal(0)
    expect((await arbk8s('plugins', 'update')).code).to.equal(0)
    await writeFile(
      path.join(folder, 'package-lock.json'),
      '{"name":"evil-scripts","version":"1.0.0","lockfileVersion":3,"packages":{"":{}}}',
    )
    expect((await arbk8s('plugins', 'link', folder)).code).to.equal(0)
    const ran = await access(marker).then(
      () => true,
      () => false,
    )
    expect(ran, 'a script ran').to.equal(false)
  })

  describe('a plugin of a team’s own', () => {
    const made = (folder: string, ...args: string[]) =>
      run('npm', args, { cwd: path.join(app, folder), env: { ...environment(), npm_config_loglevel: 'error' } })

    /** Written, built, tested, packed and installed, with nothing changed by hand. */
    async function takeThrough(kind: string, name: string, more: string[] = []): Promise<string> {
      const folder = `own-${kind}`
      const written = await arbk8s('plugins', 'new', kind, name, '--dir', folder, ...more)
      expect(written.code, written.stderr).to.equal(0)
      // Both have the same development dependencies: the second is spared their download.
      const modules = path.join(app, 'own-notifier', 'node_modules')
      if (kind === 'notifier') await made(folder, 'install')
      else await symlink(modules, path.join(app, folder, 'node_modules'))
      const { stdout } = await made(folder, 'test')
      expect(stdout)
        .to.match(/^# fail 0$/m)
        .and.match(/^# pass [12]\d$/m)
      const packed = JSON.parse((await made(folder, 'pack', '--json')).stdout.replace(/^[^[]*/, '')) as {
        filename: string
        files: { path: string }[]
      }[]
      expect(packed[0]!.files.map((file) => file.path)).to.have.members([
        ...['README.md', 'package.json', `dist/${kind}.js`, `dist/${kind}.d.ts`],
      ])
      return path.join(folder, packed[0]!.filename)
    }

    it('is a notifier that builds, passes, packs, installs and sends', async () => {
      const tarball = await takeThrough('notifier', 'team-pager')
      const installed = await arbk8s('plugins', 'install', tarball)
      expect(installed.stdout, installed.stderr).to.equal(
        'installed arbk8s-plugin-team-pager 0.1.0: notifier:team-pager\n',
      )
      await configure(`channels:\n  team-pager: {url: "${sinkUrl('/pager')}", allow_private: true}\n`)
      const sent = await send('team-pager')
      expect(sent.code, sent.stdout + sent.stderr).to.equal(0)
      const body = received.find(({ path: at }) => at === '/pager')?.body ?? '{}'
      expect(JSON.parse(body)).to.include({ kind: 'opened', severity: 'CRITICAL' })
    })

    it('is a store that builds, passes, packs, installs and is read', async () => {
      const tarball = await takeThrough('store', 'team-archive', ['--package', '@your-team/plugin-archive'])
      const installed = await arbk8s('plugins', 'install', `file:${tarball}`)
      expect(installed.stdout, installed.stderr).to.equal(
        'installed @your-team/plugin-archive 0.1.0: store:team-archive\n',
      )
      const folder = path.join(app, 'archive')
      await mkdir(folder)
      await writeFile(path.join(folder, '001763287200000-00000000000000000001-0.json'), record)
      const shown = await arbk8s('history', 'show', '--history', `team-archive://${folder}`, '--json')
      expect([shown.code, (JSON.parse(shown.stdout) as { records: unknown[] }).records.length]).to.deep.equal([0, 1])
    })
  })

  it('says what to do where the registry does not have it', async () => {
    const { code, stderr } = await arbk8s('plugins', 'install', '@arbk8s/plugin-nosuch')
    expect(code).to.equal(3)
    expect(stderr).to.include('@arbk8s/plugin-nosuch: not installed').and.include('ARBK8S_NPM_REGISTRY')
  })
})

const record = JSON.stringify({
  ...{ timestamp: '2025-11-16T10:00:00Z', namespace: 'a', selector: 'b=c', overall_health: 'ERROR' },
  ...{ jobs_ok: 0, jobs_warn: 0, jobs_error: 1, raw_snapshot: null },
})
