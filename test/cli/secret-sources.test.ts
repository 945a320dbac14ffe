/** The ways in which a secret comes to a command, and that no process which is started carries one in its arguments. */
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { leaksIn, plainCanary } from '../helpers/canaries.js'
import { runCli, runCliJson, type CliOptions } from '../helpers/cli.js'
import { kubeconfigText, sendStatus, startFakeApi, type FakeApi } from '../helpers/fake-api.js'
import { expectRefusal } from '../helpers/refusal.js'
import { linkPlugins } from '../helpers/secret-workspace.js'

describe('sources of secrets', function () {
  this.timeout(60_000)
  let folder: string
  let sink: FakeApi
  let url: string
  let options: CliOptions
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-sources-'))
    sink = await startFakeApi((_request, response) => sendStatus(response, 200, 'ok'))
    url = `${sink.url}/services/${plainCanary('path')}`
    await linkPlugins(path.join(folder, 'data'))
    options = { cwd: folder, env: { ARBK8S_DATA_DIR: path.join(folder, 'data') } }
  })
  afterEach(async () => {
    await sink.close()
    await rm(folder, { recursive: true, force: true })
  })

  const write = (name: string, text: string, mode = 0o600) => writeFile(path.join(folder, name), text, { mode })
  const send = (args: string[], more: CliOptions = {}) =>
    runCli(['alerts', 'test', '--channel-type', 'webhook', '--no-dry-run', '--allow-private-addresses', ...args], {
      ...options,
      ...more,
      env: { ...options.env, ...more.env },
    })

  /** It arrived at the secret address, and the address is not in what was printed. */
  async function expectSent(result: Awaited<ReturnType<typeof send>>): Promise<void> {
    expect(result.code, result.stderr).to.equal(0)
    expect(sink.requests.map((request) => request.path)).to.deep.equal([new URL(url).pathname])
    expect(leaksIn(result.stdout + result.stderr)).to.deep.equal([])
  }

  it('a flag, which says that others can see it', async () => {
    const result = await send(['--webhook-url', url])
    await expectSent(result)
    expect(result.stderr).to.match(/^Warning: other users of this machine can see --webhook-url/m)
  })

  it('a variable, of which nothing is said', async () => {
    const result = await send([], { env: { ARBK8S_WEBHOOK_URL: url } })
    await expectSent(result)
    expect(result.stderr).to.not.include('other users')
  })

  it('a file, with or without a newline at its end', async () => {
    await write('url', `${url}\n`)
    await expectSent(await send(['--webhook-url-file', 'url']))
  })

  it('a file that everybody can read, with a warning', async () => {
    await write('url', url)
    await chmod(path.join(folder, 'url'), 0o644)
    const result = await send([], { env: { ARBK8S_WEBHOOK_URL_FILE: 'url' } })
    await expectSent(result)
    expect(result.stderr).to.match(/^Warning: .*\/url can be read by every user of this machine/m)
  })

  it('stdin', async () => expectSent(await send(['--webhook-url-file', '-'], { stdin: `${url}\n` })))

  it('${NAME} in the settings, in the middle of a text', async () => {
    await write(
      'arbk8s.yaml',
      `channels: {webhook: {allow_private: true, webhook_url: "${sink.url}/services/\${HOOK}"}}\n`,
    )
    await expectSent(await send([], { env: { HOOK: plainCanary('path') } }))
  })

  it('KEY_file in the settings, seen from the file that they stand in', async () => {
    await write('url', url)
    await write('arbk8s.yaml', 'channels: {webhook: {allow_private: true, webhook_url_file: url}}\n')
    const below = path.join(folder, 'data')
    await expectSent(await send([], { cwd: below }))
  })

  const dry = ['alerts', 'test', '--channel-type', 'hook']
  it('are refused with file and line where a variable is not set', async () => {
    await write(
      'arbk8s.yaml',
      'channels:\n  hook:\n    type: webhook\n    webhook_url: https://h.example.com/${NOT_SET}\n',
    )
    const says = [/arbk8s\.yaml:4: channels\.hook\.webhook_url: the variable NOT_SET is not set/, 'Set NOT_SET']
    await expectRefusal(dry, { error: 'ARB_SECRET_MISSING', says }, options)
    const { json } = await runCliJson<{ error: { details: object } }>(dry, options)
    expect(json.error.details).to.include({ line: 4, key: 'channels.hook.webhook_url' })
  })

  it('are refused where a file is missing, empty, a folder, too long, or given twice', async () => {
    await write('empty', '\n')
    await write('long', 'x'.repeat(70_000))
    const settings = (line: string) => write('arbk8s.yaml', `channels:\n  hook:\n    type: webhook\n    ${line}\n`)
    for (const [name, reason] of [
      ['none', 'it does not exist'],
      ['empty', 'it is empty'],
      ['data', 'it is a folder'],
      ['long', 'at most 65536 are read'],
    ] as const) {
      await settings(`webhook_url_file: ${name}`)
      const says = [/arbk8s\.yaml:4: channels\.hook\.webhook_url_file: /, reason]
      await expectRefusal(dry, { error: 'ARB_SECRET_MISSING', says }, options)
      const flag = ['alerts', 'test', '--channel-type', 'webhook', '--webhook-url-file', name]
      await expectRefusal(flag, { error: 'ARB_SECRET_MISSING', says: [`--webhook-url-file ${name}`, reason] }, options)
    }
    await settings(`webhook_url_file: empty\n    webhook_url: https://h.example.com/x`)
    await expectRefusal(dry, { error: 'ARB_SECRET_MISSING', says: ['are both given'] }, options)
    const twice = ['alerts', 'test', '--webhook-url', url, '--webhook-url-file', 'empty']
    await expectRefusal(twice, { error: 'ARB_USAGE', says: ['are both given'] }, options)
  })
})

describe('processes that are started', function () {
  this.timeout(60_000)
  let folder: string
  beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-processes-'))))
  afterEach(() => rm(folder, { recursive: true, force: true }))

  /** Marks the processes of one test by their environment, which children inherit: others may run the same test. */
  const marked = (env: Record<string, string>) => ({ ...env, TEST_OF: folder })

  /** How many of the test's processes there are, and the command lines among them that hold a canary. */
  async function processes(): Promise<{ count: number; leaking: string[] }> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const read = (pid: string, name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
    const own = await Promise.all(
      pids.map(async (pid) => ((await read(pid, 'environ')).includes(`TEST_OF=${folder}`) ? [pid] : [])),
    )
    const lines = await Promise.all(own.flat().map((pid) => read(pid, 'cmdline')))
    const leaking = lines.filter((line) => leaksIn(line).length > 0).map((line) => line.replaceAll('\0', ' '))
    return { count: lines.length, leaking }
  }

  it('npm carries no credential of the registry, and still uses it', async function () {
    if (process.platform !== 'linux') this.skip()
    const seen: string[] = []
    let running = 0
    const authorized: (string | undefined)[] = []
    const registry = await startFakeApi((request, response) => {
      authorized.push(request.headers.authorization)
      void processes().then(({ count, leaking }) => {
        running = count
        seen.push(...leaking)
        sendStatus(response, 404, 'not found')
      })
    })
    const env = marked({
      ARBK8S_NPM_REGISTRY: registry.url.replace('http://', `http://bob:${plainCanary('registry')}@`),
      npm_config_fetch_retries: '0',
    })
    const result = await runCli(['plugins', 'install', 'no-such-plugin'], { cwd: folder, env })
    await registry.close()
    expect(result.code).to.equal(3)
    expect(authorized).to.not.have.length(0)
    expect(authorized[0]).to.equal(`Basic ${btoa(`bob:${plainCanary('registry')}`)}`)
    // The command and its npm; otherwise this would have looked at nothing.
    expect(running).to.be.greaterThan(1)
    expect(seen).to.deep.equal([])
    expect(leaksIn(result.stdout + result.stderr)).to.deep.equal([])
  })

  it('an exec plugin is given no more arguments than the kubeconfig says', async () => {
    const script = path.join(folder, 'plugin.sh')
    await writeFile(script, `#!/bin/sh\ntr '\\0' ' ' < /proc/$$/cmdline > ${folder}/cmdline\nexit 1\n`, { mode: 0o755 })
    const exec = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: script, args: ['get-token'] } }
    await writeFile(path.join(folder, 'config'), kubeconfigText('http://127.0.0.1:9', exec))
    const env = { KUBECONFIG: path.join(folder, 'config'), ARBK8S_WEBHOOK_URL: `https://h/${plainCanary('path')}` }
    await runCli(['health', 'check', '-n', 'x', '-l', 'a=b'], { cwd: folder, env })
    expect((await readFile(path.join(folder, 'cmdline'), 'utf8')).trim()).to.equal(`/bin/sh ${script} get-token`)
  })

  it('the sandbox in the background carries nothing of the environment', async function () {
    if (process.platform !== 'linux') this.skip()
    const env = { ARBK8S_WEBHOOK_URL: `https://h/${plainCanary('path')}`, API_TOKEN: plainCanary('inherited') }
    const place = ['--sandbox-dir', path.join(folder, 'sandbox')]
    try {
      const { json } = await runCliJson<{ pid: number }>(['sandbox', 'start', ...place], { cwd: folder, env })
      const line = await readFile(`/proc/${json.pid}/cmdline`, 'utf8')
      expect(line).to.include('daemon.js')
      expect(leaksIn(line)).to.deep.equal([])
    } finally {
      await runCli(['sandbox', 'stop', ...place], { cwd: folder })
    }
  })
})
