import { expect } from 'chai'

import { allEnded, progressOf } from '../../../src/health/progress.js'
import { judgeSnapshot } from '../../../src/health/judge.js'
import type { JobHealth, Phase } from '../../../src/health/types.js'
import { ago, job, now, snapshot } from './objects.js'

const template = judgeSnapshot(snapshot({ jobs: [job()] })).jobs[0]!

function of(phase: Phase, parts: Partial<JobHealth> = {}): JobHealth {
  return { ...template, phase, startTime: phase === 'PENDING' ? null : ago(100), ...parts }
}

describe('progressOf', () => {
  it('sums completions, and counts what a failed Job still owed as lost', () => {
    const jobs = [
      of('SUCCEEDED', { completions: 3, succeeded: 3 }),
      of('FAILED', { completions: 5, succeeded: 2 }),
      of('RUNNING', { completions: 4, succeeded: 1 }),
      of('PENDING'),
    ]
    const progress = progressOf(jobs, now)
    expect(progress).to.include({ done: 6, total: 13, lost: 3 })
    expect(progress.jobs).to.deep.equal({ SUCCEEDED: 1, FAILED: 1, RUNNING: 1, PENDING: 1, UNKNOWN: 0 })
  })

  it('counts a Job that met its success policy as wholly done', () => {
    expect(progressOf([of('SUCCEEDED', { completions: 5, succeeded: 2 })], now).done).to.equal(5)
  })

  it('expects running Jobs to take as long as those that ended', () => {
    const ended = of('SUCCEEDED', { startTime: ago(200), endTime: ago(100) })
    expect(progressOf([ended, of('RUNNING', { startTime: ago(40) })], now).etaMs).to.equal(60_000)
  })

  it('adds a wave for Jobs that wait', () => {
    const ended = of('SUCCEEDED', { startTime: ago(200), endTime: ago(100) })
    const running = of('RUNNING', { startTime: ago(40) })
    expect(progressOf([ended, running, of('PENDING'), of('PENDING')], now).etaMs).to.equal(260_000)
    expect(progressOf([ended, running, running, of('PENDING')], now).etaMs).to.equal(160_000)
  })

  it('takes the rate of a Job of many completions', () => {
    expect(progressOf([of('RUNNING', { completions: 10, succeeded: 4 })], now).etaMs).to.equal(150_000)
  })

  it('does not guess', () => {
    expect(progressOf([of('RUNNING')], now).etaMs).to.equal(null)
    expect(progressOf([of('RUNNING', { completions: 10 })], now).etaMs).to.equal(null)
    expect(progressOf([of('PENDING')], now).etaMs).to.equal(null)
    const late = [of('SUCCEEDED', { startTime: ago(200), endTime: ago(190) }), of('RUNNING')]
    expect(progressOf(late, now).etaMs).to.equal(null)
  })
})

describe('allEnded', () => {
  it('holds when every Job succeeded or failed, and not for none', () => {
    expect(allEnded([of('SUCCEEDED'), of('FAILED')])).to.equal(true)
    expect(allEnded([of('SUCCEEDED'), of('RUNNING')])).to.equal(false)
    expect(allEnded([])).to.equal(false)
  })
})
