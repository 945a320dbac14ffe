import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import type { WireApplyResult } from '../../src/apply/wire.js'
import { kubeconfigText, sendJson, sendStatus, startFakeApi, type FakeApi, type Handler } from '../helpers/fake-api.js'
import { runCli, runCliJson, type CliOptions } from '../helpers/cli.js'
import { storedJob, workerJob } from '../helpers/jobs.js'
import type { Job } from '../../src/session/job.js'

/** Keeps what is applied, as an API server does. */
function storing(stored: Map<string, Job>): Handler {
  return (request, response) => {
    const name = request.path.split('/').at(-1)!
    const known = stored.get(name)
    if (request.path === '/api/v1/namespaces/n')
      return sendJson(response, { kind: 'Namespace', metadata: { name: 'n' } })
    if (request.method === 'GET')
      return known
        ? sendJson(response, known)
        : sendStatus(response, 404, 'no', { reason: 'NotFound', details: { name, kind: 'jobs' } })
    const job = storedJob(JSON.parse(request.body) as Job)
    if (request.query.get('dryRun') !== 'All') stored.set(name, job)
    sendJson(response, job, known ? 200 : 201)
  }
}

describe('jobs apply', function () {
  this.timeout(60_000)
  let folder: string
  let api: FakeApi
  let handler: Handler
  const stored = new Map<string, Job>()

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-apply-'))
    api = await startFakeApi((request, response, index) => handler(request, response, index))
    await writeFile(path.join(folder, 'config'), kubeconfigText(api.url, { token: 'CANARY-token' }))
    await mkdir(path.join(folder, 'jobs'))
    for (const name of ['arb-tuning-a', 'arb-tuning-b'])
      await writeFile(path.join(folder, 'jobs', `${name}.yaml`), JSON.stringify(workerJob(name)))
  })
  beforeEach(() => {
    stored.clear()
    api.requests.length = 0
    handler = storing(stored)
  })
  after(async () => {
    await api.close()
    await rm(folder, { recursive: true })
  })

  /** The command's arguments; a flag that is given replaces the usual one. */
  const args = (...more: string[]) => {
    const usual = [
      ['--jobs-dir', 'jobs'],
      ['--kubeconfig', 'config'],
    ].filter(([flag]) => !more.includes(flag!))
    return ['jobs', 'apply', ...usual.flat(), ...more]
  }
  const insecure = '--insecure-skip-tls-verify'
  const run = (more: string[] = [], options: CliOptions = {}) => runCli(args(...more), { cwd: folder, ...options })
  const written = () =>
    api.requests.filter((request) => request.method !== 'GET' && request.query.get('dryRun') !== 'All')

  it('changes nothing without --apply, and shows the plan', async () => {
    const { code, stdout, stderr } = await run()
    expect(code, stderr).to.equal(0)
    expect(stdout).to.match(
      /^Target: cluster "fake" \(http:.*\), context "fake", user "tester", mode paper, CONNECTION NOT CHECKED\n/,
    )
    expect(stdout).to.include('⊘ n/arb-tuning-a: create, SKIPPED')
    expect(stdout).to.include(
      '$ kubectl apply --server-side --field-manager=arbk8s --kubeconfig config -n n -f jobs/arb-tuning-a.yaml',
    )
    expect(stdout + stderr).to.not.include('CANARY')
    expect(written()).to.have.length(0)
    expect(stored.size).to.equal(0)
  })

  it('applies with --apply, and twice is once', async () => {
    const first = await run(['--apply', insecure, '--output-report', 'report.txt'])
    expect(first.code, first.stderr).to.equal(0)
    expect(first.stdout).to.include('[SUCCESSFUL JOBS]\n  ✓ n/arb-tuning-a (created)\n  ✓ n/arb-tuning-b (created)')
    expect(await readFile(path.join(folder, 'report.txt'), 'utf8')).to.equal(first.stdout)
    const second = await runCliJson<WireApplyResult>(args('--apply', insecure), { cwd: folder })
    expect(second.json.jobs.map((job) => job.outcome)).to.deep.equal(['unchanged', 'unchanged'])
    expect(second.json).to.deep.include({
      mode: 'apply',
      interrupted: false,
      findings: [],
      summary: { total: 2, successful: 2, failed: 0, skipped: 0 },
    })
  })

  it('exits 1 with the server’s reason where one Job fails, in text and JSON', async () => {
    const whole = handler
    handler = (request, response, index) => {
      if (request.method === 'PATCH' && request.path.endsWith('-b'))
        return sendStatus(response, 403, 'jobs.batch "b" is forbidden: exceeded quota: q', { reason: 'Forbidden' })
      whole(request, response, index)
    }
    const text = await run(['--apply', insecure])
    expect(text.code).to.equal(1)
    expect(text.stdout)
      .to.include('✗ n/arb-tuning-b: refused: exceeded quota: q')
      .and.include('✓ n/arb-tuning-a (created)')
    const { code, json } = await runCliJson<WireApplyResult>(args('--apply', insecure), { cwd: folder })
    expect(code).to.equal(1)
    expect(json.summary).to.deep.equal({ total: 2, successful: 1, failed: 1, skipped: 0 })
  })

  it('sends nothing where a manifest is invalid', async () => {
    await mkdir(path.join(folder, 'bad'))
    await writeFile(path.join(folder, 'bad', 'a.yaml'), JSON.stringify(workerJob('arb-tuning-a')))
    await writeFile(
      path.join(folder, 'bad', 'b.yaml'),
      'apiVersion: batch/v1\nkind: Job\nmetadata: {name: b}\nspec: {template: {spec: {}}}\n',
    )
    const { code, stdout } = await run(['--apply', insecure, '--jobs-dir', 'bad'])
    expect(code).to.equal(1)
    expect(stdout).to.include('1 of 2 manifests is not valid; nothing was planned or sent').and.include('bad/b.yaml:')
    expect(api.requests).to.have.length(0)
    const { json } = await runCliJson<WireApplyResult>(args('--jobs-dir', 'bad'), { cwd: folder })
    expect(json.summary).to.deep.equal({ total: 2, successful: 0, failed: 1, skipped: 1 })
    expect(json.findings).to.not.have.length(0)
  })

  const refused: [string, string[], Record<string, string>, string][] = [
    ['an unchecked connection', ['--apply'], {}, 'ARB_TARGET_INSECURE'],
    ['a confirmation of another context', ['--apply', insecure, '--confirm-context', 'x'], {}, 'ARB_CONTEXT_PROTECTED'],
    ['another namespace than the manifests’', ['--apply', insecure, '-n', 'x'], {}, 'ARB_USAGE'],
    ['a context that is not there', ['--context', 'x'], {}, 'ARB_KUBECONFIG_INVALID'],
    ['a kubeconfig that is not there', ['--kubeconfig', 'missing'], {}, 'ARB_KUBECONFIG_NOT_FOUND'],
    ['a report that cannot be written', ['--apply', insecure, '--output-report', 'jobs'], {}, 'ARB_OUTPUT_UNWRITABLE'],
  ]
  for (const [name, more, env, errorCode] of refused) {
    it(`exits 3 and sends nothing for ${name}`, async () => {
      const { code, stdout, stderr } = await run(more, { env })
      expect(code, stderr).to.equal(3)
      expect(stderr).to.include(errorCode).and.not.include('    at ')
      expect(stdout).to.equal('')
      expect(written()).to.have.length(0)
    })
  }

  it('lets live Jobs through in exactly one row of the truth table', async () => {
    await mkdir(path.join(folder, 'live'))
    await writeFile(
      path.join(folder, 'live', 'a.yaml'),
      JSON.stringify(workerJob('arb-tuning-a', (job) => (job.metadata.labels!.mode = 'live'))),
    )
    const made: string[] = []
    for (const apply of [[], ['--apply', insecure]])
      for (const allow of [[], ['--allow-live']])
        for (const forbid of ['', '1']) {
          stored.clear()
          const { code } = await run([...apply, ...allow, '--jobs-dir', 'live'], {
            env: { ARBK8S_FORBID_LIVE: forbid },
          })
          if (apply.length > 0 && stored.size === 0) expect(code).to.equal(3)
          if (stored.size > 0) made.push(`${apply.length > 0} ${allow.length > 0} ${forbid}`)
        }
    expect(made).to.deep.equal(['true true '])
  })

  it('needs --confirm-context where the settings protect the context', async () => {
    await writeFile(path.join(folder, 'arbk8s.yaml'), 'protected_contexts: ["fa*"]\n')
    try {
      const without = await run(['--apply', insecure])
      expect(without.code).to.equal(3)
      expect(without.stderr).to.include('--confirm-context fake')
      expect(stored.size).to.equal(0)
      expect((await run(['--apply', insecure, '--confirm-context', 'fake'])).code).to.equal(0)
      expect(stored.size).to.equal(2)
    } finally {
      await rm(path.join(folder, 'arbk8s.yaml'))
    }
  })

  it('lets no project file take away what the user’s own settings protect', async () => {
    const home = path.join(folder, 'xdg')
    await mkdir(path.join(home, 'arbk8s'), { recursive: true })
    await writeFile(path.join(home, 'arbk8s', 'config.yaml'), 'protected_contexts: ["fa*"]\n')
    await writeFile(path.join(folder, 'arbk8s.yaml'), 'protected_contexts: []\n')
    try {
      stored.clear()
      const { code, stderr } = await run(['--apply', insecure], { env: { XDG_CONFIG_HOME: home } })
      expect(code).to.equal(3)
      expect(stderr).to.include('--confirm-context fake')
      expect(stored.size).to.equal(0)
    } finally {
      await rm(path.join(folder, 'arbk8s.yaml'))
    }
  })

  it('plans locally where there is no cluster, and cannot apply there', async () => {
    const local = await runCli(['jobs', 'apply', '--jobs-dir', 'jobs'], { cwd: folder })
    expect(local.code).to.equal(0)
    expect(local.stdout).to.include('The plan is local').and.include('unknown, SKIPPED')
    const apply = await runCli(['jobs', 'apply', '--jobs-dir', 'jobs', '--apply'], { cwd: folder })
    expect(apply.code).to.equal(3)
    expect(apply.stderr).to.include('ARB_KUBECONFIG_NOT_FOUND')
  })

  it('reads manifests from stdin', async () => {
    const text = [workerJob('arb-tuning-a'), workerJob('arb-tuning-b')]
      .map((job) => JSON.stringify(job))
      .join('\n---\n')
    const { code, stderr } = await runCli(
      ['jobs', 'apply', '--jobs-dir', '-', '--kubeconfig', 'config', '--apply', insecure],
      { cwd: folder, stdin: text },
    )
    expect(code, stderr).to.equal(0)
    expect(stored.size).to.equal(2)
  })

  it('ends within the request timeout and names the address where the server is mute', async () => {
    handler = () => undefined
    const { code, stderr } = await run(['--apply', insecure, '--request-timeout', '500ms'])
    expect(code).to.equal(3)
    expect(stderr).to.include(new URL(api.url).host).and.include('did not answer within 0.5s')
  })

  it('says what was and was not sent when it is interrupted', async () => {
    const whole = handler
    let child: { kill(signal: NodeJS.Signals): boolean } | undefined
    handler = (request, response, index) => {
      if (request.method === 'PATCH' && request.path.endsWith('-b')) return void child?.kill('SIGINT')
      whole(request, response, index)
    }
    const { code, stdout } = await run(['--apply', insecure, '--concurrency', '1'], {
      onStart: (started) => (child = started),
    })
    expect(code).to.equal(130)
    expect(stdout).to.include('✓ n/arb-tuning-a (created)')
    expect(stdout)
      .to.include('✗ n/arb-tuning-b: interrupted while it was being sent')
      .and.include('The same command finishes the rest')
    handler = whole
    expect((await run(['--apply', insecure])).code).to.equal(0)
    expect([...stored.keys()].sort()).to.deep.equal(['arb-tuning-a', 'arb-tuning-b'])
  })
})
