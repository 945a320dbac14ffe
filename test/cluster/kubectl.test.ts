import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { targetCluster } from '../helpers/target-cluster.js'
import type { TargetCluster } from '../helpers/target-cluster.js'

interface Result {
  code: number
  stdout: string
  stderr: string
}

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('kubectl', function () {
  this.timeout(120_000)
  let cluster: TargetCluster
  let namespace: string
  let folder: string

  before(async function () {
    if (!hasKubectl()) {
      process.stderr.write('    skipped: there is no kubectl on the PATH\n')
      return this.skip()
    }
    cluster = await targetCluster()
    namespace = await cluster.freshNamespace('arbk8s-kubectl')
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-kubectl-'))
  })
  after(async () => {
    await cluster?.stop()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  function kubectl(...args: string[]): Promise<Result> {
    const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: cluster.kubeconfig }
    return new Promise((resolve) => {
      execFile('kubectl', ['-n', namespace, ...args], { env, timeout: 60_000 }, (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0
        resolve({ code, stdout, stderr })
      })
    })
  }

  async function good(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await kubectl(...args)
    expect(code, `kubectl ${args.join(' ')}: ${stderr}`).to.equal(0)
    return stdout
  }

  async function manifest(name: string, script: string, more = ''): Promise<string> {
    const file = path.join(folder, `${name}.yaml`)
    const text = `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
  labels: {app: kubectl-test}
spec:
  backoffLimit: 0
${more}  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: busybox:1.35
        command: [sh, -c, "${script}"]
`
    await writeFile(file, text)
    return file
  }

  it('applies, waits, reads the log, gets and describes', async () => {
    const file = await manifest('good', 'echo hello from a job')
    expect(await good('apply', '-f', file)).to.equal('job.batch/good created\n')
    expect(await good('wait', '--for=condition=complete', 'job/good', '--timeout=60s')).to.equal(
      'job.batch/good condition met\n',
    )
    expect(await good('logs', 'job/good')).to.equal('hello from a job\n')
    const table = await good('get', 'jobs')
    expect(table).to.match(/^NAME +(STATUS +)?COMPLETIONS +DURATION +AGE\n/)
    expect(table).to.match(/good +(Complete +)?1\/1 +\d+s +\d+s/)
    expect(await good('get', 'job', 'good', '-o', 'jsonpath={.status.succeeded}')).to.equal('1')
    expect(await good('get', 'pods', '-l', 'job-name=good')).to.match(/good-\w{5} +0\/1 +Completed +0 +\d+s/)
    expect(await good('get', 'pods', '-o', 'wide')).to.match(/IP +NODE/)
    const described = await good('describe', 'job', 'good')
    expect(described).to.match(/Pods Statuses: +0 Active.* \/ 1 Succeeded \/ 0 Failed/)
    expect(described).to.match(/SuccessfulCreate .* Created pod: good-/)
    expect(described).to.match(/Completed .* Job completed/)
    const pods = await good('describe', 'pods', '-l', 'job-name=good')
    expect(pods).to.match(/Status: +Succeeded/)
    expect(pods).to.match(/Reason: +Completed/)
    expect(pods).to.match(/Scheduled .* Successfully assigned/)
    expect(await good('get', 'events')).to.match(/LAST SEEN +TYPE +REASON +OBJECT +MESSAGE/)
  })

  it('applies what has not changed without a change, and shows no difference', async () => {
    const file = await manifest('same', 'echo same')
    await good('apply', '-f', file)
    expect(await good('apply', '-f', file)).to.equal('job.batch/same unchanged\n')
    expect(await good('diff', '-f', file)).to.equal('')
  })

  it('applies a change, and is refused one of the template', async () => {
    const file = await manifest('changed', 'sleep 60')
    await good('apply', '-f', file)
    const text = await manifest('changed', 'sleep 60', '  parallelism: 2\n')
    expect(await good('apply', '-f', text)).to.equal('job.batch/changed configured\n')
    const { code, stderr } = await kubectl('apply', '-f', await manifest('changed', 'sleep 61', '  parallelism: 2\n'))
    expect(code).to.equal(1)
    expect(stderr).to.match(/The Job "changed" is invalid: spec\.template: Invalid value:[\s\S]*field is immutable/)
    await good('delete', 'job', 'changed')
  })

  it('applies on the server’s side, with conflicts', async () => {
    const file = await manifest('served', 'echo served', '  activeDeadlineSeconds: 60\n')
    expect(await good('apply', '--server-side', '--field-manager=one', '-f', file)).to.equal(
      'job.batch/served serverside-applied\n',
    )
    const other = await manifest('served', 'echo served', '  activeDeadlineSeconds: 61\n')
    const { code, stderr } = await kubectl('apply', '--server-side', '--field-manager=two', '-f', other)
    expect(code).to.equal(1)
    expect(stderr).to.match(/Apply failed with 1 conflict: conflict with "one".*: \.spec\.activeDeadlineSeconds/)
    expect(await good('apply', '--server-side', '--field-manager=two', '--force-conflicts', '-f', other)).to.contain(
      'serverside-applied',
    )
    expect(await good('apply', '--server-side', '--dry-run=server', '--field-manager=two', '-f', other)).to.contain(
      '(server dry run)',
    )
  })

  it('creates, labels, annotates, patches', async () => {
    await good('create', 'job', 'made', '--image=busybox:1.35', '--', 'sleep', '60')
    expect(await good('label', 'job', 'made', 'a=b')).to.equal('job.batch/made labeled\n')
    expect(await good('annotate', 'job', 'made', 'note=x')).to.equal('job.batch/made annotated\n')
    expect(await good('patch', 'job', 'made', '-p', '{"spec":{"parallelism":0}}')).to.equal('job.batch/made patched\n')
    expect(await good('get', 'jobs', '-l', 'a=b', '-o', 'name')).to.equal('job.batch/made\n')
  })

  it('says why a Job failed, and follows a log', async () => {
    await good('apply', '-f', await manifest('bad', 'echo about to fail; exit 3'))
    expect(await good('wait', '--for=condition=failed', 'job/bad', '--timeout=60s')).to.contain('condition met')
    expect(await good('logs', '-f', 'job/bad')).to.equal('about to fail\n')
    expect(await good('logs', 'job/bad', '--tail=1', '--timestamps')).to.match(/^\d{4}-\S+Z about to fail\n$/)
    expect(await good('describe', 'job', 'bad')).to.contain('BackoffLimitExceeded')
    expect(await good('get', 'pods', '-l', 'job-name=bad')).to.match(/bad-\w{5} +0\/1 +Error/)
  })

  it('deletes and waits for it', async () => {
    await good('apply', '-f', await manifest('gone', 'sleep 600'))
    await good('wait', '--for=jsonpath={.status.active}=1', 'job/gone', '--timeout=60s')
    expect(await good('delete', 'job', 'gone', '--cascade=foreground')).to.match(/job\.batch "gone" deleted/)
    expect(await good('get', 'pods', '-l', 'job-name=gone', '-o', 'name')).to.equal('')
    const { code, stderr } = await kubectl('get', 'job', 'gone')
    expect([code, stderr]).to.deep.equal([1, 'Error from server (NotFound): jobs.batch "gone" not found\n'])
  })

  it('validates fields on the server', async () => {
    const file = await manifest('strict', 'echo x', '  notAField: 1\n')
    const { code, stderr } = await kubectl('apply', '-f', file)
    expect(code).to.equal(1)
    expect(stderr).to.match(/notAField/)
  })

  it('asks whether it may', async () => {
    expect(await good('auth', 'can-i', 'create', 'jobs.batch')).to.equal('yes\n')
  })

  it('names kinds and versions', async () => {
    expect(await good('api-resources', '--api-group=batch', '-o', 'name')).to.contain('jobs.batch\n')
    expect(await good('version')).to.match(/Server Version: v1\.\d+/)
  })
})
