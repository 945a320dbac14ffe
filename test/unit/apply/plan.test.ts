import { expect } from 'chai'

import { ArbError } from '../../../src/base/errors.js'
import { withNamespaces } from '../../../src/apply/namespaces.js'
import { planApply, type PlanOptions } from '../../../src/apply/plan.js'
import type { DryRunner, Reader } from '../../../src/cluster/types.js'
import type { Job } from '../../../src/session/job.js'
import { fakeReader } from '../../helpers/fake-reader.js'
import { manifestOf, storedJob, workerJob } from '../../helpers/jobs.js'
import { rejection } from '../../helpers/rejection.js'

const rejected = (status: number, message: string, more: object = {}) =>
  new ArbError({ code: 'ARB_CLUSTER_REJECTED', message, details: { status, ...more } })

/** A cluster whose dry-run gives what the function says. */
function cluster(
  live: Job | undefined,
  dryRun: (job: Job) => Promise<{ job: Job; created: boolean }>,
  own: Partial<Reader> = {},
) {
  const reader = fakeReader({ jobs: live ? [live] : [], ...own })
  const dryRunner: DryRunner = { dryRunApply: dryRun }
  return { target: reader.target, reader, dryRunner }
}

async function planOf(job: Job, options: Partial<PlanOptions> = {}) {
  return planApply({ manifests: [manifestOf(job)], askServer: true, tolerant: true, ...options })
}

describe('planApply', () => {
  it('is local without a cluster, and says why', async () => {
    const plan = await planOf(workerJob(), { reason: 'no kubeconfig' })
    expect(plan).to.include({ source: 'local', reason: 'no kubeconfig', target: null })
    expect(plan.jobs[0]).to.include({
      action: 'unknown',
      kubectl: 'kubectl apply --server-side --field-manager=arbk8s -n n -f arb-tuning-x--worker-1-0.yaml',
    })
  })

  it('creates, leaves alone, changes: by the dry-run’s answer', async () => {
    const fresh = await planOf(workerJob(), {
      cluster: cluster(undefined, async (job) => ({ job: storedJob(job), created: true })),
    })
    expect(fresh).to.include({ source: 'server', reason: null })
    expect(fresh.jobs[0]).to.include({ action: 'create', uid: null, message: null })
    const same = await planOf(workerJob(), {
      cluster: cluster(storedJob(), async (job) => ({ job: storedJob(job), created: false })),
    })
    expect(same.jobs[0]).to.include({ action: 'unchanged', uid: 'uid-1' })
    const changed = workerJob(undefined, (job) => (job.metadata.labels!.extra = 'y'))
    const differs = await planOf(changed, {
      cluster: cluster(storedJob(), async (job) => ({ job: storedJob(job), created: false })),
    })
    expect(differs.jobs[0]?.action).to.equal('change')
    expect(differs.jobs[0]?.changes.map((change) => change.path)).to.deep.equal(['metadata.labels.extra'])
  })

  it('believes the dry-run where admission makes a change undone', async () => {
    const changed = workerJob(undefined, (job) => (job.spec.template.spec.containers[0]!.image = 'img:other'))
    const plan = await planOf(changed, {
      cluster: cluster(storedJob(), async () => ({ job: storedJob(), created: false })),
    })
    expect(plan.jobs[0]?.action).to.equal('unchanged')
  })

  it('says what admission changes in a new Job', async () => {
    const plan = await planOf(workerJob(), {
      cluster: cluster(undefined, async (job) => ({
        job: storedJob(job, (it) => (it.spec.backoffLimit = 3)),
        created: true,
      })),
    })
    expect(plan.jobs[0]?.message).to.include('spec.backoffLimit')
  })

  it('names the fields of a conflict', async () => {
    const changed = workerJob(undefined, (job) => (job.spec.template.spec.containers[0]!.image = 'img:2'))
    const plan = await planOf(changed, {
      cluster: cluster(storedJob(), async () =>
        Promise.reject(rejected(422, 'refused: spec.template: field is immutable')),
      ),
    })
    expect(plan.jobs[0]).to.include({ action: 'conflict', refused: true })
    expect(plan.jobs[0]?.message).to.include('spec.template.spec.containers[worker].image')
  })

  it('names a variable that was taken out', async () => {
    const less = workerJob(undefined, (job) => job.spec.template.spec.containers[0]!.env!.pop())
    const plan = await planOf(less, {
      cluster: cluster(storedJob(), async () =>
        Promise.reject(rejected(422, 'refused: spec.template: field is immutable')),
      ),
    })
    expect(plan.jobs[0]?.changes.map((change) => change.path)).to.deep.equal([
      'spec.template.spec.containers[worker].env[API_KEY]',
    ])
  })

  it('passes on another manager’s claim and a refusal by quota', async () => {
    const owned = rejected(409, 'refused: spec.backoffLimit is managed by "kubectl"', { conflict: true })
    const claimed = await planOf(workerJob(), { cluster: cluster(storedJob(), async () => Promise.reject(owned)) })
    expect(claimed.jobs[0]).to.include({ action: 'conflict', refused: true, message: owned.message })
    const full = await planOf(workerJob(), {
      cluster: cluster(undefined, async () => Promise.reject(rejected(403, 'refused: exceeded quota'))),
    })
    expect(full.jobs[0]).to.include({ action: 'create', refused: true, message: 'refused: exceeded quota' })
  })

  it('compares by itself where the user may look but not apply, and asks only once', async () => {
    let asked = 0
    const forbidden = async () => {
      asked++
      throw new ArbError({ code: 'ARB_CLUSTER_FORBIDDEN', message: 'may not patch jobs.batch' })
    }
    const manifests = Array.from({ length: 5 }, (_, index) => manifestOf(workerJob(`j${index}`)))
    const plan = await planApply({
      manifests,
      askServer: true,
      tolerant: true,
      concurrency: 1,
      cluster: cluster(storedJob(workerJob('j0')), forbidden),
    })
    expect(plan).to.include({ source: 'live', reason: 'may not patch jobs.batch' })
    expect(plan.jobs.map((job) => job.action)).to.deep.equal(['unchanged', 'create', 'create', 'create', 'create'])
    expect(asked).to.equal(1)
  })

  it('is local where the cluster is away, and an error where it is needed', async () => {
    const away = new ArbError({ code: 'ARB_CLUSTER_UNREACHABLE', message: 'h:1 is away' })
    const gone = cluster(undefined, async () => Promise.reject(away), { getJob: async () => Promise.reject(away) })
    expect(await planOf(workerJob(), { cluster: gone })).to.include({ source: 'local', reason: 'h:1 is away' })
    expect(await rejection(planOf(workerJob(), { cluster: gone, tolerant: false }))).to.equal(away)
  })

  it('fails where the namespace is not there', async () => {
    const none = cluster(undefined, async (job) => ({ job, created: true }), { getNamespace: async () => undefined })
    expect((await rejection(planOf(workerJob(), { cluster: none }))).code).to.equal('ARB_NAMESPACE_NOT_FOUND')
  })

  it('says that a Job has ended, or is being deleted', async () => {
    const ended = storedJob(workerJob(), (job) => (job.status = { conditions: [{ type: 'Complete', status: 'True' }] }))
    const plan = await planOf(workerJob(), {
      askServer: false,
      cluster: cluster(ended, async (job) => ({ job, created: false })),
    })
    expect(plan.source).to.equal('live')
    expect(plan.jobs[0]?.message).to.include('ended already (Complete)')
    const going = storedJob(workerJob(), (job) => (job.metadata.deletionTimestamp = '2026-01-01T00:00:00Z'))
    const later = await planOf(workerJob(), { cluster: cluster(going, async (job) => ({ job, created: false })) })
    expect(later.jobs[0]).to.include({ action: 'conflict', refused: false })
  })
})

describe('withNamespaces', () => {
  const bare = workerJob('bare', (job) => delete job.metadata.namespace)
  it('takes the manifest’s own, else the fallback', () => {
    const found = withNamespaces([manifestOf(workerJob('a')), manifestOf(bare)], 'ctx')
    expect(found.map(({ job }) => job.metadata.namespace)).to.deep.equal(['n', 'ctx'])
  })

  it('refuses another one by flag, and two manifests of one Job', async () => {
    const fails = async (manifests: Parameters<typeof withNamespaces>[0], flag?: string) =>
      rejection((async () => withNamespaces(manifests, 'n', flag))())
    expect((await fails([manifestOf(workerJob('a'))], 'other')).message).to.include('does not match --namespace other')
    const twice = await fails([manifestOf(workerJob('bare'), 'one.yaml'), manifestOf(bare, 'two.yaml')])
    expect(twice.message).to.include('one.yaml and two.yaml')
  })
})
