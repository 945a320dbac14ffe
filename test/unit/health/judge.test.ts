import { readFileSync } from 'node:fs'

import { expect } from 'chai'

import { explainJob } from '../../../src/health/explain.js'
import { viewsOf } from '../../../src/health/index-snapshot.js'
import { judgeSnapshot } from '../../../src/health/judge.js'
import { defaultBudgets, reasonCatalogue } from '../../../src/health/reasons.js'
import { healthExitCode, healthToWire } from '../../../src/health/wire.js'
import { formatDuration } from '../../../src/base/duration.js'
import { condition, ended, event, fixture, job, now, pod, snapshot, waiting } from './objects.js'

const pending = snapshot({ jobs: [{ ...job(), status: {} }] })
const lost = snapshot({ jobs: [job({ status: { active: 1 } })], pods: [pod({ phase: 'Unknown' })] })
const done = job({ name: 'done', status: { succeeded: 1, conditions: [condition('Complete')] } })
const failed = job({ name: 'failed', status: { failed: 1, conditions: [condition('Failed', 'BackoffLimitExceeded')] } })

describe('judgeSnapshot', () => {
  it('follows the table', () => {
    expect(judgeSnapshot(pending).overallHealth).to.equal('WARN')
    expect(judgeSnapshot(pending, { warnOnPending: false }).overallHealth).to.equal('OK')
    expect(judgeSnapshot(lost).jobs[0]!.reasons).to.deep.equal(['unknown_phase', 'node'])
    expect(judgeSnapshot(lost).overallHealth).to.equal('ERROR')
    expect(judgeSnapshot(lost, { unknownAsError: false, budgets: { node: Infinity } }).overallHealth).to.equal('WARN')
    expect(judgeSnapshot(snapshot({ jobs: [done] })).overallHealth).to.equal('OK')
    expect(judgeSnapshot(snapshot({ jobs: [done, failed] })).overallHealth).to.equal('ERROR')
  })

  it('warns of trouble even where pending is no warning', () => {
    const shot = snapshot({ jobs: [job({ status: { active: 1 } })], pods: [waiting('ErrImagePull', 'x')] })
    expect(judgeSnapshot(shot, { warnOnPending: false, budgets: { image: 3_600_000 } }).overallHealth).to.equal('WARN')
  })

  it('warns of an unfinished Job that is being deleted, and of no finished one', () => {
    const deleted = (it: ReturnType<typeof job>) => ({ ...it, metadata: { ...it.metadata, deletionTimestamp: now } })
    const judged = (it: ReturnType<typeof job>) => judgeSnapshot(snapshot({ jobs: [deleted(it)] })).jobs[0]!
    const running = judgeSnapshot(
      snapshot({ jobs: [deleted(job({ status: { active: 1 } }))], pods: [pod({ phase: 'Running' })] }),
    ).jobs[0]!
    expect(running).to.include({ phase: 'RUNNING', health: 'WARN' })
    expect(running.reasons).to.deep.equal(['deleting'])
    const waits = judgeSnapshot(snapshot({ jobs: [deleted({ ...job(), status: {} })] }), { warnOnPending: false })
    expect(waits.jobs[0]).to.include({ phase: 'PENDING', health: 'WARN' })
    expect(waits.jobs[0]!.reasons).to.deep.equal(['pending', 'deleting'])
    expect(judged(done)).to.include({ health: 'OK' })
    expect(judged(failed).reasons).not.to.include('deleting')
  })

  it('takes no Jobs for a warning unless that is allowed', () => {
    expect(judgeSnapshot(snapshot({})))
      .to.include({ overallHealth: 'WARN' })
      .and.to.have.property('reasons')
      .that.deep.equals(['no_jobs'])
    expect(judgeSnapshot(snapshot({}), { allowEmpty: true })).to.include({ overallHealth: 'OK' })
  })

  it('warns when something could not be read, and an ERROR stays one', () => {
    const errors = ['pods: forbidden']
    expect(judgeSnapshot(snapshot({ jobs: [done], errors }))).to.include({ overallHealth: 'WARN' })
    expect(judgeSnapshot(snapshot({ jobs: [failed], errors }))).to.include({ overallHealth: 'ERROR' })
  })

  it('gives a likely cause a minute and a possible one its budget', () => {
    const pulling = (message: string, takenAt: string) =>
      judgeSnapshot(
        snapshot({ takenAt, jobs: [job({ status: { active: 1 } })], pods: [waiting('ErrImagePull', message)] }),
      ).overallHealth
    const at = (seconds: number): string => new Date(Date.parse(now) - 600_000 + seconds * 1000).toISOString()
    expect(pulling('manifest unknown', at(59))).to.equal('WARN')
    expect(pulling('manifest unknown', at(60))).to.equal('ERROR')
    expect(pulling('i/o timeout', at(299))).to.equal('WARN')
    expect(pulling('i/o timeout', at(300))).to.equal('ERROR')
  })

  it('never turns a Job that waits in a queue into an error', () => {
    const shot = snapshot({ jobs: [job({ spec: { suspend: true } })] })
    expect(judgeSnapshot(shot).jobs[0]).to.include({ health: 'WARN' })
    expect(judgeSnapshot(shot).jobs[0]!.reasons).to.deep.equal(['pending', 'suspended', 'queue'])
    expect(judgeSnapshot(shot, { warnOnPending: false }).overallHealth).to.equal('OK')
  })

  it('names retries of a Job that goes on, with their cause, and stays OK', () => {
    const going = job({ spec: { backoffLimit: 3 }, status: { active: 1, failed: 2 } })
    const [found] = judgeSnapshot(
      snapshot({ jobs: [going], pods: [ended(3), pod({ phase: 'Running' }, { name: 'b' })] }),
    ).jobs
    expect(found).to.include({ phase: 'RUNNING', health: 'OK', retries: 2 })
    expect(found!.reasons).to.deep.equal(['retried'])
    expect(found!.cause).to.include({ class: 'crash', exitCode: 3 })
  })

  it('tells a complete Job with failed indexes', () => {
    const indexed = job({ status: { succeeded: 3, failedIndexes: '2', conditions: [condition('Complete')] } })
    expect(judgeSnapshot(snapshot({ jobs: [indexed] })).jobs[0]!.reasons).to.deep.equal(['failed_indexes'])
  })
})

describe('viewsOf', () => {
  it('gives pods and events to the Job that owns them, by uid before name', () => {
    const old = {
      ...event('Job', 'FailedCreate', 'x'),
      involvedObject: { kind: 'Job', name: 'one', uid: 'an older one' },
    }
    const gone = event('Pod', 'BackOff', 'x', { name: 'one-zzzzz' })
    const indexed = event('Pod', 'BackOff', 'x', { name: 'two-12-zzzzz' })
    const [one, two] = viewsOf({
      jobs: [job(), job({ name: 'two' })],
      pods: [pod({}), pod({}, { job: 'two' })],
      events: [old, gone, indexed, event('Pod', 'Failed', 'x')],
    })
    expect(one!.pods.map((found) => found.metadata.name)).to.deep.equal(['one-abcde'])
    expect(one!.events.map((found) => found.reason)).to.deep.equal(['BackOff', 'Failed'])
    expect(two!.events).to.deep.equal([indexed])
  })
})

describe('healthToWire', () => {
  it('begins with the original’s fields, in its order', () => {
    const wire = healthToWire(judgeSnapshot(fixture('exit3')))
    expect(Object.keys(wire).slice(0, 6)).to.deep.equal([
      'namespace',
      'selector',
      'overall_health',
      'timestamp',
      'jobs_health',
      'errors',
    ])
    expect(Object.keys(wire.jobs_health[0]!).slice(0, 9)).to.deep.equal([
      'job_name',
      'namespace',
      'phase',
      'health',
      'reasons',
      'succeeded',
      'failed',
      'active',
      'labels',
    ])
    expect(wire.jobs_health[0]).to.deep.include({
      job_name: 'exit3',
      duration_seconds: 6,
      worker_id: 'worker-1',
      retries: 0,
    })
    expect(wire.jobs_health[0]!.cause).to.include({ exit_code: 3 }).and.not.to.have.property('exitCode')
  })
})

describe('healthExitCode', () => {
  it('is 0 for OK and WARN, 1 for a strict WARN, 2 for ERROR', () => {
    expect(healthExitCode('OK', { strict: true })).to.equal(0)
    expect(healthExitCode('WARN')).to.equal(0)
    expect(healthExitCode('WARN', { strict: true })).to.equal(1)
    expect(healthExitCode('ERROR')).to.equal(2)
    expect(healthExitCode('ERROR', { strict: true })).to.equal(2)
  })
})

describe('explainJob', () => {
  it('says the condition, each reason, the cause with its place, the budget and the fix', () => {
    const health = judgeSnapshot(fixture('pulling'))
    const lines = explainJob(health.jobs[0]!, health.timestamp)
    expect(lines[0]).to.equal('phase PENDING: no deciding condition; 0 of 1 succeeded, 0 failed, 1 active')
    expect(lines).to.include(`image: ${reasonCatalogue.image}`)
    expect(lines.join('\n')).to.match(/cause \(image, ImagePullBackOff\): .* \[pod pulling-\w+, container main\]/)
    expect(lines.join('\n')).to.match(/budget: 5m for image, \d+s used/)
    expect(lines.at(-1)).to.match(/^fix: /)
  })

  it('names the condition of a Job that ended', () => {
    const health = judgeSnapshot(fixture('deadline'))
    expect(explainJob(health.jobs[0]!, health.timestamp)[0]).to.match(
      /^phase FAILED: condition Failed is True \(DeadlineExceeded: Job was active longer/,
    )
  })
})

describe('docs/reference/health.md', () => {
  const text = readFileSync(new URL('../../../docs/reference/health.md', import.meta.url), 'utf8')
  const rows = new Map([...text.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map((match) => [match[1]!, match[2]!]))

  it('lists exactly the reasons of the catalogue, with their meaning and their budget', () => {
    expect([...rows.keys()]).to.deep.equal(Object.keys(reasonCatalogue))
    for (const [reason, meaning] of Object.entries(reasonCatalogue)) {
      const budget = defaultBudgets[reason as keyof typeof defaultBudgets]
      expect(rows.get(reason)).to.include(meaning)
      if (budget !== undefined)
        expect(rows.get(reason), reason).to.match(
          new RegExp(`\\| ${budget === Infinity ? 'none' : budget === 0 ? 'ERROR at once' : formatDuration(budget)}$`),
        )
    }
  })
})
