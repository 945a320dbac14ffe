import { expect } from 'chai'

import { compareJobs } from '../../../src/apply/compare.js'
import { canonicalJson, digestOf } from '../../../src/apply/digest.js'
import type { Job } from '../../../src/session/job.js'
import { storedJob, workerJob } from '../../helpers/jobs.js'

const container = (job: Job) => job.spec.template.spec.containers[0]!
const changes = (wanted: Job, live = storedJob()) => compareJobs(live, wanted, { extras: false })

describe('compareJobs', () => {
  it('finds nothing in what the server only filled in or spells another way', () => {
    expect(changes(workerJob())).to.deep.equal([])
    const spelled = workerJob(undefined, (job) => {
      container(job).resources = { requests: { cpu: '0.5', memory: '0.5Gi' }, limits: { cpu: '1000m' } }
      job.spec.suspend = false
      job.metadata.creationTimestamp = null as never
      container(job).env!.reverse()
    })
    expect(changes(spelled)).to.deep.equal([])
  })

  const cases: [string, (job: Job) => void, object][] = [
    [
      'an image',
      (job) => (container(job).image = 'img:2'),
      { path: 'spec.template.spec.containers[worker].image', before: 'img:1', after: 'img:2', mutable: false },
    ],
    [
      'one argument',
      (job) => (container(job).args = ['run.py', '--iterations', '4']),
      { path: 'spec.template.spec.containers[worker].args[2]', before: '3', after: '4', mutable: false },
    ],
    [
      'more arguments, with a secret among them',
      (job) => (container(job).args = ['run.py', '--iterations', '3', '--api-key', 'CANARY', '--token=CANARY']),
      {
        path: 'spec.template.spec.containers[worker].args',
        before: ['run.py', '--iterations', '3'],
        after: ['run.py', '--iterations', '3', '--api-key', '********', '--token=********'],
        mutable: false,
      },
    ],
    [
      'a secret variable',
      (job) => (container(job).env![1]!.value = 'OTHER-CANARY'),
      {
        path: 'spec.template.spec.containers[worker].env[API_KEY].value',
        before: '********',
        after: '********',
        mutable: false,
      },
    ],
    [
      'a new variable',
      (job) => container(job).env!.push({ name: 'DB_PASSWORD', value: 'CANARY' }),
      {
        path: 'spec.template.spec.containers[worker].env[DB_PASSWORD]',
        before: undefined,
        after: { name: 'DB_PASSWORD', value: '********' },
        mutable: false,
      },
    ],
    [
      'a request',
      (job) => (container(job).resources!.requests!.cpu = '501m'),
      {
        path: 'spec.template.spec.containers[worker].resources.requests.cpu',
        before: '500m',
        after: '501m',
        mutable: false,
      },
    ],
    [
      'a label',
      (job) => (job.metadata.labels!.extra = 'y'),
      { path: 'metadata.labels.extra', before: undefined, after: 'y', mutable: true },
    ],
    [
      'created_at',
      (job) => (job.metadata.annotations!.created_at = 'later'),
      { path: 'metadata.annotations.created_at', before: '2026-01-01T00:00:00', after: 'later', mutable: true },
    ],
    [
      'parallelism',
      (job) => (job.spec.parallelism = 2),
      { path: 'spec.parallelism', before: 1, after: 2, mutable: true },
    ],
    [
      'a TTL of zero',
      (job) => (job.spec.ttlSecondsAfterFinished = 0),
      { path: 'spec.ttlSecondsAfterFinished', before: undefined, after: 0, mutable: true },
    ],
    [
      'completions',
      (job) => (job.spec.completions = 2),
      { path: 'spec.completions', before: 1, after: 2, mutable: false },
    ],
  ]
  for (const [name, change, wanted] of cases) {
    it(`finds ${name}`, () => {
      expect(changes(workerJob(undefined, change))).to.deep.equal([wanted])
    })
  }

  it('lets a suspended Job that has not begun move, and an Indexed one grow', () => {
    const suspended = storedJob(workerJob(), (job) => (job.spec.suspend = true))
    const moved = workerJob(undefined, (job) => {
      job.spec.suspend = true
      job.spec.template.spec.nodeSelector = { zone: 'a' }
    })
    expect(changes(moved, suspended)[0]).to.include({ path: 'spec.template.spec.nodeSelector', mutable: true })
    const begun = storedJob(suspended, (job) => (job.status = { startTime: '2026-01-01T00:00:00Z' }))
    expect(changes(moved, begun)[0]?.mutable).to.equal(false)
    const indexed = storedJob(workerJob(), (job) => Object.assign(job.spec, { completionMode: 'Indexed' }))
    const grown = workerJob(undefined, (job) =>
      Object.assign(job.spec, { completionMode: 'Indexed', completions: 3, parallelism: 3 }),
    )
    expect(changes(grown, indexed).map((change) => change.mutable)).to.deep.equal([true, true])
  })

  it('with extras, finds what was taken out', () => {
    const less = storedJob(workerJob(undefined, (job) => container(job).env!.pop()))
    expect(compareJobs(storedJob(), less, { extras: true }).map((change) => change.path)).to.deep.equal([
      'spec.template.spec.containers[worker].env[API_KEY]',
    ])
    expect(compareJobs(storedJob(), less, { extras: false })).to.deep.equal([])
  })
})

describe('digestOf', () => {
  it('does not depend on key order and does on every value', () => {
    expect(canonicalJson({ b: [1, { d: undefined, c: 'x' }], a: null })).to.equal('{"a":null,"b":[1,{"c":"x"}]}')
    expect(digestOf({ a: 1, b: 2 })).to.equal(digestOf({ b: 2, a: 1 }))
    expect(digestOf({ a: 1 })).to.not.equal(digestOf({ a: '1' }))
    expect(digestOf({ a: 1 })).to.match(/^sha256:[0-9a-f]{64}$/)
  })
})
