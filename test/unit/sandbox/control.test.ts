import { expect } from 'chai'

import { EventRecorder } from '../../../plugins/plugin-sandbox/src/control/events.js'
import { failureOf } from '../../../plugins/plugin-sandbox/src/control/job-failure.js'
import { Tally } from '../../../plugins/plugin-sandbox/src/control/tally.js'
import { WorkQueue } from '../../../plugins/plugin-sandbox/src/control/work-queue.js'
import { labelSelector } from '../../../plugins/plugin-sandbox/src/api/selectors.js'
import type { Job, KubeObject, Pod, PodStatus } from '../../../plugins/plugin-sandbox/src/store/objects.js'
import { Store } from '../../../plugins/plugin-sandbox/src/store/store.js'

const metadata = (name: string) => ({ name, namespace: 'ns', uid: name, resourceVersion: '1', creationTimestamp: '' })
const pod = (name: string, phase: PodStatus['phase'], exitCode?: number): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadata(name),
  spec: { containers: [{ name: 'c' }] },
  status: {
    phase,
    containerStatuses:
      exitCode === undefined
        ? []
        : [
            {
              name: 'c',
              state: { terminated: { exitCode, reason: 'Error', startedAt: '', finishedAt: '' } },
              lastState: {},
              ready: false,
              restartCount: 0,
              image: '',
              imageID: '',
              started: false,
            },
          ],
  },
})
const job = (spec: Partial<Job['spec']> = {}): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: metadata('job'),
  spec: { backoffLimit: 1, template: { spec: { containers: [], restartPolicy: 'Never' } }, ...spec },
  status: {},
})

describe('sandbox: counting pods', () => {
  it('counts each end once, and failures in a row since the last success', () => {
    const tally = new Tally()
    for (let times = 0; times < 2; times++) {
      tally.observe(job(), pod('a', 'Failed', 1), 10)
      tally.observe(job(), pod('b', 'Failed', 1), 20)
    }
    expect([tally.failed.size, tally.failuresInRow, tally.lastFailureMs]).to.deep.equal([2, 2, 20])
    tally.observe(job(), pod('c', 'Succeeded', 0), 30)
    expect([tally.succeeded.size, tally.failed.size, tally.failuresInRow]).to.deep.equal([1, 2, 0])
  })

  it('counts pods that somebody removed, not those that the controller did', () => {
    const tally = new Tally()
    tally.released.add('mine')
    tally.vanished(pod('mine', 'Running'), 1)
    tally.vanished(pod('robbed', 'Running'), 1)
    tally.vanished(pod('ended', 'Succeeded'), 1)
    expect([...tally.failed]).to.deep.equal(['robbed'])
  })

  it('goes by the first rule that matches', () => {
    const rules = [
      { action: 'Ignore' as const, onExitCodes: { operator: 'In' as const, values: [7] } },
      { action: 'FailJob' as const, onExitCodes: { operator: 'NotIn' as const, values: [1] } },
    ]
    const given = job({ podFailurePolicy: { rules } })
    const tally = new Tally()
    tally.observe(given, pod('a', 'Failed', 7), 1)
    tally.observe(given, pod('b', 'Failed', 1), 1)
    expect([tally.failed.size, tally.policyFailure]).to.deep.equal([1, undefined])
    tally.observe(given, pod('c', 'Failed', 9), 1)
    expect(tally.policyFailure?.message).to.equal(
      'Container c for pod ns/c failed with exit code 9 matching FailJob rule at index 1',
    )
  })
})

describe('sandbox: when a Job fails', () => {
  const ask = (given: Job, tally: Tally, nowMs = 0) =>
    failureOf(given, { status: given.status, active: [], tally, nowMs })?.reason

  it('fails past its limit, not at it', () => {
    const tally = new Tally()
    tally.addFailure('a', 0)
    expect(ask(job(), tally)).to.equal(undefined)
    tally.addFailure('b', 0)
    expect(ask(job(), tally)).to.equal('BackoffLimitExceeded')
  })

  it('fails at its deadline, not while it is suspended', () => {
    const status = { startTime: '2026-01-01T00:00:00Z' }
    const start = Date.parse(status.startTime)
    const late = { ...job({ activeDeadlineSeconds: 5 }), status }
    expect(ask(late, new Tally(), start + 4999)).to.equal(undefined)
    expect(ask(late, new Tally(), start + 5000)).to.equal('DeadlineExceeded')
    expect(ask({ ...late, spec: { ...late.spec, suspend: true } }, new Tally(), start + 5000)).to.equal(undefined)
  })
})

describe('sandbox: events', () => {
  it('counts what repeats, and forgets after an hour', () => {
    let now = new Date('2026-01-01T00:00:00Z')
    const store = new Store()
    const recorder = new EventRecorder(store, () => now)
    const input = {
      about: pod('p', 'Pending') as unknown as KubeObject,
      type: 'Warning' as const,
      reason: 'Failed',
      message: 'm',
      component: 'kubelet' as const,
    }
    recorder.record(input)
    now = new Date('2026-01-01T00:30:00Z')
    recorder.record(input)
    recorder.record({ ...input, message: 'other' })
    const counts = () => store.list('events').map((event) => [event.message, event.count])
    expect(counts()).to.have.deep.members([
      ['m', 2],
      ['other', 1],
    ])
    now = new Date('2026-01-01T01:29:00Z')
    recorder.prune()
    expect(counts()).to.have.length(2)
    now = new Date('2026-01-01T01:31:00Z')
    recorder.prune()
    expect(counts()).to.deep.equal([])
    recorder.record(input)
    expect(counts()).to.deep.equal([['m', 1]])
  })
})

describe('sandbox: work queue', () => {
  it('works once on a key that was added often, and goes on after an error', async () => {
    const worked: string[] = []
    const errors: unknown[] = []
    const queue = new WorkQueue(
      (key) => {
        worked.push(key)
        if (key === 'bad') throw new Error('broken')
      },
      { onError: (error) => errors.push(error) },
    )
    for (const key of ['a', 'bad', 'a', 'b']) queue.add(key)
    await new Promise((resolve) => setImmediate(resolve))
    expect([worked, errors.length]).to.deep.equal([['a', 'bad', 'b'], 1])
    queue.addAfter('later', 1)
    queue.stop()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(worked).not.to.include('later')
  })
})

describe('sandbox: label selectors', () => {
  it('match objects without labels too', () => {
    const bare = { metadata: metadata('x') } as KubeObject
    expect(labelSelector('a!=b,!c,d notin (e)')(bare)).to.equal(true)
    expect(labelSelector('a')(bare)).to.equal(false)
    expect(labelSelector('constructor')(bare)).to.equal(false)
  })
})
