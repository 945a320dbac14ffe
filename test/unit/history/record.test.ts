import { expect } from 'chai'

import { sampleEvent, sampleRecord } from '../../../plugins/plugin-kit/src/testing/index.js'
import type { ClusterEvent } from '../../../src/cluster/types.js'
import type { JobHealth, SessionHealth } from '../../../src/health/types.js'
import { selectEvents, wireEvent } from '../../../src/history/events.js'
import { parseRecord } from '../../../src/history/parse-record.js'
import { toRecord } from '../../../src/history/record.js'
import { utcTimestamp } from '../../../src/history/timestamp.js'

const job = (fields: Partial<JobHealth> = {}): JobHealth => ({
  jobName: 'arb-tuning-demo--worker-1-0',
  namespace: 'trading-bots',
  uid: 'uid-1',
  workerId: 'worker-1',
  phase: 'SUCCEEDED',
  health: 'OK',
  reasons: [],
  cause: null,
  condition: null,
  retries: 0,
  succeeded: 1,
  failed: 0,
  active: 0,
  completions: 1,
  startTime: '2025-11-16T10:00:00Z',
  endTime: '2025-11-16T10:01:30Z',
  labels: { session_id: 'demo' },
  ...fields,
})

const health = (jobs: JobHealth[]): SessionHealth => ({
  namespace: 'trading-bots',
  selector: 'session_id=demo',
  overallHealth: 'ERROR',
  reasons: [],
  timestamp: '2025-11-16T10:05:00Z',
  jobs,
  errors: ['logs of pod x: forbidden'],
})

const event = (fields: Partial<ClusterEvent> = {}): ClusterEvent => ({
  metadata: { name: 'e', namespace: 'trading-bots', managedFields: [{}], creationTimestamp: '2025-11-16T10:00:00Z' },
  type: 'Warning',
  reason: 'BackOff',
  message: 'no image',
  involvedObject: { kind: 'Pod', name: 'p', namespace: 'trading-bots' },
  ...fields,
})

describe('history: a record', () => {
  it('has the original fields first, in their order', () => {
    const record = toRecord(health([job(), job({ health: 'ERROR', phase: 'FAILED' }), job({ health: 'WARN' })]))
    expect(Object.keys(record).slice(0, 8)).to.deep.equal([
      'timestamp',
      'namespace',
      'selector',
      'overall_health',
      'jobs_ok',
      'jobs_warn',
      'jobs_error',
      'raw_snapshot',
    ])
    expect(record).to.include({ overall_health: 'ERROR', jobs_ok: 1, jobs_warn: 1, jobs_error: 1, session_id: 'demo' })
    expect(record.errors).to.deep.equal(['logs of pod x: forbidden'])
  })

  it('keeps each Job with its duration and retries', () => {
    const running = job({ phase: 'RUNNING', endTime: null, retries: 2 })
    const failed = job({ phase: 'FAILED', retries: 2 })
    const pending = job({ phase: 'PENDING', startTime: null, endTime: null })
    const { jobs } = toRecord(health([job(), running, failed, pending]))
    expect(jobs!.map(({ duration_seconds, retries }) => [duration_seconds, retries])).to.deep.equal([
      [90, 0],
      [300, 2],
      [90, 2],
      [null, 0],
    ])
    expect(jobs![0]).to.include({ job_name: 'arb-tuning-demo--worker-1-0', uid: 'uid-1', worker_id: 'worker-1' })
  })

  it('keeps the newest Warning events, not the others', () => {
    const at = (minute: number, type = 'Warning') =>
      event({ type, reason: `R${minute}`, lastTimestamp: `2025-11-16T10:0${minute}:00Z` })
    const { events } = toRecord(health([]), [at(3), at(1), at(4, 'Normal'), at(2)], { eventsLimit: 2 })
    expect(events!.map(({ reason }) => reason)).to.deep.equal(['R2', 'R3'])
  })

  it('takes the session from the selector where there is no Job', () => {
    expect(toRecord(health([])).session_id).to.equal('demo')
    expect(toRecord({ ...health([]), selector: 'app=x' }).session_id).to.equal(null)
  })

  it('comes back from its line as it was', () => {
    const record = toRecord(health([job()]), [event()])
    expect(parseRecord(JSON.parse(JSON.stringify(record)))).to.deep.equal({ record })
  })
})

describe('history: checking what comes from a store', () => {
  const original = { ...sampleRecord(), timestamp: '2025-11-16T10:00:00' }

  it('takes the eight fields of the original, a time without a zone as UTC', () => {
    expect(parseRecord(original)).to.deep.equal({ record: { ...original, timestamp: '2025-11-16T10:00:00Z' } })
  })

  it('refuses what lacks a field, and names it', () => {
    const reasons = [
      [null, 'it is not an object'],
      [{ ...original, timestamp: 'soon' }, 'timestamp "soon" is not a time'],
      [{ ...original, namespace: 5 }, 'namespace is missing or not text'],
      [{ ...original, overall_health: 'FINE' }, 'overall_health is not OK, WARN or ERROR'],
      [{ ...original, jobs_ok: -1 }, 'jobs_ok is missing or not a whole number of Jobs'],
      [{ ...original, jobs_error: '1' }, 'jobs_error is missing or not a whole number of Jobs'],
    ] as const
    for (const [value, reason] of reasons) expect(parseRecord(value)).to.deep.equal({ reason })
  })

  it('leaves out further fields of the wrong shape, and cleans texts', () => {
    const parsed = parseRecord({
      ...original,
      namespace: 'n\u001b[2Js',
      jobs: [{ job_name: 'x' }, 5],
      events: [sampleEvent(), { reason: 'x' }],
      errors: 'no list',
      surprise: true,
    })
    expect(parsed)
      .to.have.property('record')
      .that.deep.includes({ namespace: 'ns', jobs: [], events: [sampleEvent()] })
    expect(parsed).to.have.property('record').that.does.not.have.any.keys('errors', 'surprise')
  })

  it('reads every form of time as UTC', () => {
    const forms = [
      '2025-11-16T10:00:00Z',
      '2025-11-16 10:00:00.906585',
      '2025-11-16T12:00:00+02:00',
      '2025-11-16T10:00:00+00:00',
    ]
    expect(forms.map(utcTimestamp)).to.deep.equal([
      '2025-11-16T10:00:00Z',
      '2025-11-16T10:00:00.906585Z',
      '2025-11-16T10:00:00.000Z',
      '2025-11-16T10:00:00Z',
    ])
    for (const text of ['', '2025-13-40T10:00:00Z', '1763287200', '2025-11-16'])
      expect(utcTimestamp(text), text).to.equal(undefined)
  })
})

describe('history: events', () => {
  it('reads time and count of both event APIs', () => {
    const old = event({ firstTimestamp: 'a', lastTimestamp: 'b', count: 3 })
    const fresh = event({
      eventTime: 'c',
      firstTimestamp: null,
      lastTimestamp: null,
      series: { count: 9, lastObservedTime: 'd' },
    })
    const picked = [old, fresh, event()].map((one) => wireEvent(one))
    expect(picked.map((one) => [one.first_timestamp, one.last_timestamp, one.count])).to.deep.equal([
      ['a', 'b', 3],
      ['c', 'd', 9],
      ['2025-11-16T10:00:00Z', '2025-11-16T10:00:00Z', 1],
    ])
  })

  it('keeps the raw event only when asked, without managedFields', () => {
    expect(wireEvent(event()).raw).to.equal(null)
    expect(JSON.stringify(wireEvent(event(), true).raw))
      .to.include('"name":"e"')
      .and.not.include('managedFields')
  })

  it('gives none for a limit of 0', () => {
    expect(selectEvents([event()], { limit: 0 })).to.deep.equal([])
  })
})
