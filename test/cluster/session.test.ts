/** Whole sessions as a user runs them: on the embedded sandbox, or on the cluster of ARBK8S_TEST_KUBECONFIG. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import type { WireHealth } from '../../src/health/wire.js'
import type { WirePipelineResult } from '../../src/pipeline/wire.js'
import { jobsOf } from '../helpers/api-objects.js'
import { repoRoot, runCli, runCliJson } from '../helpers/cli.js'
import type { Json } from '../helpers/raw-api.js'
import { writeShellSession } from '../helpers/shell-session.js'
import { eventually, targetCluster, type TargetCluster } from '../helpers/target-cluster.js'

describe('a session on a cluster', function () {
  this.timeout(240_000)
  let cluster: TargetCluster
  let folder: string
  let history: string
  before(async () => {
    cluster = await targetCluster({
      imageRoots: { 'arbk8s-example/spread-search:1.0': path.join(repoRoot, 'examples', 'spread-search') },
    })
  })
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-session-'))
    history = path.join(folder, 'history.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true }))
  after(() => cluster.stop())

  const pipeline = (...more: string[]) =>
    runCliJson<WirePipelineResult>(
      ['pipeline', 'run', '--kubeconfig', cluster.kubeconfig, '--history-file', history, '--timeout', '3m', ...more],
      { timeoutMs: 200_000 },
    )
  const on = (namespace: string, session: string) => [
    ...['--kubeconfig', cluster.kubeconfig],
    ...['-n', namespace, '-l', `session_id=${session}`],
  ]
  const jobsIn = async (namespace: string) => (await cluster.api.get(jobsOf(namespace))).json.items as Json[]
  const stepOf = ({ json }: { json: WirePipelineResult }, name: string) =>
    json.steps.find((step) => step.name === name)!

  it('of four workers ends 0, and a second run makes no second Job', async () => {
    const namespace = await cluster.freshNamespace('arbk8s-session')
    const script =
      'echo {{worker_id}} begins; for i in $(seq {{iterations}}); do echo try $i; done; echo {{worker_id}} ends'
    const session = await writeShellSession(folder, { namespace, sessionId: 'four', script })
    const first = await pipeline(...session, '--enable-apply', '--wait')
    expect(first.code, first.stderr).to.equal(0)
    expect(first.json).to.include({
      mode: 'apply',
      generated_jobs: 4,
      validated_jobs: 4,
      applied_jobs: 4,
      health_status: 'OK',
      history_appended: true,
      exit_code: 0,
    })
    expect(first.json.health?.jobs_health.map(({ phase, health }) => `${phase} ${health}`)).to.deep.equal(
      Array(4).fill('SUCCEEDED OK'),
    )
    const uids = (await jobsIn(namespace)).map((job) => job.metadata.uid)
    expect(uids).to.have.length(4)

    const second = await pipeline(...session, '--enable-apply', '--wait')
    expect(second.code, second.stderr).to.equal(0)
    expect(stepOf(second, 'apply').message).to.equal('4 applied (4 unchanged), 0 failed')
    expect((await jobsIn(namespace)).map((job) => job.metadata.uid)).to.deep.equal(uids)
    expect((await readFile(history, 'utf8')).trim().split('\n')).to.have.length(2)

    const logs = await runCli(['jobs', 'logs', ...on(namespace, 'four'), '--tail', '2'])
    expect(logs.code, logs.stderr).to.equal(0)
    for (const worker of [1, 2, 3, 4]) expect(logs.stdout).to.include(`worker-${worker} ends`)
    expect(logs.stdout).to.include('try 3').and.to.include('try 2').and.not.include('begins')
  })

  it('with a worker that exits 3 ends 2: job_failed, the last lines, a record; all commands agree', async () => {
    const namespace = await cluster.freshNamespace('arbk8s-session')
    const script = 'echo {{worker_id}} looks; if [ {{index}} = 2 ]; then echo no price for line 17; exit 3; fi'
    const session = await writeShellSession(folder, { namespace, sessionId: 'one-bad', script })
    const result = await pipeline(...session, '--enable-apply', '--wait')
    expect(result.code, result.stderr).to.equal(2)
    expect(result.json).to.include({ applied_jobs: 4, health_status: 'ERROR', history_appended: true, exit_code: 2 })
    const bad = result.json.health!.jobs_health.filter(({ health }) => health !== 'OK')
    expect(bad).to.have.length(1)
    expect(bad[0]).to.include({ worker_id: 'worker-3', phase: 'FAILED', health: 'ERROR' })
    expect(bad[0]!.reasons[0]).to.equal('job_failed')
    expect(bad[0]!.cause).to.include({ exit_code: 3 })
    expect(result.json.logs.flatMap(({ lines }) => lines)).to.deep.equal(['worker-3 looks', 'no price for line 17'])
    expect(stepOf(result, 'alert').message).to.include('CRITICAL')

    const text = await runCli(
      ['pipeline', 'run', '--kubeconfig', cluster.kubeconfig, '--history-file', history, ...session],
      { timeoutMs: 100_000 },
    )
    expect(text.code, text.stderr).to.equal(2)
    expect(text.stdout).to.match(/ERROR .*: FAILED, job_failed[^]*last lines of [^]*no price for line 17/)

    const health = await runCliJson<WireHealth>(['health', 'check', ...on(namespace, 'one-bad')])
    const watch = await runCliJson<WireHealth>(['jobs', 'watch', '--once', ...on(namespace, 'one-bad')])
    expect([health.code, watch.code]).to.deep.equal([2, 0])
    const counts = (jobs: { phase: string }[]) => jobs.map(({ phase }) => phase).sort()
    expect(counts(health.json.jobs_health)).to.deep.equal(['FAILED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED'])
    expect(counts(watch.json.jobs_health)).to.deep.equal(counts(health.json.jobs_health))
    const logs = await runCli(['jobs', 'logs', '--failed', ...on(namespace, 'one-bad')])
    expect(logs.stdout).to.include('no price for line 17').and.not.include('worker-1')
    expect((await runCli(['jobs', 'watch', '--until-done', ...on(namespace, 'one-bad')])).code).to.equal(2)

    const shown = await runCliJson<Json>(['history', 'show', '--history-file', history])
    expect(shown.json.records).to.have.length(2)
    expect(shown.json.records[0]).to.include({ namespace, overall_health: 'ERROR', jobs_ok: 3, jobs_error: 1 })
    expect((await runCli(['history', 'show', '--history-file', history])).stdout).to.include('session_id=one-bad')
  })

  it('is planned, not applied, without --enable-apply', async () => {
    const namespace = await cluster.freshNamespace('arbk8s-session')
    const session = await writeShellSession(folder, { namespace, sessionId: 'dry', script: 'exit 0' })
    const { code, json, stderr } = await pipeline(...session)
    expect(code, stderr).to.equal(0)
    expect(json).to.include({ mode: 'dry_run', applied_jobs: 0, health_status: 'WARN' })
    expect(json.health?.reasons).to.deep.equal(['no_jobs'])
    expect(await jobsIn(namespace)).to.deep.equal([])
  })

  it('goes on where a run was cut off: Jobs that are there stay, the others are made', async () => {
    const namespace = await cluster.freshNamespace('arbk8s-session')
    const session = await writeShellSession(folder, { namespace, sessionId: 'cut', script: 'echo done' })
    await runCli(['jobs', 'gen', '--k8s-config', session[1]!, '--output-dir', session[3]!])
    const one = path.join(session[3]!, 'job-00-arb-tuning-cut-worker-1-0.yaml')
    const half = await runCli(['jobs', 'apply', '--apply', '--kubeconfig', cluster.kubeconfig, '--jobs-dir', one])
    expect(half.code, half.stderr).to.equal(0)
    const [made] = await jobsIn(namespace)
    const whole = await pipeline(...session, '--enable-apply', '--wait')
    expect(whole.code, whole.stderr).to.equal(0)
    expect(stepOf(whole, 'apply').message).to.equal('4 applied (1 unchanged, 3 created), 0 failed')
    expect((await jobsIn(namespace)).map((job) => job.metadata.uid)).to.include(made!.metadata.uid)
  })

  it('with the example workload searches for real, and its log has the figures', async function () {
    if (cluster.kind === 'real' && !process.env.ARBK8S_TEST_WORKLOAD_IMAGE) {
      process.stderr.write('    SKIPPED: no ARBK8S_TEST_WORKLOAD_IMAGE: the cluster has not the example’s image\n')
      this.skip()
    }
    const namespace = await cluster.freshNamespace('arbk8s-session')
    const example = await readFile(path.join(repoRoot, 'examples', 'sessions', 'quickstart', 'k8s.yaml'), 'utf8')
    const config = path.join(folder, 'k8s.yaml')
    await writeFile(config, example.replace('k8s_namespace: tuning', `k8s_namespace: ${namespace}`))
    const jobs = path.join(folder, 'jobs')
    const result = await pipeline('--k8s-config', config, '--jobs-dir', jobs, '--enable-apply', '--wait')
    expect(result.code, result.stderr).to.equal(0)
    expect(result.json).to.include({ applied_jobs: 2, health_status: 'OK' })
    const log = await eventually('the last lines of both workers', async () => {
      const { stdout } = await runCli(['jobs', 'logs', ...on(namespace, 'spread-quickstart')])
      return (stdout.match(/best of 8 tries/g) ?? []).length === 2 && stdout
    })
    expect(log).to.match(/worker-2 8\/8 pair=\S+ lookback=\d+/)
  })
})
