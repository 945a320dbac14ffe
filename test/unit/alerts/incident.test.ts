import { createHash } from 'node:crypto'

import { expect } from 'chai'

import { sampleEvent, sampleRecord } from '../../../plugins/plugin-kit/src/testing/index.js'
import type { Health, HistoryRecord } from '../../../plugins/plugin-kit/src/index.js'
import { incidentOf } from '../../../src/alerts/incident.js'
import { readRun } from '../../../src/alerts/read-run.js'
import { memoryStore } from './memory-store.js'

const letters: Record<string, Health> = { O: 'OK', W: 'WARN', E: 'ERROR' }

/** `OOWE` as records, a minute apart. */
function series(text: string, fields: Partial<HistoryRecord> = {}): HistoryRecord[] {
  return [...text].map((letter, minute) => {
    const health = letters[letter]!
    const counts = { jobs_ok: 1, jobs_warn: health === 'WARN' ? 1 : 0, jobs_error: health === 'ERROR' ? 1 : 0 }
    return sampleRecord(minute, { overall_health: health, ...counts, ...fields })
  })
}

describe('alerts: incident', () => {
  it('is none while the newest record is OK, or there is no record', () => {
    for (const text of ['', 'O', 'EO', 'WEO']) expect(incidentOf(series(text)), text).to.equal(undefined)
  })

  it('has the summary, counts, severity and start of the original', () => {
    const records = series('OOE')
    records[2]!.events = [sampleEvent()]
    const incident = incidentOf(records)!
    const startedAt = records[2]!.timestamp
    const id = createHash('sha256').update(`trading-bots:session_id=demo:${startedAt}`).digest('hex').slice(0, 12)
    expect(incident).to.deep.equal({
      id,
      severity: 'CRITICAL',
      namespace: 'trading-bots',
      selector: 'session_id=demo',
      current_health: 'ERROR',
      previous_health: 'OK',
      started_at: startedAt,
      detected_at: startedAt,
      summary: 'Health transitioned from OK to ERROR. 1 job(s) in ERROR state. Recent warnings: BackoffLimitExceeded.',
      job_counts: { OK: 1, WARN: 0, ERROR: 1 },
      recent_events: [sampleEvent()],
      failed_jobs: [],
      more_failed_jobs: 1,
      labels: { session_id: 'demo' },
      flapping: false,
      look_further: 'arbk8s health check -n trading-bots -l session_id=demo --explain',
    })
  })

  it('keeps its id and start over the whole run, through WARN and ERROR', () => {
    const ids = ['OW', 'OWE', 'OWEE', 'OWEEW'].map((text) => incidentOf(series(text))!)
    expect(new Set(ids.map((incident) => incident.id)).size).to.equal(1)
    expect(ids.map((incident) => incident.severity)).to.deep.equal(['WARN', 'CRITICAL', 'CRITICAL', 'WARN'])
    expect(ids.map((incident) => incident.previous_health)).to.deep.equal(['OK', 'WARN', 'WARN', 'ERROR'])
    expect(incidentOf(series('OWOW'))!.id).to.not.equal(ids[0]!.id)
  })

  it('has no previous health where the history begins with it', () => {
    const incident = incidentOf(series('WW'))!
    expect(incident.previous_health).to.equal(null)
    expect(incident.summary).to.equal('Health is WARN. 1 job(s) in WARN state.')
  })

  it('says so when there was no Job, or reading had errors', () => {
    const none = { jobs_ok: 0, jobs_warn: 0, jobs_error: 0 }
    expect(incidentOf(series('OW', none))!.summary).to.include('No job was found.')
    expect(incidentOf(series('OW', { errors: ['pods: forbidden'] }))!.summary).to.include('1 error(s) while reading.')
  })

  it('keeps the last three events of the run, newest last, a repeated one once', () => {
    const at = (minute: number, reason: string, count = 1) =>
      sampleEvent({ reason, count, last_timestamp: `2025-11-16T10:0${minute}:00Z` })
    const records = series('OEE')
    records[1]!.events = [at(1, 'A'), at(2, 'B'), at(3, 'Repeated', 1)]
    records[2]!.events = [at(4, 'C'), at(5, 'Repeated', 7), at(6, 'D')]
    const incident = incidentOf(records)!
    expect(incident.recent_events.map(({ reason, count }) => [reason, count])).to.deep.equal([
      ['C', 1],
      ['Repeated', 7],
      ['D', 1],
    ])
    expect(incident.summary).to.include('Recent warnings: D, Repeated, C.')
    expect(incidentOf(records, { eventsLimit: 1 })!.summary).to.include('Recent warnings: D.')
  })
})

describe('alerts: reading the run', () => {
  const query = { namespace: 'trading-bots', selector: 'session_id=demo', historyLimit: 5 }

  it('finds the start of a run that is far longer than the limit', async () => {
    const records = series(`O${'E'.repeat(50)}`)
    const run = await readRun(memoryStore(records), query)
    expect(incidentOf(run.records)!.started_at).to.equal(records[1]!.timestamp)
    expect(run.records).to.have.length(51)
  })

  it('reads no more than it needs', async () => {
    expect((await readRun(memoryStore(series('OOOOOOOOOO')), query)).records).to.have.length(5)
    expect((await readRun(memoryStore(series('EEEEOE')), query)).records).to.have.length(5)
  })

  it('looks only at its own namespace and selector, and takes damaged entries in its stride', async () => {
    const others = series('EE', { selector: 'session_id=other' })
    const run = await readRun(memoryStore([...series('OO'), { timestamp: 'x' }, ...others]), query)
    expect(run.newest.overall_health).to.equal('OK')
    expect(run.damage.count).to.equal(1)
  })

  it('does not take silence for health', async () => {
    const error = await readRun(memoryStore(series('O', { namespace: 'other' })), query).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).to.include({ code: 'ARB_HISTORY_UNREADABLE', exitCode: 3 })
    expect(error).to.have.property('message').that.includes('no record of namespace trading-bots')
  })
})
