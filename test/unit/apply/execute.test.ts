import { expect } from 'chai'

import { ArbError } from '../../../src/base/errors.js'
import { dryRunResult, executeApply, type ExecuteOptions } from '../../../src/apply/execute.js'
import { planApply } from '../../../src/apply/plan.js'
import { applyReport } from '../../../src/apply/report.js'
import type { Writer } from '../../../src/cluster/types.js'
import type { Job } from '../../../src/session/job.js'
import { fakeReader } from '../../helpers/fake-reader.js'
import { manifestOf, storedJob, workerJob } from '../../helpers/jobs.js'
import { rejection } from '../../helpers/rejection.js'

const doubt = () =>
  new ArbError({
    code: 'ARB_CLUSTER_UNREACHABLE',
    message: 'the connection was cut',
    details: { ambiguous: true, retryable: true },
  })
const odd = () => new ArbError({ code: 'ARB_CLUSTER_ANSWER', message: 'an HTML page', details: { ambiguous: true } })
const refusedBy = (status: number, message: string) =>
  new ArbError({ code: 'ARB_CLUSTER_REJECTED', message, details: { status } })

/** A server that keeps what it is given; `fault` comes before or after the Job is stored. */
class Server implements Writer {
  readonly stored = new Map<string, Job>()
  readonly sent: string[] = []
  constructor(private readonly fault: (name: string, nth: number) => { before?: Error; after?: Error } = () => ({})) {}

  async applyJob(job: Job) {
    const { name } = job.metadata
    this.sent.push(name)
    const { before, after } = this.fault(name, this.sent.filter((entry) => entry === name).length)
    if (before) throw before
    const created = !this.stored.has(name)
    this.stored.set(name, storedJob(job))
    if (after) throw after
    return { job: this.stored.get(name)!, created }
  }

  reader() {
    return fakeReader({ getJob: async (_namespace, name) => this.stored.get(name) })
  }
}

async function apply(server: Server, jobs: Job[], own: Partial<ExecuteOptions> = {}) {
  const manifests = jobs.map((job) => manifestOf(job))
  const reader = own.reader ?? server.reader()
  const dryRunner = { dryRunApply: async (job: Job) => ({ job, created: true }) }
  const plan = await planApply({
    manifests,
    askServer: false,
    tolerant: false,
    cluster: { target: reader.target, reader, dryRunner },
  })
  return executeApply({
    plan,
    manifests,
    writer: server,
    reader,
    guard: { allowLive: false, forbidLive: false },
    ...own,
  })
}

const three = () => ['a', 'b', 'c'].map((name) => workerJob(name))

describe('executeApply', () => {
  it('creates, and twice is once', async () => {
    const server = new Server()
    const first = await apply(server, three())
    expect(first.jobs.map((job) => `${job.status} ${job.outcome}`)).to.deep.equal(Array(3).fill('SUCCESS created'))
    const second = await apply(server, three())
    expect(second.jobs.map((job) => job.outcome)).to.deep.equal(Array(3).fill('unchanged'))
    expect(second.summary).to.deep.equal({ total: 3, successful: 3, failed: 0, skipped: 0 })
    const changed = await apply(server, [workerJob('a', (job) => (job.spec.parallelism = 2))])
    expect(changed.jobs[0]?.outcome).to.equal('configured')
    expect(server.stored.size).to.equal(3)
  })

  it('lets one failure stop no other, and says the server’s reason', async () => {
    const server = new Server((name) => (name === 'b' ? { before: refusedBy(403, 'refused: exceeded quota') } : {}))
    const result = await apply(server, three())
    expect(result.jobs.map((job) => job.status)).to.deep.equal(['SUCCESS', 'FAILED', 'SUCCESS'])
    expect(result.jobs[1]?.reason).to.equal('refused: exceeded quota')
    expect(server.sent.filter((name) => name === 'b')).to.have.length(1)
  })

  it('names the immutable fields, and deletes nothing', async () => {
    const server = new Server()
    await apply(server, three())
    const stubborn = new Server(() => ({ before: refusedBy(422, 'refused: spec.template: field is immutable') }))
    const changed = workerJob('a', (job) => (job.spec.template.spec.containers[0]!.image = 'img:2'))
    const result = await apply(stubborn, [changed], { reader: server.reader() })
    expect(result.jobs[0]).to.include({ status: 'FAILED', action: 'conflict' })
    expect(result.jobs[0]?.reason).to.equal(
      'refused: spec.template: field is immutable (spec.template.spec.containers[worker].image)',
    )
    expect(result.jobs[0]?.changes[0]).to.include({ before: 'img:1', after: 'img:2', mutable: false })
    expect(server.stored.size).to.equal(3)
  })

  const ambiguous: [string, ConstructorParameters<typeof Server>[0], number][] = [
    ['a reset before the commit', (_name, nth) => (nth === 1 ? { before: doubt() } : {}), 2],
    ['a reset after the commit', (_name, nth) => (nth === 1 ? { after: doubt() } : {}), 1],
    ['a page instead of JSON, before', (_name, nth) => (nth === 1 ? { before: odd() } : {}), 2],
    ['a page instead of JSON, after', (_name, nth) => (nth === 1 ? { after: odd() } : {}), 1],
    [
      'too many requests',
      (_name, nth) =>
        nth < 3
          ? {
              before: new ArbError({
                code: 'ARB_CLUSTER_UNREACHABLE',
                message: '429',
                details: { status: 429, retryable: true, ambiguous: false },
              }),
            }
          : {},
      3,
    ],
  ]
  for (const [name, fault, sent] of ambiguous) {
    it(`settles ${name}`, async () => {
      const server = new Server(fault)
      const result = await apply(server, [workerJob('a')])
      expect(result.jobs[0]).to.include({ status: 'SUCCESS', outcome: 'created' })
      expect(server.sent).to.have.length(sent)
      expect(server.stored.size).to.equal(1)
    })
  }

  describe('a Job that is being deleted', () => {
    const reason = 'the Job is being deleted; apply again when it is gone'
    const deleting = (server: Server, name: string) =>
      (server.stored.get(name)!.metadata.deletionTimestamp = '2026-01-01T00:00:00Z')

    it('is not sent where the plan knows it', async () => {
      const server = new Server()
      await apply(server, three())
      deleting(server, 'b')
      const result = await apply(server, three())
      expect(result.jobs.map((job) => job.status)).to.deep.equal(['SUCCESS', 'FAILED', 'SUCCESS'])
      expect(result.jobs[1]).to.include({ action: 'conflict', outcome: null, reason })
      expect(server.sent.filter((name) => name === 'b')).to.have.length(1)
    })

    it('is not applied though the server accepts it', async () => {
      const writer: Writer = {
        applyJob: async (job) => ({
          job: storedJob(job, (it) => (it.metadata.deletionTimestamp = '2026-01-01T00:00:00Z')),
          created: false,
        }),
      }
      const result = await apply(new Server(), [workerJob('a')], { writer })
      expect(result.jobs[0]).to.include({ status: 'FAILED', outcome: null, reason })
    })

    it('is not taken for stored after an answer that leaves a doubt, and not sent again', async () => {
      const server: Server = new Server((name, nth) => {
        if (nth > 1) return {}
        server.stored.set(name, storedJob(workerJob(name)))
        deleting(server, name)
        return { before: doubt() }
      })
      const result = await apply(server, [workerJob('a')])
      expect(result.jobs[0]).to.include({ status: 'FAILED', outcome: null, reason })
      expect(server.sent).to.deep.equal(['a'])
    })
  })

  it('gives up on a server that stays odd, and says what is not known', async () => {
    const server = new Server(() => ({ before: odd() }))
    const result = await apply(server, [workerJob('a')])
    expect(result.jobs[0]).to.include({ status: 'FAILED', reason: 'an HTML page' })
    let asked = 0
    const blind = fakeReader({
      getJob: async () => {
        if (asked++ === 0) return undefined
        throw doubt()
      },
    })
    const unsure = await apply(new Server(() => ({ before: doubt() })), [workerJob('a')], { reader: blind })
    expect(unsure.jobs[0]?.reason).to.include('whether it was made is not known; run the same command again')
  })

  it('sends nothing where one Job is live and that was not allowed', async () => {
    const server = new Server()
    const live = workerJob('live', (job) => (job.metadata.labels!.mode = 'live'))
    expect((await rejection(apply(server, [...three(), live]))).code).to.equal('ARB_LIVE_REFUSED')
    expect((await rejection(apply(server, [live], { guard: { allowLive: true, forbidLive: true } }))).code).to.equal(
      'ARB_LIVE_REFUSED',
    )
    expect(server.sent).to.deep.equal([])
    await apply(server, [live], { guard: { allowLive: true, forbidLive: false } })
    expect(server.sent).to.deep.equal(['live'])
  })

  it('checks for live mode again just before each Job is sent', async () => {
    const jobs = three()
    const server = new Server((name) => {
      if (name === 'a') jobs[2]!.metadata.labels!.mode = 'live'
      return {}
    })
    const result = await apply(server, jobs, { concurrency: 1 })
    expect(result.jobs.map((job) => job.status)).to.deep.equal(['SUCCESS', 'SUCCESS', 'FAILED'])
    expect(server.sent).to.deep.equal(['a', 'b'])
  })

  it('begins nothing after a signal, and says what was not sent', async () => {
    const controller = new AbortController()
    const server = new Server()
    const result = await apply(server, three(), {
      concurrency: 1,
      signal: controller.signal,
      onResult: () => controller.abort(new Error('SIGINT')),
    })
    expect(result.interrupted).to.equal(true)
    expect(result.jobs.map((job) => job.status)).to.deep.equal(['SUCCESS', 'SKIPPED', 'SKIPPED'])
    expect(server.sent).to.deep.equal(['a'])
  })

  it('keeps to its bound', async () => {
    let now = 0
    let most = 0
    const writer: Writer = {
      applyJob: async (job) => {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setTimeout(resolve, 5))
        now--
        return { job, created: true }
      },
    }
    const jobs = Array.from({ length: 12 }, (_, index) => workerJob(`j${index}`))
    await apply(new Server(), jobs, { writer, concurrency: 4 })
    expect(most).to.equal(4)
  })
})

describe('applyReport', () => {
  it('shows rows, summary and lists', async () => {
    const server = new Server((name) => (name === 'b' ? { before: refusedBy(403, 'refused: exceeded quota') } : {}))
    const text = applyReport(await apply(server, three()), { mode: 'paper' })
    expect(text).to.include('Target: cluster "fake" (https://fake:6443), context "fake", user "tester", mode paper')
    expect(text).to.include('[SUMMARY]\n  Total:      3\n  Successful: 2\n  Failed:     1\n  Skipped:    0')
    expect(text).to.include('[SUCCESSFUL JOBS]\n  ✓ n/a (created)\n  ✓ n/c (created)')
    expect(text).to.include('[FAILED JOBS]\n  ✗ n/b: refused: exceeded quota')
  })

  it('of a dry run says so, with the kubectl command per row', async () => {
    const plan = await planApply({
      manifests: [manifestOf(workerJob('a'))],
      askServer: true,
      tolerant: true,
      reason: 'no kubeconfig',
    })
    const text = applyReport(dryRunResult(plan))
    expect(text).to.include('Dry run: nothing was changed. The plan is local, no cluster could be asked: no kubeconfig')
    expect(text).to.include(
      '⊘ n/a: unknown, SKIPPED\n      $ kubectl apply --server-side --field-manager=arbk8s -n n -f a.yaml',
    )
    expect(text).to.include('Skipped:    1').and.include('[SKIPPED JOBS]')
  })
})
