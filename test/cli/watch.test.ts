import { expect } from 'chai'

import type { JobsWatchResult } from '../../src/cli/results.js'
import type { Job } from '../../src/session/job.js'
import { runCli, runCliJson } from '../helpers/cli.js'
import { fakeSession, type FakeSession } from '../helpers/fake-session.js'
import { condition, ended, job, pod } from '../unit/health/objects.js'

const running = (name: string): Job =>
  job({ name, status: { active: 1 }, labels: { session_id: 's', worker_id: `w-${name}` } })
const done = (name: string): Job => ({
  ...running(name),
  status: {
    succeeded: 1,
    startTime: '2026-01-01T00:00:00Z',
    completionTime: '2026-01-01T00:01:00Z',
    conditions: [condition('Complete')],
  },
})
const broken = (name: string): Job => ({
  ...running(name),
  status: { failed: 1, conditions: [condition('Failed', 'BackoffLimitExceeded')] },
})

describe('jobs watch', function () {
  this.timeout(60_000)
  let session: FakeSession
  beforeEach(async () => {
    session = await fakeSession()
  })
  afterEach(() => session.close())

  const watch = (...more: string[]): string[] => [
    'jobs',
    'watch',
    '-n',
    'trading',
    '-l',
    'session_id=s',
    '--kubeconfig',
    session.kubeconfig,
    '--interval',
    '300ms',
    ...more,
  ]

  it('shows one snapshot with --once: Jobs, last log lines, progress', async () => {
    session.setJobs([done('one'), running('two')])
    session.state.pods = [
      { ...pod({ phase: 'Running', containerStatuses: [{ name: 'main', state: { running: {} } }] }, { job: 'two' }) },
    ]
    session.state.logs = {
      'two-abcde': '2026-01-01T00:00:01Z a\n2026-01-01T00:00:02Z b\n2026-01-01T00:00:03Z ::error::c\n',
    }
    const { code, stdout, stderr } = await runCli(watch('--once', '--max-log-lines', '2'))
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    expect(stdout).to.match(/^namespace trading, selector session_id=s, \d{4}-/)
    expect(stdout).to.match(/^progress 1\/2 done, 1 running$/m)
    expect(stdout).to.match(
      /^one +SUCCEEDED +1 +1 +0 +0 +2026-01-01T00:00:00Z +2026-01-01T00:01:00Z +session_id=s,worker_id=w-one$/m,
    )
    expect(stdout).to.match(/^two +RUNNING +1 +0 +0 +1/m)
    expect(stdout).to.include('log of pod two-abcde, container main\n│ b\n│ ::error::c\n').and.not.match(/│ a$/m)
  })

  it('gives one object with --once --json', async () => {
    session.setJobs([done('one'), running('two')])
    const { code, json } = await runCliJson<JobsWatchResult>(watch('--once'))
    expect(code).to.equal(0)
    expect(json).to.include({ namespace: 'trading', overall_health: 'OK' })
    expect(json.progress).to.include({ done: 1, total: 2, lost: 0 })
    expect(json.jobs_health.map(({ job_name }) => job_name)).to.deep.equal(['one', 'two'])
  })

  it('tells changes as lines and ends with the last Job; exit code 0', async () => {
    session.setJobs([running('one'), done('two')])
    setTimeout(() => session.setJobs([done('one'), done('two')]), 3000)
    const { code, stdout } = await runCli(watch('--until-done'))
    expect(code).to.equal(0)
    expect(stdout)
      .to.match(/Z one RUNNING 0\/1\n/)
      .and.to.match(/Z one RUNNING → SUCCEEDED 1\/1\n/)
    expect(stdout.match(/Z one /g), 'nothing is told twice').to.have.lengthOf(2)
    expect(stdout).to.match(/^health OK: 2 Jobs/m)
  })

  it('ends with 2 for a Job that failed, with its cause and last lines', async () => {
    session.setJobs([done('one'), broken('two')])
    session.state.pods = [{ ...ended(3), metadata: pod({}, { job: 'two' }).metadata }]
    session.state.logs = { 'two-abcde': '2026-01-01T00:00:01Z no data\n' }
    const { code, stdout } = await runCli(watch('--until-done'))
    expect(code).to.equal(2)
    expect(stdout).to.include('✗ two: exit code 3').and.include('│ no data')
    const asJson = await runCliJson<JobsWatchResult>(watch('--until-done'))
    expect(asJson.code).to.equal(2)
    expect(asJson.json).to.include({ overall_health: 'ERROR' })
  })

  it('does not wait for Jobs that can never start', async () => {
    const stuck = pod({
      phase: 'Pending',
      containerStatuses: [{ name: 'main', state: { waiting: { reason: 'ErrImageNeverPull' } } }],
    })
    session.setJobs([running('one')])
    session.state.pods = [stuck]
    const { code, stderr } = await runCli(watch('--until-done'))
    expect(code).to.equal(2)
    expect(stderr).to.match(/will not get anywhere by themselves/)
  })

  it('judges a Job that vanished by what was last seen, and says so', async () => {
    session.setJobs([done('one'), running('two')])
    setTimeout(() => session.setJobs([done('one')]), 3000)
    const { code, stdout } = await runCli(watch('--until-done', '--strict'))
    expect(code).to.equal(1)
    expect(stdout).to.match(/Job two is gone before its end was seen; it was last RUNNING/)
  })

  it('takes a session without Jobs for what health check takes it for', async () => {
    expect((await runCli(watch('--until-done'))).code).to.equal(0)
    expect((await runCli(watch('--until-done', '--strict'))).code).to.equal(1)
  })

  it('ends with 3 at the timeout and names what is open', async () => {
    session.setJobs([running('one'), done('two')])
    const { code, stderr } = await runCli(watch('--until-done', '--timeout', '1500ms'))
    expect(code).to.equal(3)
    expect(stderr).to.match(/1 of 2 Jobs had not ended after 2s: one \(RUNNING\) \(ARB_TIMEOUT\)/)
    const asJson = await runCliJson<{ error: { code: string } }>(watch('--until-done', '--timeout', '1500ms'))
    expect(asJson.code).to.equal(3)
    expect(asJson.json.error.code).to.equal('ARB_TIMEOUT')
  })

  it('ends with 130 at Ctrl-C', async () => {
    session.setJobs([running('one')])
    const { code, stdout } = await runCli(watch(), {
      onStart: (child) => child.stdout.once('data', () => child.kill('SIGINT')),
    })
    expect(code).to.equal(130)
    expect(stdout).to.match(/one RUNNING/)
  })

  it('ends in silence when nobody reads any more', async () => {
    session.setJobs([running('one')])
    const change = setTimeout(() => session.setJobs([done('one')]), 2500)
    const { code, stderr } = await runCli(watch(), {
      onStart: (child) => child.stdout.once('data', () => child.stdout.destroy()),
    })
    clearTimeout(change)
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
  })

  it('gives one object a line with --json, for each change', async () => {
    session.setJobs([running('one')])
    let seen = ''
    const onStart = (child: { stdout: NodeJS.ReadableStream; kill: (signal: NodeJS.Signals) => boolean }): void => {
      child.stdout.on('data', (text: string) => {
        seen += text
        if (seen.split('\n').length === 2) session.setJobs([done('one')])
        if (seen.split('\n').length === 3) child.kill('SIGTERM')
      })
    }
    const { code } = await runCli(watch('--json'), { onStart })
    expect(code).to.equal(143)
    const [first, second] = seen
      .split('\n')
      .map((line) => (line.startsWith('{"') ? (JSON.parse(line) as JobsWatchResult) : undefined))
    expect(first!.jobs_health[0]!.phase).to.equal('RUNNING')
    expect(second!.jobs_health[0]!.phase).to.equal('SUCCEEDED')
  })

  it('refuses an interval that would only burn requests', async () => {
    const { code, stderr } = await runCli(watch('--interval', '0'))
    expect(code).to.equal(3)
    expect(stderr).to.match(/--interval/)
  })
})
