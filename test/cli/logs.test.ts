import { expect } from 'chai'

import type { JobsLogsResult } from '../../src/cli/results.js'
import type { Pod } from '../../src/cluster/types.js'
import type { Job } from '../../src/session/job.js'
import { runCli, runCliJson } from '../helpers/cli.js'
import { fakeSession, type FakeSession } from '../helpers/fake-session.js'
import { condition, ended, job, pod } from '../unit/health/objects.js'

const worker = (name: string, type: string): Job =>
  job({ name, status: { conditions: [condition(type)] }, labels: { session_id: 's', worker_id: `w-${name}` } })
const wellDone = (name: string): Pod =>
  pod(
    { phase: 'Succeeded', containerStatuses: [{ name: 'main', state: { terminated: { exitCode: 0 } } }] },
    { job: name },
  )

describe('jobs logs', function () {
  this.timeout(60_000)
  let session: FakeSession
  beforeEach(async () => {
    session = await fakeSession({
      jobs: [worker('one', 'Complete'), worker('two', 'Failed')],
      pods: [wellDone('one'), { ...ended(3), metadata: wellDone('two').metadata }],
      logs: {
        'one-abcde': '2026-01-01T00:00:01Z first\n2026-01-01T00:00:03.5Z third\n',
        'two-abcde': '2026-01-01T00:00:02Z ::add-mask::second\n2026-01-01T00:00:03.55Z ##[group]fourth\n',
      },
    })
  })
  afterEach(() => session.close())

  const logs = (...more: string[]): string[] => [
    'jobs',
    'logs',
    '-n',
    'trading',
    '-l',
    'session_id=s',
    '--kubeconfig',
    session.kubeconfig,
    ...more,
  ]

  it('merges all pods by time, each line behind its worker', async () => {
    const { code, stdout, stderr } = await runCli(logs())
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    expect(stdout.split('\n')).to.deep.equal([
      'w-one/abcde │ first',
      'w-two/abcde │ ::add-mask::second',
      'w-one/abcde │ third',
      'w-two/abcde │ ##[group]fourth',
      '',
    ])
  })

  it('lets no line become a command in GitHub Actions', async () => {
    const { stdout } = await runCli(logs(), { env: { GITHUB_ACTIONS: 'true' } })
    expect(stdout).to.include('## [group]fourth').and.not.include('##[')
    for (const line of stdout.trim().split('\n')) expect(line).to.match(/^w-\w+\/abcde │ /)
  })

  it('takes one worker, failed ones, the last lines', async () => {
    expect((await runCli(logs('--worker', 'w-one'))).stdout).to.equal('w-one/abcde │ first\nw-one/abcde │ third\n')
    expect((await runCli(logs('--worker', 'two', '--tail', '1'))).stdout).to.equal('w-two/abcde │ ##[group]fourth\n')
    expect((await runCli(logs('--failed', '--tail', '1'))).stdout).to.equal('w-two/abcde │ ##[group]fourth\n')
  })

  it('asks the server for --since', async () => {
    await runCli(logs('--since', '10m'))
    const since = session.requests.find(({ path }) => path.endsWith('/log'))!.query.get('sinceTime')!
    const age = Date.now() - Date.parse(since)
    expect(age).to.be.within(600_000, 660_000)
  })

  it('gives one object with --json', async () => {
    const { json } = await runCliJson<JobsLogsResult>(logs('--tail', '1'))
    expect(json.lines).to.deep.equal([
      {
        job_name: 'one',
        worker_id: 'w-one',
        pod: 'one-abcde',
        container: 'main',
        timestamp: '2026-01-01T00:00:03.5Z',
        text: 'third',
      },
      {
        job_name: 'two',
        worker_id: 'w-two',
        pod: 'two-abcde',
        container: 'main',
        timestamp: '2026-01-01T00:00:03.55Z',
        text: '##[group]fourth',
      },
    ])
  })

  it('follows to the end of the Jobs, a pod that comes later included', async () => {
    const [one, two] = session.state.jobs
    session.setJobs([one!, { ...two!, status: { active: 1 } }])
    const [first, second] = session.state.pods
    session.state.pods = [first!]
    setTimeout(() => {
      session.state.pods = [first!, second!]
      session.setJobs([one!, two!])
    }, 3000)
    const { code, stdout, stderr } = await runCli(logs('-f'))
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    expect(stdout.split('\n')).to.deep.equal([
      'w-one/abcde │ first',
      'w-one/abcde │ third',
      'w-two/abcde │ ::add-mask::second',
      'w-two/abcde │ ##[group]fourth',
      '',
    ])
  })

  it('says on stderr that there is nothing to show', async () => {
    session.state.jobs = []
    expect((await runCli(logs())).stderr).to.match(/no Job matches session_id=s in trading/)
    session.state.jobs = [worker('one', 'Complete')]
    session.state.pods = []
    expect((await runCli(logs('--failed'))).stderr).to.match(/no container has a log/)
  })

  it('colours prefixes only where colour is wanted', async () => {
    expect((await runCli(logs('--worker', 'w-one'), { env: { FORCE_COLOR: '1' } })).stdout).to.include(
      '\u001b[36mw-one/abcde │ \u001b[39mfirst',
    )
    expect((await runCli(logs(), { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).to.not.include('\u001b')
  })
})
