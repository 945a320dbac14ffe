import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import type { WirePipelineResult } from '../../src/pipeline/wire.js'
import { jobsOf, jobWith } from '../helpers/api-objects.js'
import { runCli, runCliJson } from '../helpers/cli.js'
import { writeShellSession } from '../helpers/shell-session.js'
import { targetCluster, type TargetCluster } from '../helpers/target-cluster.js'

describe('pipeline run', function () {
  this.timeout(120_000)
  let cluster: TargetCluster
  let folder: string
  let namespace: string
  before(async () => {
    cluster = await targetCluster()
  })
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-pipeline-'))
    namespace = await cluster.freshNamespace('arbk8s-pipeline')
  })
  afterEach(() => rm(folder, { recursive: true }))
  after(() => cluster.stop())

  const history = () => path.join(folder, 'history.jsonl')
  const args = (...more: string[]) => [
    'pipeline',
    'run',
    '--kubeconfig',
    cluster.kubeconfig,
    '--history-file',
    history(),
    ...more,
  ]
  const json = (...more: string[]) => runCliJson<WirePipelineResult>(args(...more))
  const statuses = ({ json: { steps } }: { json: WirePipelineResult }) =>
    steps.map(({ name, status }) => `${name} ${status}`)
  const session = (sessionId: string, script = 'echo done', workers = 2) =>
    writeShellSession(folder, { namespace, sessionId, script, workers })

  it('changes nothing and sends nothing unless told to, but reads the cluster and records', async () => {
    const result = await json(...(await session('dry')))
    expect(result.code).to.equal(0)
    expect(result.json).to.include({ mode: 'dry_run', generated_jobs: 2, validated_jobs: 2, applied_jobs: 0 })
    expect(result.json).to.include({ health_status: 'WARN', incidents_sent: 0, history_appended: true, exit_code: 0 })
    expect(result.json.steps.map(({ message }) => message).join('\n'))
      .to.contain('nothing changed')
      .and.to.contain('would_send')
    const { json: jobs } = await cluster.api.get(`/apis/batch/v1/namespaces/${namespace}/jobs`)
    expect(jobs.items).to.deep.equal([])
    expect(existsSync(`${history()}.alerts.jsonl`)).to.equal(false)
  })

  it('announces each step on stderr and ends with the SUMMARY on stdout', async () => {
    const { stdout, stderr } = await runCli(args(...(await session('told'))))
    for (const [index, name] of ['generate', 'validate', 'apply', 'monitor', 'health', 'record', 'alert'].entries()) {
      expect(stderr).to.contain(`[${index + 1}/7] ${name} …`)
    }
    expect(stdout)
      .to.contain('[SUMMARY]')
      .and.to.match(/^mode: +dry_run$/m)
  })

  it('reads a request timeout of 0 as no limit, as kubectl does', async () => {
    expect((await json(...(await session('patient')), '--request-timeout', '0')).code).to.equal(0)
  })

  it('takes WARN for a finding when told to', async () => {
    const result = await json(...(await session('strict')), '--strict-health')
    expect([result.code, result.json.exit_code, result.json.health_status]).to.deep.equal([1, 1, 'WARN'])
  })

  it('says that a Job it could not apply is missing, and does not call the rest healthy', async () => {
    const files = await session('part')
    await json(...files, '--enable-apply', '--wait')
    await writeShellSession(folder, { namespace, sessionId: 'part', script: 'echo other', workers: 3 })
    const result = await json(...files, '--enable-apply', '--wait')
    // The two that are there have another pod template: a conflict, never a delete. The third is new.
    expect(result.code).to.equal(1)
    expect(result.json).to.include({ applied_jobs: 1 })
    expect(statuses(result)).to.include.members(['apply findings', 'monitor done', 'health done', 'record done'])
    expect(result.json.steps[2]!.message).to.contain('2 failed').and.to.contain('spec.template')
  })

  it('stops at an invalid manifest, and still judges what runs', async () => {
    const jobs = path.join(folder, 'jobs')
    await mkdir(jobs)
    await writeFile(
      path.join(jobs, 'bad.yaml'),
      'apiVersion: batch/v1\nkind: Job\nmetadata: {name: Bad_Name}\nspec: {}\n',
    )
    const result = await json('--jobs-dir', jobs, '-n', namespace, '-l', 'session_id=none', '--enable-apply')
    expect(result.code).to.equal(1)
    expect(statuses(result)).to.deep.equal([
      'generate done',
      'validate findings',
      'apply skipped',
      'monitor done',
      'health done',
      'record done',
      'alert done',
    ])
    expect(result.json.steps[1]!.message).to.contain('bad.yaml:')
  })

  it('still alerts where the record cannot be stored, and ends 3', async () => {
    await mkdir(history())
    const result = await json(
      ...(await session('lost', 'exit 3')),
      '--enable-apply',
      '--wait',
      '--enable-alerts',
      '--channel-type',
      'console',
    )
    expect(result.code).to.equal(3)
    expect(result.json).to.include({ health_status: 'ERROR', history_appended: false, incidents_sent: 1, exit_code: 3 })
    expect(result.json.steps[5]!.error?.code).to.equal('ARB_HISTORY_UNWRITABLE')
    expect(result.stderr).to.contain('K8s Alert: CRITICAL')
  })

  it('ends 3 when the time is up before the Jobs are, and names them', async () => {
    const result = await json(...(await session('slow', 'sleep 60', 1)), '--enable-apply', '--wait', '--timeout', '2s')
    expect(result.code).to.equal(3)
    expect(result.json.steps[3]!.message)
      .to.contain('had not ended after 2s')
      .and.to.contain('arb-tuning-slow-worker-1-0')
  })

  it('counts a failure that it saw though the Job is gone when it judges', async () => {
    const files = await session('gone', 'if [ {{index}} = 0 ]; then exit 3; else sleep 6; fi')
    const running = json(...files, '--enable-apply', '--wait')
    const failed = await jobWith(cluster.api, `${jobsOf(namespace)}/arb-tuning-gone-worker-1-0`, 'Failed')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    await cluster.api.delete(`${jobsOf(namespace)}/${failed.metadata.name}`)
    const result = await running
    expect([result.code, result.json.health_status]).to.deep.equal([2, 'ERROR'])
  })

  it('sends an incident once, and its end', async () => {
    const files = await session('once', 'exit 3', 1)
    const alerts = ['--wait', '--enable-alerts', '--channel-type', 'console']
    expect((await json(...files, '--enable-apply', ...alerts)).json.incidents_sent).to.equal(1)
    expect((await json(...files, '--enable-apply', ...alerts)).json.incidents_sent).to.equal(0)
    const lines = (await readFile(history(), 'utf8')).trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { overall_health: string }).overall_health)).to.deep.equal([
      'ERROR',
      'ERROR',
    ])
  })

  it('tells the end to a channel that no route names any more', async () => {
    const files = await session('told', 'exit 0', 1)
    const text = 'channels: {team: {type: console}, ops: {type: console}}\nroutes: [{channels: [team]}]\n'
    await writeFile(path.join(folder, 'arbk8s.yaml'), text)
    const place = ['-n', namespace, '-l', 'session_id=told']
    const counts = { jobs_ok: 0, jobs_warn: 0, jobs_error: 1, raw_snapshot: null }
    const about = { timestamp: new Date().toISOString(), namespace, selector: 'session_id=told' }
    await writeFile(history(), `${JSON.stringify({ ...about, overall_health: 'ERROR', ...counts })}\n`)
    const send = ['alerts', 'send', '--history-file', history(), ...place, '--channel', 'ops', '--no-dry-run']
    expect((await runCli(send, { cwd: folder })).code).to.equal(0)
    const run = args(...files, '--enable-apply', '--wait', '--enable-alerts')
    const { json: result } = await runCliJson<WirePipelineResult>(run, { cwd: folder })
    expect(result.incidents_sent).to.equal(1)
    expect(result.steps.at(-1)!.message).to.include('ops: delivered (resolved)')
  })

  it('leaves out what the session no longer wants', async () => {
    const files = await session('less', 'echo done', 4)
    await json(...files)
    await writeShellSession(folder, { namespace, sessionId: 'less', script: 'echo done', workers: 2 })
    const result = await json(...files, '--enable-apply', '--wait')
    expect(result.json).to.include({ generated_jobs: 2, validated_jobs: 2, applied_jobs: 2, health_status: 'OK' })
    expect(result.json.steps[0]!.message).to.contain('no longer wanted and left out')
  })

  it('refuses to apply Jobs that its selector does not find', async () => {
    const result = await json(...(await session('typo')), '-l', 'session_id=tpyo', '--enable-apply', '--wait')
    expect(result.code).to.equal(3)
    expect(result.json.steps[1]!.message).to.contain('would be applied and then not be followed')
    expect(statuses(result)).to.include('apply skipped')
  })

  it('refuses live Jobs without --allow-live before anything is sent', async () => {
    const files = await session('live')
    const config = files[1]!
    await writeFile(config, (await readFile(config, 'utf8')).replace('"mode":"paper"', '"mode":"live"'))
    const result = await json(...files, '--enable-apply')
    expect(result.code).to.equal(3)
    expect(result.json.steps[2]!.error?.code).to.equal('ARB_LIVE_REFUSED')
    const { json: jobs } = await cluster.api.get(`/apis/batch/v1/namespaces/${namespace}/jobs`)
    expect(jobs.items).to.deep.equal([])
  })
})
