import { expect } from 'chai'

import type { Health, HistoryRecord, RecordedCause, WireJobSummary } from '../../../plugins/plugin-kit/src/index.js'
import { sampleFailedJob, sampleRecord } from '../../../plugins/plugin-kit/src/testing/index.js'
import { buildAlert, resolvedIncident } from '../../../src/alerts/alert.js'
import { lookFurther } from '../../../src/alerts/evidence.js'
import { incidentOf } from '../../../src/alerts/incident.js'
import { parseRecord } from '../../../src/history/parse-record.js'

const cause = (fields: Partial<RecordedCause> = {}): RecordedCause => ({ ...sampleFailedJob().cause!, ...fields })

const job = (name: string, health: Health, fields: Partial<WireJobSummary> = {}): WireJobSummary => ({
  job_name: name,
  phase: 'FAILED',
  health,
  reasons: ['job_failed'],
  duration_seconds: 1,
  worker_id: null,
  retries: 0,
  uid: `uid-${name}`,
  cause: cause(),
  ...fields,
})

const bad = (minute: number, jobs: WireJobSummary[], fields: Partial<HistoryRecord> = {}): HistoryRecord =>
  sampleRecord(minute, {
    overall_health: 'ERROR',
    jobs_ok: jobs.filter(({ health }) => health === 'OK').length,
    jobs_warn: jobs.filter(({ health }) => health === 'WARN').length,
    jobs_error: jobs.filter(({ health }) => health === 'ERROR').length,
    jobs,
    ...fields,
  })

describe('alerts: evidence', () => {
  it('shows five failed Jobs, ERROR first, and counts the others', () => {
    const names = ['w1', 'e1', 'ok', 'e2', 'w2', 'e3', 'w3', 'e4']
    const healths: Record<string, Health> = { w: 'WARN', e: 'ERROR', o: 'OK' }
    const incident = incidentOf([
      bad(
        1,
        names.map((name) => job(name, healths[name[0]!]!)),
      ),
    ])!
    expect(incident.failed_jobs.map(({ job_name }) => job_name)).to.deep.equal(['e1', 'e2', 'e3', 'e4', 'w1'])
    expect(incident.more_failed_jobs).to.equal(2)
    expect(buildAlert(incident, 'opened').text).to.include('\nand 2 more Jobs\n')
  })

  it('counts Jobs that an old record does not name', () => {
    const incident = incidentOf([sampleRecord(1, { overall_health: 'ERROR', jobs_error: 3 })])!
    expect(incident).to.deep.include({ failed_jobs: [], more_failed_jobs: 3 })
    expect(buildAlert(incident, 'opened').text).to.not.include('Failed Jobs')
  })

  it('keeps the last lines of the same failure when the newest record has none any more', () => {
    const run = [
      bad(1, [job('a', 'ERROR', { cause: cause({ last_lines: ['older'] }) })]),
      bad(2, [job('a', 'ERROR', { cause: cause({ last_lines: ['newer'] }) })]),
      bad(3, [job('a', 'ERROR', { cause: cause({ last_lines: [] }) })]),
    ]
    expect(incidentOf(run)!.failed_jobs[0]!.cause!.last_lines).to.deep.equal(['newer'])
    const replaced = bad(3, [job('a', 'ERROR', { uid: 'another', cause: cause({ last_lines: [] }) })])
    expect(incidentOf([...run, replaced])!.failed_jobs[0]!.cause!.last_lines).to.deep.equal([])
    const otherwise = bad(3, [job('a', 'ERROR', { cause: cause({ class: 'memory', last_lines: [] }) })])
    expect(incidentOf([...run, otherwise])!.failed_jobs[0]!.cause!.last_lines).to.deep.equal([])
  })

  it('has the labels of the records and of the selector', () => {
    const selector = 'session_id=demo,app==x,mode in (paper),env in (a,b),!debug,tier!=y'
    const run = [
      bad(1, [], { selector, labels: { env: 'prod', app: 'recorded' } }),
      bad(2, [], { selector, labels: {} }),
    ]
    expect(incidentOf(run)!.labels).to.deep.equal({ session_id: 'demo', app: 'recorded', mode: 'paper', env: 'prod' })
    expect(incidentOf([bad(1, [], { selector: 'no((selector' })])!.labels).to.deep.equal({})
  })

  it('gives a command that a shell takes as it stands', () => {
    expect(lookFurther('n', 'a=b')).to.equal('arbk8s health check -n n -l a=b --explain')
    expect(lookFurther('n', "a in (b,c),!x'$(rm)")).to.equal(
      String.raw`arbk8s health check -n n -l 'a in (b,c),!x'\''$(rm)' --explain`,
    )
    expect(lookFurther('n\nrm -rf x', '')).to.equal("arbk8s health check -n 'n rm -rf x' -l '' --explain")
  })

  it('is the same for the same history, read from its lines or not', () => {
    const run = [bad(1, [job('a', 'ERROR'), job('b', 'WARN', { cause: null })], { labels: { mode: 'paper' } })]
    const read = run.map((record) => {
      const parsed = parseRecord(JSON.parse(JSON.stringify(record)))
      return 'record' in parsed ? parsed.record : undefined!
    })
    expect(incidentOf(read)).to.deep.equal(incidentOf(structuredClone(run)))
  })

  it('bounds each line and each message of the text', () => {
    const long = 'x'.repeat(5000)
    const wide = cause({ message: long, fix: long, last_lines: Array.from({ length: 10 }, (_n, i) => `${i}${long}`) })
    const { text } = buildAlert(incidentOf([bad(1, [job('a', 'ERROR', { cause: wide })])])!, 'opened')
    expect(text.split('\n').filter((line) => line.startsWith('  | '))).to.have.length(5)
    expect(Math.max(...text.split('\n').map((line) => line.length))).to.be.lessThan(300)
  })

  it('says how the container ended once', () => {
    const text = (fields: Partial<RecordedCause>): string =>
      buildAlert(incidentOf([bad(1, [job('a', 'ERROR', { cause: cause(fields) })])])!, 'opened').text
    expect(text({ exit_code: 3, message: 'exit code 3' })).to.include('\n- a: Error: exit code 3\n')
    expect(text({ exit_code: 137, signal: 9, message: 'killed' })).to.include(
      '- a: Error, exit code 137, signal 9: killed\n',
    )
    expect(text({ exit_code: null, message: 'no image' })).to.include('\n- a: Error: no image\n')
  })

  it('shows no failed Job once it is resolved', () => {
    const incident = resolvedIncident(incidentOf([bad(1, [job('a', 'ERROR')])])!, sampleRecord(2))
    expect(incident).to.deep.include({ failed_jobs: [], more_failed_jobs: 0, recent_events: [] })
  })
})
