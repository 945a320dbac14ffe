import { expect } from 'chai'

import { ArbError } from '../../../src/base/errors.js'
import { takeSnapshot } from '../../../src/cluster/snapshot.js'
import type { ClusterEvent, LogOptions, Pod, Reader } from '../../../src/cluster/types.js'
import { fakeReader, jobNamed } from '../../helpers/fake-reader.js'
import { rejection } from '../../helpers/rejection.js'

const forbidden = (what: string) =>
  new ArbError({ code: 'ARB_CLUSTER_FORBIDDEN', message: `the user "v" may not ${what} in the namespace "n"` })

function podOf(job: string, name: string, status: Pod['status'] = { phase: 'Running' }): Pod {
  return {
    metadata: {
      name,
      uid: `uid-${name}`,
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: job, uid: `uid-${job}` }],
    },
    spec: { containers: [{ name: 'c' }] },
    status: { containerStatuses: [{ name: 'c', state: { running: {} } }], ...status },
  }
}

function eventOn(kind: string, name: string, at: string, uid?: string): ClusterEvent {
  return {
    metadata: { name: `${name}.${at}` },
    reason: at,
    lastTimestamp: at,
    involvedObject: { kind, name, ...(uid ? { uid } : {}) },
  }
}

const options = {
  namespace: 'n',
  selector: 'a=b',
  maxLogLines: 2,
  eventsLimit: 10,
  now: () => new Date('2026-01-01T00:00:00Z'),
}

describe('takeSnapshot', () => {
  it('takes the Jobs’ own pods, the end of their logs, failed ones first, and their own events', async () => {
    const asked: string[] = []
    const reader: Reader = fakeReader({
      jobs: [jobNamed('j1'), jobNamed('j2')],
      listPods: async () => ({
        items: [
          podOf('j1', 'j1-aaaaa'),
          podOf('other', 'other-1'),
          podOf('j2', 'j2-bbbbb', {
            phase: 'Failed',
            containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 3 } } }],
          }),
        ],
        resourceVersion: '1',
      }),
      podLog: async ({ pod }: LogOptions) => {
        asked.push(pod)
        return 'one\ntwo\nthree\n'
      },
      listEvents: async () => ({
        items: [
          eventOn('Pod', 'j2-bbbbb', '2026-01-03', 'uid-j2-bbbbb'),
          eventOn('Job', 'j1', '2026-01-01', 'uid-j1'),
          eventOn('Job', 'j1', '2026-01-02', 'uid-of-an-earlier-j1'),
          eventOn('Pod', 'j1-gonee', '2026-01-04', 'uid-gone'),
          eventOn('Job', 'other', '2026-01-05', 'uid-other'),
          eventOn('Job', 'j2', '2026-01-06'),
        ],
        resourceVersion: '1',
      }),
    })
    const snapshot = await takeSnapshot(reader, options)
    expect(snapshot.pods.map((pod) => pod.metadata.name)).to.deep.equal(['j1-aaaaa', 'j2-bbbbb'])
    expect(asked[0]).to.equal('j2-bbbbb')
    expect(snapshot.logs[0]).to.deep.equal({ pod: 'j2-bbbbb', container: 'c', job: 'j2', lines: ['two', 'three'] })
    expect(snapshot.events.map((event) => event.reason)).to.deep.equal([
      '2026-01-01',
      '2026-01-03',
      '2026-01-04',
      '2026-01-06',
    ])
    expect(snapshot).to.include({ namespace: 'n', selector: 'a=b', takenAt: '2026-01-01T00:00:00.000Z' })
    expect(snapshot.errors).to.deep.equal([])
    const short = await takeSnapshot(reader, { ...options, eventsLimit: 2, maxLogLines: 0 })
    expect(short.events.map((event) => event.reason)).to.deep.equal(['2026-01-04', '2026-01-06'])
    expect(short.logs).to.deep.equal([])
  })

  it('asks for pods by Job name where the selector meets only Jobs', async () => {
    const selectors: (string | undefined)[] = []
    const reader = fakeReader({
      jobs: [jobNamed('j1', { active: 1 }), jobNamed('j2', { active: 1 }), jobNamed('new')],
      listPods: async ({ selector }) => {
        selectors.push(selector)
        return {
          items: selector?.startsWith('job-name') ? [podOf('j1', 'p1'), podOf('j2', 'p2')] : [],
          resourceVersion: '1',
        }
      },
    })
    expect((await takeSnapshot(reader, options)).pods).to.have.length(2)
    expect(selectors).to.deep.equal(['a=b', 'job-name in (j1,j2)'])
  })

  it('says which right is missing, once, and goes on', async () => {
    const reader = fakeReader({
      jobs: [jobNamed('j1')],
      listPods: async () => ({ items: [podOf('j1', 'p1'), podOf('j1', 'p2')], resourceVersion: '1' }),
      podLog: async () => {
        throw forbidden('get pods/log')
      },
      listEvents: async () => {
        throw forbidden('list events')
      },
    })
    expect((await takeSnapshot(reader, options)).errors).to.deep.equal([
      'the user "v" may not list events in the namespace "n"',
      'the user "v" may not get pods/log in the namespace "n"',
    ])
    const blind = fakeReader({ jobs: [jobNamed('j1')], listPods: async () => Promise.reject(forbidden('list pods')) })
    expect((await takeSnapshot(blind, options)).errors).to.deep.equal([
      'the user "v" may not list pods in the namespace "n"',
    ])
  })

  it('takes a pod that is gone meanwhile for no trouble', async () => {
    const gone = new ArbError({
      code: 'ARB_CLUSTER_REJECTED',
      message: 'pods "p1" does not exist',
      details: { status: 404 },
    })
    const reader = fakeReader({
      jobs: [jobNamed('j1')],
      listPods: async () => ({ items: [podOf('j1', 'p1')], resourceVersion: '1' }),
      podLog: async () => Promise.reject(gone),
    })
    const { errors, logs } = await takeSnapshot(reader, options)
    expect({ errors, logs }).to.deep.equal({ errors: [], logs: [] })
  })

  it('fails where the Jobs cannot be read, and where there is no such namespace', async () => {
    const reader = fakeReader({ listJobs: async () => Promise.reject(forbidden('list jobs.batch')) })
    expect((await rejection(takeSnapshot(reader, options))).code).to.equal('ARB_CLUSTER_FORBIDDEN')
    const empty = fakeReader({ jobs: [], getNamespace: async () => undefined })
    expect((await rejection(takeSnapshot(empty, options))).code).to.equal('ARB_NAMESPACE_NOT_FOUND')
  })
})
