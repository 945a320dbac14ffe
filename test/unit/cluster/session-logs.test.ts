import { expect } from 'chai'

import { followSessionLogs, mergeByTime, readSessionLogs, type LogLine } from '../../../src/cluster/session-logs.js'
import type { Pod } from '../../../src/cluster/types.js'
import { ArbError } from '../../../src/base/errors.js'
import { fakeReader, jobNamed } from '../../helpers/fake-reader.js'
import { rejection } from '../../helpers/rejection.js'

const complete = { conditions: [{ type: 'Complete', status: 'True' }] }

function podOf(job: string, name: string, state: object = { terminated: { exitCode: 0 } }): Pod {
  return {
    metadata: {
      name,
      uid: `uid-${name}`,
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: job, uid: `uid-${job}` }],
    },
    spec: { containers: [{ name: 'c' }] },
    status: { phase: 'Running', containerStatuses: [{ name: 'c', state }] },
  }
}

const line = (time: string | null, text: string): LogLine => ({
  job: 'j',
  worker: null,
  pod: 'p',
  container: 'c',
  time,
  text,
})
const texts = (lines: LogLine[]): string[] => lines.map(({ text }) => text)
const options = { namespace: 'n', selector: 'a=b' }

describe('mergeByTime', () => {
  it('orders by time whatever its number of digits, keeps each container’s own order', () => {
    const merged = mergeByTime([
      [
        line('2026-01-01T00:00:01.5Z', 'b'),
        line('2026-01-01T00:00:01.5Z', 'c'),
        line(null, 'c2'),
        line('2026-01-01T00:00:02Z', 'f'),
      ],
      [
        line('2026-01-01T00:00:01Z', 'a'),
        line('2026-01-01T00:00:01.55Z', 'd'),
        line('2026-01-01T02:00:01.6+02:00', 'e'),
      ],
    ])
    expect(texts(merged)).to.deep.equal(['a', 'b', 'c', 'c2', 'd', 'e', 'f'])
  })
})

describe('readSessionLogs', () => {
  it('reads every container that has begun, and tells what could not be read', async () => {
    const pods = [podOf('one', 'one-a'), podOf('one', 'one-b', { waiting: {} }), podOf('one', 'one-c')]
    const reader = fakeReader({
      jobs: [jobNamed('one', complete)],
      listPods: async () => ({ items: pods, resourceVersion: '1' }),
      podLog: async ({ pod, timestamps }) => {
        expect(timestamps).to.equal(true)
        if (pod === 'one-c') throw new Error('connection reset')
        return `2026-01-01T00:00:01Z of ${pod}\n`
      },
    })
    const logs = await readSessionLogs(reader, options)
    expect(texts(logs.lines)).to.deep.equal(['of one-a'])
    expect(logs.errors).to.deep.equal(['log of one-c/c: connection reset'])
    expect(logs.containers).to.equal(2)
  })

  it('takes the index of an Indexed Job for the worker', async () => {
    const one = podOf('one', 'one-2-a')
    one.metadata.annotations = { 'batch.kubernetes.io/job-completion-index': '2' }
    const reader = fakeReader({
      jobs: [jobNamed('one')],
      listPods: async () => ({ items: [one, podOf('one', 'one-3-a')], resourceVersion: '1' }),
      podLog: async ({ pod }) => pod,
    })
    expect(texts((await readSessionLogs(reader, { ...options, worker: 'worker-2' })).lines)).to.deep.equal(['one-2-a'])
  })

  it('takes only what failed', async () => {
    const reader = fakeReader({
      jobs: [jobNamed('one'), jobNamed('two', { conditions: [{ type: 'Failed', status: 'True' }] })],
      listPods: async () => ({
        items: [podOf('one', 'good'), podOf('one', 'bad', { terminated: { exitCode: 3 } }), podOf('two', 'lost')],
        resourceVersion: '1',
      }),
      podLog: async ({ pod }) => pod,
    })
    expect(texts((await readSessionLogs(reader, { ...options, failed: true })).lines)).to.deep.equal(['bad', 'lost'])
  })

  it('is an error where logs may not be read at all', async () => {
    const reader = fakeReader({
      jobs: [jobNamed('one')],
      listPods: async () => ({ items: [podOf('one', 'one-a')], resourceVersion: '1' }),
      podLog: async () => {
        throw new ArbError({ code: 'ARB_CLUSTER_FORBIDDEN', message: 'may not' })
      },
    })
    expect(await rejection(readSessionLogs(reader, options))).to.have.property('code', 'ARB_CLUSTER_FORBIDDEN')
  })
})

describe('followSessionLogs', () => {
  it('follows each container once, to the end of the Jobs', async () => {
    let looks = 0
    const followed: string[] = []
    const reader = fakeReader({
      listJobs: async () => ({
        items: [jobNamed('one', ++looks > 1 ? complete : {}, String(looks))],
        resourceVersion: String(looks),
      }),
      listPods: async () => ({
        items: looks > 1 ? [podOf('one', 'one-a'), podOf('one', 'one-b')] : [podOf('one', 'one-a')],
        resourceVersion: '1',
      }),
      followLog: async function* ({ pod }) {
        followed.push(pod)
        yield `2026-01-01T00:00:01Z of ${pod}`
      },
    })
    const lines: LogLine[] = []
    for await (const one of followSessionLogs(reader, { ...options, intervalMs: 50 })) lines.push(one)
    expect(texts(lines)).to.deep.equal(['of one-a', 'of one-b'])
    expect(followed).to.deep.equal(['one-a', 'one-b'])
  })

  it('tells a log that breaks, and goes on with the others', async () => {
    const reader = fakeReader({
      jobs: [jobNamed('one', complete)],
      listPods: async () => ({ items: [podOf('one', 'one-a'), podOf('one', 'one-b')], resourceVersion: '1' }),
      followLog: async function* ({ pod }) {
        if (pod === 'one-a') throw new Error('broken')
        yield 'fine'
      },
    })
    const told: string[] = []
    const lines: LogLine[] = []
    for await (const one of followSessionLogs(reader, { ...options, onError: (message) => void told.push(message) }))
      lines.push(one)
    expect(texts(lines)).to.deep.equal(['fine'])
    expect(told).to.deep.equal(['log of one-a/c: broken'])
  })

  it('ends with the signal’s reason', async () => {
    const stop = new AbortController()
    const reader = fakeReader({
      jobs: [jobNamed('one')],
      listPods: async () => ({ items: [podOf('one', 'one-a')], resourceVersion: '1' }),
      followLog: async function* ({ signal }) {
        yield 'begun'
        await new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error)))
      },
    })
    let reason: unknown
    try {
      for await (const { text } of followSessionLogs(reader, { ...options, signal: stop.signal }))
        stop.abort(new Error(`enough of ${text}`))
    } catch (error) {
      reason = error
    }
    expect(reason).to.have.property('message', 'enough of begun')
  })
})
