import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import type { HealthCheckResult } from '../../src/cli/results.js'
import { runCli, runCliJson } from '../helpers/cli.js'
import { sendStatus } from '../helpers/fake-api.js'
import { fakeSession, type FakeSession } from '../helpers/fake-session.js'
import { fixture } from '../unit/health/objects.js'

describe('health check', function () {
  this.timeout(60_000)
  let session: FakeSession
  let folder: string

  before(async () => {
    session = await fakeSession()
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-health-'))
  })
  after(async () => {
    await session.close()
    await rm(folder, { recursive: true })
  })
  afterEach(() => Object.assign(session.state, { jobs: [], pods: [], events: [], fault: undefined }))

  function show(...names: string[]): void {
    const shots = names.map(fixture)
    session.state.jobs = shots.flatMap(({ jobs }) => jobs)
    session.state.pods = shots.flatMap(({ pods }) => pods)
    session.state.events = shots.flatMap(({ events }) => events)
  }
  const check = (...more: string[]): string[] => [
    'health',
    'check',
    '-n',
    'trading',
    '-l',
    'app=arbitrage-tuning',
    '--kubeconfig',
    session.kubeconfig,
    ...more,
  ]

  it('is 0 for a session that is well', async () => {
    show('ok', 'running')
    const { code, stdout, stderr } = await runCli(check())
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    expect(stdout).to.match(/^health OK: 2 Jobs \(2 OK, 0 WARN, 0 ERROR\)$/m)
  })

  it('is 2 for an ERROR, names the cause and what to do, and --json says the same', async () => {
    show('ok', 'missing-key')
    const { code, stdout } = await runCli(check())
    expect(code).to.equal(2)
    expect(stdout).to.match(/✗ missing-key: couldn't find key token in Secret health-fixtures\/api-keys/)
    expect(stdout).to.match(/→ Secret health-fixtures\/api-keys has no key token/)
    const asJson = await runCliJson<HealthCheckResult>(check())
    expect(asJson.code).to.equal(2)
    expect(asJson.json).to.include({ namespace: 'trading', selector: 'app=arbitrage-tuning', overall_health: 'ERROR' })
    expect(asJson.json.jobs_health.map(({ job_name, health, reasons }) => [job_name, health, reasons])).to.deep.equal([
      ['ok', 'OK', []],
      ['missing-key', 'ERROR', ['pending', 'config']],
    ])
    expect(asJson.json.events).to.have.lengthOf.above(0).and.at.most(20)
  })

  it('is 0 for a WARN and 1 for it with --strict; flags change what is one', async () => {
    const code = async (...more: string[]): Promise<number | null> => (await runCli(check(...more))).code
    expect(await code()).to.equal(0)
    expect(await code('--strict')).to.equal(1)
    expect(await code('--strict', '--allow-empty')).to.equal(0)
    session.state.jobs = [{ ...fixture('running').jobs[0]!, status: {} }]
    expect(await code('--strict')).to.equal(1)
    expect(await code('--strict', '--no-warn-on-pending')).to.equal(0)
    session.state.jobs[0]!.status = { active: 'x' as never }
    expect(await code()).to.equal(2)
    expect(await code('--no-unknown-as-error')).to.equal(0)
  })

  it('explains each Job', async () => {
    show('no-command')
    const { stdout } = await runCli(check('--explain'))
    expect(stdout).to.match(/phase FAILED: condition Failed is True \(BackoffLimitExceeded/)
    expect(stdout).to.match(/fix: Command "nosuchcommand" cannot run in busybox:1.35/)
    expect(stdout).to.match(/LAST SEEN +REASON +OBJECT +MESSAGE/)
  })

  it('writes the result to a file too', async () => {
    show('exit3')
    const file = path.join(folder, 'deep', 'health.json')
    const { json } = await runCliJson<HealthCheckResult>(check('--output-json', file, '--events-limit', '2'))
    const written = JSON.parse(await readFile(file, 'utf8')) as HealthCheckResult
    expect({ ...written, timestamp: '' }).to.deep.equal({ ...json, timestamp: '' })
    expect(written.events).to.have.lengthOf(2)
  })

  it('is 3 where the Jobs may not be read, and names verb, resource and namespace', async () => {
    session.state.fault = ({ path: asked }, response) => {
      if (!asked.endsWith('/jobs')) return undefined
      sendStatus(response, 403, 'jobs.batch is forbidden: User "v" cannot list resource "jobs"', {
        reason: 'Forbidden',
      })
      return true
    }
    const { code, stdout, stderr } = await runCli(check())
    expect({ code, stdout }).to.deep.equal({ code: 3, stdout: '' })
    expect(stderr).to.match(/list jobs\S* in the namespace "trading" \(ARB_CLUSTER_FORBIDDEN\)/)
  })

  it('is a WARN that names it where only pods may not be read', async () => {
    show('exit3', 'ok')
    session.state.jobs = [session.state.jobs[1]!]
    session.state.fault = ({ path: asked }, response) => {
      if (!asked.endsWith('/pods')) return undefined
      sendStatus(response, 403, 'pods is forbidden: User "v" cannot list resource "pods"', { reason: 'Forbidden' })
      return true
    }
    const { code, stdout } = await runCli(check('--strict'))
    expect(code).to.equal(1)
    expect(stdout)
      .to.match(/read_errors/)
      .and.to.match(/Not read:\n {2}.*list pods\S* in the namespace "trading"/)
  })

  it('is 3 without a selector', async () => {
    const { code, stderr } = await runCli(['health', 'check', '-n', 'trading', '--kubeconfig', session.kubeconfig])
    expect(code).to.equal(3)
    expect(stderr).to.match(/no selector.*ARB_USAGE/)
  })

  it('lets no text of the cluster become a command of a CI runner', async () => {
    show('exit3')
    session.state.pods[0]!.status!.containerStatuses![0]!.state!.terminated!.message = '##[add-mask]x'
    const { stdout } = await runCli(check(), { env: { GITHUB_ACTIONS: 'true' } })
    expect(stdout).to.include('## [add-mask]x').and.not.include('##[')
    expect(stdout).to.not.match(/^\s*::/m)
  })
})
