import { readFile, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { runCli } from '../helpers/cli.js'
import { openFolder, sessionFolder, startSandbox } from '../helpers/refusal.js'

const canary = 'CANARY-77ab'
const webhook = `https://hooks.example.com/services/${canary}-hook`
const session = ['-n', 'tuning', '-l', 'session_id=d29-demo']

/** Values that look like secrets stand in the manifests, as another tool may have written them. */
async function plantSecrets(folder: string): Promise<void> {
  const jobs = path.join(folder, 'jobs')
  for (const name of await readdir(jobs)) {
    const file = path.join(jobs, name)
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace(/^( *)env:\n/m, `$1env:\n$1- {name: API_TOKEN, value: ${canary}-literal}\n`))
    expect(await readFile(file, 'utf8')).to.include(canary)
  }
}

describe('secrets', function () {
  this.timeout(60_000)
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  let folder: string
  let token: string
  before(async () => {
    sandbox = await startSandbox(await openFolder('secrets'), ['tuning'])
    folder = await sessionFolder('secret-session')
    await plantSecrets(folder)
    const kubeconfig = JSON.parse(await readFile(sandbox.kubeconfig, 'utf8')) as {
      users: { user: { token: string } }[]
    }
    token = kubeconfig.users[0]!.user.token
    kubeconfig.users[0]!.user.token = `${canary}-wrong-token`
    await writeFile(path.join(folder, 'wrong.yaml'), JSON.stringify(kubeconfig))
    await writeFile(
      path.join(folder, 'literal.yaml'),
      `${await readFile(path.join(folder, 'k8s.yaml'), 'utf8')}\nextra_env: {DB_PASSWORD: ${canary}-config}\n`,
    )
    const settings = `channels:\n  ops: {type: console, webhook_url: "${webhook}", token: ${canary}-setting}\n`
    await writeFile(path.join(folder, 'arbk8s.yaml'), settings)
  })
  after(async () => {
    await sandbox.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const history = ['--history-file', 'h.jsonl']
  const commands: [args: string[], codes: number[]][] = [
    [['jobs', 'gen', '--k8s-config', 'literal.yaml', '--output-dir', 'out'], [3]],
    [['jobs', 'validate', '--jobs-dir', 'jobs'], [0]],
    [['jobs', 'apply', '--jobs-dir', 'jobs'], [0]],
    [['jobs', 'apply', '--jobs-dir', 'jobs', '--apply', '--output-report', 'report.txt'], [0]],
    [['jobs', 'apply', '--jobs-dir', 'jobs', '--kubeconfig', 'wrong.yaml'], [3]],
    [['jobs', 'watch', '--once', ...session], [0]],
    [['jobs', 'logs', ...session], [0]],
    [['health', 'check', '--explain', ...session], [0]],
    [['health', 'check', ...session, '--kubeconfig', 'wrong.yaml'], [3]],
    [['health', 'record', ...session, ...history], [0]],
    [['history', 'show', ...history], [0]],
    [['history', 'report', ...history, '--output', 'report.html'], [0]],
    [['alerts', 'send', ...session, ...history, '--channel-type', 'ops', '--webhook-url', webhook], [0]],
    [['alerts', 'send', ...session, ...history, '--channel-type', 'slack', '--webhook-url', webhook], [3]],
    [['alerts', 'test', '--channel-type', 'ops', '--webhook-url', webhook], [0]],
    [
      ['doctor', '--channel-type', 'ops'],
      [0, 1],
    ],
    [['pipeline', 'run', '--jobs-dir', 'jobs', ...history, '--channel-type', 'ops', '--webhook-url', webhook], [0]],
    [['pipeline', 'run', '--jobs-dir', 'jobs', ...history, '--kubeconfig', 'wrong.yaml'], [3]],
    [
      ['sandbox', 'status'],
      [0, 1],
    ],
  ]
  for (const [args, codes] of commands)
    it(`are in no output of ${args.slice(0, 4).join(' ')}, DEBUG=* included`, async () => {
      const runs: [more: string[], env: Record<string, string>][] = [
        [[], {}],
        [['--json'], {}],
        [[], { DEBUG: '*', ARBK8S_WEBHOOK_URL: webhook }],
      ]
      for (const [more, env] of runs) {
        const options = { cwd: folder, env: { KUBECONFIG: sandbox.kubeconfig, ...env } }
        const { code, stdout, stderr } = await runCli([...args, ...more], options)
        expect(codes, `${more.join()} ${stdout.slice(0, 2000)} ${stderr.slice(0, 2000)}`).to.include(code)
        expect(stdout + stderr).to.not.include(canary)
        expect(stdout + stderr).to.not.include(token)
      }
    })

  it('are in no file that a command wrote', async () => {
    for (const name of ['report.txt', 'report.html', 'h.jsonl']) {
      const text = await readFile(path.join(folder, name), 'utf8')
      expect(text.length, name).to.be.greaterThan(0)
      expect(text, name).to.not.include(canary).and.to.not.include(token)
    }
  })
})
