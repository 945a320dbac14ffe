import { expect } from 'chai'

import { shareOf, sharesOf } from '../../../src/session/shares.js'
import { generateWith } from '../../helpers/session-config.js'

const containerOf = (more: object, index = 0) => generateWith(more).jobs[index]!.job.spec.template.spec.containers[0]!
const option = (args: string[], name: string) => args[args.indexOf(name) + 1]

describe('shares', () => {
  it('sum to the total, differ by one at most, the larger first', () => {
    for (let total = 1; total <= 60; total++) {
      for (let workers = 1; workers <= 20; workers++) {
        const parts = sharesOf(total, workers).map((share) => share.iterations)
        expect(parts.reduce((a, b) => a + b)).to.equal(total)
        expect(parts).to.deep.equal([...parts].sort((a, b) => b - a))
        expect(parts[0]! - parts.at(-1)!).to.be.at.most(1)
        expect(Math.min(...parts)).to.be.at.least(1)
      }
    }
  })

  it('are what a worker works out from its index', () => {
    expect([0, 1, 2].map((index) => shareOf(8, 3, index))).to.deep.equal([3, 3, 2])
  })
})

describe('generateJobs', () => {
  it('names Jobs and files', () => {
    const { jobs } = generateWith({ workers: 3 })
    expect(jobs.map((job) => job.fileName)).to.deep.equal([
      'job-00-arb-tuning-d29-k8s--worker-1-0.yaml',
      'job-01-arb-tuning-d29-k8s--worker-2-1.yaml',
      'job-02-arb-tuning-d29-k8s--worker-3-2.yaml',
    ])
  })

  it('makes a name of an id that is not one', () => {
    const { jobs } = generateWith({ session_id: 'D29.K8_s-X' })
    expect(jobs[0]!.job.metadata.name).to.equal('arb-tuning-d29-k8-s-worker-1-0')
    expect(jobs[0]!.job.metadata.labels!.session_id).to.equal('D29.K8_s-X')
  })

  it('gives an idle worker no Job and says so', () => {
    const { jobs, warnings } = generateWith({ total_iterations: 2, workers: 4 })
    expect(jobs).to.have.length(2)
    expect(warnings).to.deep.equal([
      '4 workers are more than the 2 iterations: worker-3 to worker-4 would have none and get no Job',
    ])
  })

  it('puts extra_env over the standard variables, in their place', () => {
    const env = containerOf({ extra_env: { REDIS_PORT: '7000', NEW: 'x' } }).env!
    expect(env.map(({ name }) => name)).to.deep.equal([
      'APP_ENV',
      'REDIS_HOST',
      'REDIS_PORT',
      'SESSION_ID',
      'WORKER_ID',
      'MODE',
      'NEW',
    ])
    expect(env[2]).to.deep.equal({ name: 'REDIS_PORT', value: '7000' })
  })

  it('names the output after the base of the orchestrator config', () => {
    const { jobs } = generateWith({}, { base_output_csv: 'out/s.csv' })
    expect(option(jobs[1]!.job.spec.template.spec.containers[0]!.args!, '--output-csv')).to.equal('out/s_worker-2.csv')
  })

  it('passes every optional key on', () => {
    const { jobs } = generateWith({
      labels: { team: 'x' },
      annotations: { 'sidecar.istio.io/inject': 'false' },
      backoff_limit: 2,
      active_deadline_seconds: 60,
      ttl_seconds_after_finished: 9,
      service_account_name: 'sa',
      image_pull_policy: 'Never',
      node_selector: { disk: 'ssd' },
      tolerations: [{ key: 'a', operator: 'Exists' }],
      pod_failure_policy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] },
      suspend: true,
      queue: { local_queue: 'team-a', priority_class: 'high' },
    })
    const { metadata, spec } = jobs[0]!.job
    expect(metadata.labels).to.include({
      team: 'x',
      'kueue.x-k8s.io/queue-name': 'team-a',
      'kueue.x-k8s.io/priority-class': 'high',
    })
    expect(spec).to.deep.include({
      backoffLimit: 2,
      activeDeadlineSeconds: 60,
      ttlSecondsAfterFinished: 9,
      suspend: true,
    })
    expect(spec.podFailurePolicy).to.have.nested.property('rules[0].action', 'Ignore')
    expect(spec.template.metadata).to.deep.nested.include({ annotations: { 'sidecar.istio.io/inject': 'false' } })
    expect(spec.template.metadata!.labels).to.not.have.property('kueue.x-k8s.io/queue-name')
    expect(spec.template.spec).to.deep.include({ serviceAccountName: 'sa', nodeSelector: { disk: 'ssd' } })
    expect(spec.template.spec.containers[0]).to.include({ imagePullPolicy: 'Never' })
  })

  it('adds up the requests of all workers', () => {
    expect(generateWith({ workers: 3 }).totals.requests).to.deep.equal({ cpu: '1500m', memory: '1536Mi' })
  })
})

describe('the indexed layout', () => {
  it('is one Job whose workers find their share by their index', () => {
    const { jobs, shares } = generateWith({ layout: 'indexed', total_iterations: 7, workers: 3 })
    const { metadata, spec } = jobs[0]!.job
    expect(jobs).to.have.length(1)
    expect(metadata.name).to.equal('arb-tuning-d29-k8s--indexed-0')
    expect(spec).to.include({ completionMode: 'Indexed', completions: 3, parallelism: 3 })
    const { args, env } = spec.template.spec.containers[0]!
    expect(option(args!, '--total-iterations')).to.equal('7')
    expect(option(args!, '--worker-index')).to.equal('$(JOB_COMPLETION_INDEX)')
    const names = env!.map(({ name }) => name)
    expect(names.indexOf('JOB_COMPLETION_INDEX')).to.be.lessThan(names.indexOf('WORKER_ID'))
    expect(shares.map((share) => [share.workerId, share.iterations])).to.deep.equal([
      ['worker-0', 3],
      ['worker-1', 2],
      ['worker-2', 2],
    ])
  })

  it('knows {{iterations}} only where all shares are equal', () => {
    expect(containerOf({ layout: 'indexed', args: ['{{iterations}}'] }).args).to.deep.equal(['3'])
    expect(() => generateWith({ layout: 'indexed', total_iterations: 7, args: ['{{iterations}}'] })).to.throw(
      /no single value/,
    )
  })

  it('leaves room in the name for the highest index', () => {
    const name_prefix = 'a'.repeat(63 - '-d29-k8s--indexed-0-1'.length)
    expect(generateWith({ layout: 'indexed', name_prefix }).jobs).to.have.length(1)
    expect(() => generateWith({ layout: 'indexed', name_prefix: `${name_prefix}a` })).to.throw(/at most 61/)
  })

  it('adds up the requests of thousands of workers', () => {
    const { totals } = generateWith({ layout: 'indexed', total_iterations: 50_000, workers: 50_000 })
    expect(totals).to.deep.include({ jobs: 1, workers: 50_000, requests: { cpu: '25000', memory: '25000Gi' } })
  })
})
