import { expect } from 'chai'

import { ArbError } from '../../../src/base/errors.js'
import { sleep } from '../../../src/base/wait.js'
import { followJobs, type JobsUpdate } from '../../../src/cluster/watch-jobs.js'
import type { Reader, WatchEvent } from '../../../src/cluster/types.js'
import type { Job } from '../../../src/session/job.js'
import { fakeReader, jobNamed } from '../../helpers/fake-reader.js'
import { collect, rejection } from '../../helpers/rejection.js'

const done = (jobs: Job[]): boolean => jobs.every((job) => job.status?.succeeded === 1)
const running = jobNamed('j', { active: 1 }, '1')
const ended = jobNamed('j', { succeeded: 1 }, '2')
const event = (type: WatchEvent['type'], job: Job): WatchEvent => ({ type, object: { ...job } })
const options = { namespace: 'n', selector: 'a=b', intervalMs: 30, until: done }

/** A Reader whose Jobs come from `state`; counts lists. */
function changing(state: { jobs: Job[]; lists: number }, watch: Reader['watch']): Reader {
  return fakeReader({
    listJobs: async () => {
      state.lists++
      return { items: state.jobs, resourceVersion: String(state.lists) }
    },
    watch,
  })
}

async function* silence(signal: AbortSignal | undefined): AsyncGenerator<WatchEvent> {
  await sleep(60_000, signal)
  yield* []
}

const last = (updates: JobsUpdate[]): JobsUpdate => updates.at(-1)!

describe('followJobs', () => {
  it('ends at once where a list says so', async () => {
    const updates = await collect(followJobs(fakeReader({ jobs: [ended] }), options))
    expect(updates).to.deep.equal([{ jobs: [ended], changed: true, confirmed: true, problem: null }])
  })

  it('confirms by a list what a watch event says', async () => {
    const state = { jobs: [running], lists: 0 }
    const reader = changing(state, async function* (_kind, { signal }) {
      state.jobs = [ended]
      yield event('MODIFIED', ended)
      yield* silence(signal)
    })
    const updates = await collect(followJobs(reader, options))
    expect(last(updates)).to.deep.equal({ jobs: [ended], changed: true, confirmed: true, problem: null })
    expect(state.lists).to.equal(2)
  })

  it('does not believe an end that a list denies', async () => {
    const state = { jobs: [running], lists: 0 }
    let watches = 0
    const reader = changing(state, async function* (_kind, { signal }) {
      if (++watches === 1) yield event('MODIFIED', ended)
      else state.jobs = [ended]
      if (watches === 1) yield* silence(signal)
    })
    await collect(followJobs(reader, options))
    expect(state.lists).to.equal(3)
  })

  it('is not held up by a silent stream: it lists again, and tells the time in between', async () => {
    const state = { jobs: [running], lists: 0 }
    const reader = changing(state, (_kind, { signal }) => {
      if (state.lists === 2) state.jobs = [ended]
      return silence(signal)
    })
    const updates = await collect(followJobs(reader, { ...options, relistMs: 100 }))
    expect(state.lists).to.equal(3)
    expect(updates.filter((update) => !update.changed).length).to.be.greaterThan(1)
    expect(last(updates).jobs).to.deep.equal([ended])
  })

  it('resumes from the list’s version, lists again after 410 and goes on watching', async () => {
    const state = { jobs: [running], lists: 0 }
    const versions: string[] = []
    // eslint-disable-next-line require-yield
    const reader = changing(state, async function* (_kind, { resourceVersion }) {
      versions.push(resourceVersion)
      if (versions.length === 5) state.jobs = [ended]
      throw new ArbError({ code: 'ARB_CLUSTER_REJECTED', message: 'too old', details: { status: 410 } })
    })
    const updates = collect(followJobs(reader, { ...options, shortestRoundMs: 1 }))
    await updates
    expect(versions).to.deep.equal(['1', '2', '3', '4', '5'])
  })

  const unwatchable: [string, ArbError, number][] = [
    ['garbage in the stream, three times', new ArbError({ code: 'ARB_CLUSTER_ANSWER', message: 'garbage' }), 3],
    ['no right to watch', new ArbError({ code: 'ARB_CLUSTER_FORBIDDEN', message: 'may not watch' }), 1],
  ]
  for (const [name, error, watches] of unwatchable) {
    it(`polls after ${name}`, async () => {
      const state = { jobs: [running], lists: 0 }
      let seen = 0
      // eslint-disable-next-line require-yield
      const reader = changing(state, async function* () {
        seen++
        throw error
      })
      const updates: JobsUpdate[] = []
      for await (const update of followJobs(reader, { ...options, shortestRoundMs: 1 })) {
        updates.push(update)
        if (state.lists === 6) state.jobs = [ended]
      }
      expect(seen).to.equal(watches)
      expect(state.lists).to.equal(7)
    })
  }

  it('follows additions and deletions', async () => {
    const state = { jobs: [running], lists: 0 }
    const other = jobNamed('k', { succeeded: 1 }, '5')
    const reader = changing(state, async function* (_kind, { signal }) {
      yield event('ADDED', other)
      await sleep(200, signal)
      state.jobs = [other]
      yield event('DELETED', running)
      yield* silence(signal)
    })
    const updates = await collect(followJobs(reader, options))
    expect(updates.some((update) => update.jobs.length === 2)).to.equal(true)
    expect(last(updates).jobs).to.deep.equal([other])
  })

  it('fails at once where the first list does, and bears a cluster that is away for a while', async () => {
    const away = new ArbError({ code: 'ARB_CLUSTER_UNREACHABLE', message: 'away' })
    const never = fakeReader({ listJobs: async () => Promise.reject(away) })
    expect(await rejection(collect(followJobs(never, options)))).to.equal(away)

    let lists = 0
    const reader = fakeReader({
      listJobs: async () => {
        lists++
        if (lists === 2 || lists === 3) throw away
        return { items: [lists === 1 ? running : ended], resourceVersion: '1' }
      },
    })
    const updates = await collect(followJobs(reader, { ...options, shortestRoundMs: 1 }))
    expect(updates.filter((update) => update.problem === 'away')).to.have.length(2)
    expect(last(updates).jobs).to.deep.equal([ended])

    lists = 0
    const gone = fakeReader({
      listJobs: async () => (lists++ === 0 ? { items: [running], resourceVersion: '1' } : Promise.reject(away)),
    })
    expect(await rejection(collect(followJobs(gone, { ...options, patienceMs: 50, shortestRoundMs: 1 })))).to.equal(
      away,
    )
  })

  it('counts its patience from the first failure, however long ago the last list was', async () => {
    const away = new ArbError({ code: 'ARB_CLUSTER_UNREACHABLE', message: 'away' })
    let lists = 0
    const reader = fakeReader({
      listJobs: async () => {
        if (++lists === 2) throw away
        return { items: [lists === 1 ? running : ended], resourceVersion: '1' }
      },
      watch: (_kind, { signal }) => silence(signal),
    })
    const updates = await collect(
      followJobs(reader, { ...options, relistMs: 300, patienceMs: 200, shortestRoundMs: 1 }),
    )
    expect(updates.filter((update) => update.problem === 'away')).to.have.length(1)
    expect(last(updates).jobs).to.deep.equal([ended])
  })

  it('ends with the reason of the signal, also in silence', async () => {
    const controller = new AbortController()
    const reader = fakeReader({ jobs: [running], watch: (_kind, { signal }) => silence(signal) })
    setTimeout(() => controller.abort(new ArbError({ code: 'ARB_INTERRUPTED', message: 'stop' })), 50)
    const error = await rejection(collect(followJobs(reader, { ...options, signal: controller.signal })))
    expect(error.code).to.equal('ARB_INTERRUPTED')
  })
})
