import { tmpdir } from 'node:os'

import { expect } from 'chai'

import { openCluster, type Cluster } from '../../src/cluster/open.js'
import { takeSnapshot } from '../../src/cluster/snapshot.js'
import { followJobs } from '../../src/cluster/watch-jobs.js'
import type { Job } from '../../src/session/job.js'
import { job, jobsOf, shell } from '../helpers/api-objects.js'
import { collect, rejection } from '../helpers/rejection.js'
import { eventually, targetCluster, type TargetCluster } from '../helpers/target-cluster.js'

const selector = 'session_id=s'
const ended = (jobs: Job[]): boolean =>
  jobs.every((each) =>
    each.status?.conditions?.some(
      ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
    ),
  )

describe('the cluster client on a cluster', function () {
  this.timeout(120_000)
  let target: TargetCluster
  let cluster: Cluster
  let namespace: string
  before(async () => {
    target = await targetCluster()
    cluster = await openCluster({ kubeconfig: target.kubeconfig, env: process.env, homedir: tmpdir() })
    namespace = await target.freshNamespace('arbk8s-client')
  })
  after(async () => {
    cluster.close()
    await target.stop()
  })

  const make = (name: string, script: string) =>
    target.api.post(
      jobsOf(namespace),
      job({
        name,
        command: shell(script),
        labels: { session_id: 's' },
        container: { imagePullPolicy: 'IfNotPresent' },
      }),
    )

  it('follows Jobs to their end, then takes a snapshot with pods, logs and events', async () => {
    await make('good', 'echo one; echo two; echo three')
    await make('bad', 'echo broken; exit 3')
    const updates = await collect(followJobs(cluster.reader, { namespace, selector, intervalMs: 1_000, until: ended }))
    expect(updates.at(-1)).to.include({ confirmed: true, problem: null })
    expect(
      updates
        .at(-1)
        ?.jobs.map((each) => each.metadata.name)
        .sort(),
    ).to.deep.equal(['bad', 'good'])

    const options = { namespace, selector, maxLogLines: 2, eventsLimit: 50, now: () => new Date() }
    const snapshot = await takeSnapshot(cluster.reader, options)
    expect(snapshot.errors).to.deep.equal([])
    expect(snapshot.pods).to.have.length(2)
    const lines = Object.fromEntries(snapshot.logs.map((log) => [log.job, log.lines]))
    expect(lines).to.deep.equal({ good: ['two', 'three'], bad: ['broken'] })
    expect(snapshot.logs[0]?.job, 'failed ones first').to.equal('bad')
    const events = await eventually('the event of the failure', async () => {
      const found = (await takeSnapshot(cluster.reader, options)).events.map(
        (event) => `${event.involvedObject.name} ${event.reason}`,
      )
      return found.includes('bad BackoffLimitExceeded') && found
    })
    expect(events).to.include('good SuccessfulCreate')
  })

  it('follows a log while it grows', async () => {
    await make('talker', 'for i in 1 2 3; do echo line $i; sleep 1; done')
    const pod = await eventually('the pod runs', async () => {
      const { items } = await cluster.reader.listPods({ namespace, selector: 'job-name=talker' })
      const phase = items[0]?.status?.phase
      return (phase === 'Running' || phase === 'Succeeded') && items[0]
    })
    const log = cluster.reader.followLog({ namespace, pod: pod.metadata.name, container: 'main' })
    expect(await collect(log)).to.deep.equal(['line 1', 'line 2', 'line 3'])
  })

  it('tells a namespace that is not there from one without Jobs', async () => {
    const options = { selector, maxLogLines: 0, eventsLimit: 0, now: () => new Date() }
    const empty = await target.freshNamespace('arbk8s-empty')
    expect((await takeSnapshot(cluster.reader, { ...options, namespace: empty })).jobs).to.deep.equal([])
    const error = await rejection(takeSnapshot(cluster.reader, { ...options, namespace: 'arbk8s-nonesuch' }))
    expect(error.code).to.equal('ARB_NAMESPACE_NOT_FOUND')
  })

  it('knows its rights', async () => {
    expect(await cluster.reader.can({ verb: 'list', group: 'batch', resource: 'jobs' }, namespace)).to.equal(true)
  })
})
