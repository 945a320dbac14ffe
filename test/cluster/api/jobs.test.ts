import { expect } from 'chai'

import { conditionOf, eventWith, job, jobWith, jobsOf, podsOf, podsOfJob, shell } from '../../helpers/api-objects.js'
import type { Json } from '../../helpers/raw-api.js'
import { eventually, needsMinor, targetCluster } from '../../helpers/target-cluster.js'
import type { TargetCluster } from '../../helpers/target-cluster.js'

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

describe('API: how Jobs go', function () {
  this.timeout(180_000)
  let cluster: TargetCluster
  let namespace: string
  let jobs: string
  const create = async (given: Json): Promise<Json> => {
    const { status, json, text } = await cluster.api.post(jobs, given)
    expect(status, text).to.equal(201)
    return json
  }
  const statusOf = async (name: string): Promise<Json> => (await cluster.api.get(`${jobs}/${name}`)).json.status as Json
  before(async () => {
    cluster = await targetCluster()
    namespace = await cluster.freshNamespace()
    jobs = jobsOf(namespace)
  })
  after(() => cluster.stop())

  it('completes one whose container ends with 0', async () => {
    const { metadata } = await create(job({ name: 'good', command: shell('echo done') }))
    const { status } = await jobWith(cluster.api, `${jobs}/good`, 'Complete')
    expect(status).to.include({ succeeded: 1 })
    expect(status.active ?? 0).to.equal(0)
    expect(status.failed ?? 0).to.equal(0)
    expect(status.startTime).to.match(time)
    expect(status.completionTime).to.match(time)
    await eventWith(cluster.api, { metadata }, 'SuccessfulCreate', 'Created pod: good-')
    await eventWith(cluster.api, { metadata }, 'Completed', 'Job completed')
    const [pod] = await podsOfJob(cluster.api, namespace, 'good')
    expect(pod!.metadata.name).to.match(/^good-[a-z0-9]{5}$/)
    expect(pod!.metadata.generateName).to.equal('good-')
    expect(pod!.metadata.ownerReferences).to.deep.equal([
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        name: 'good',
        uid: metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ])
    expect(pod!.status.phase).to.equal('Succeeded')
    const [container] = pod!.status.containerStatuses as Json[]
    expect(container).to.deep.include({ name: 'main', ready: false, restartCount: 0, lastState: {} })
    expect(container!.state.terminated).to.include({ exitCode: 0, reason: 'Completed' })
    expect(container!.state.terminated.startedAt).to.match(time)
    expect(conditionOf(pod!, 'Ready')).to.include({ status: 'False', reason: 'PodCompleted' })
    expect(conditionOf(pod!, 'PodScheduled')).to.include({ status: 'True' })
  })

  it('counts a running pod as active', async () => {
    await create(job({ name: 'busy', command: ['sleep', '600'] }))
    const status = await eventually('active', async () => {
      const found = await statusOf('busy')
      return found.active === 1 && found
    })
    expect(status.startTime).to.match(time)
    const pod = await eventually('running', async () => {
      const [found] = await podsOfJob(cluster.api, namespace, 'busy')
      return found?.status.phase === 'Running' && found
    })
    expect(pod.status.containerStatuses[0].state.running.startedAt).to.match(time)
    expect(conditionOf(pod, 'Ready')).to.include({ status: 'True' })
    expect(pod.spec.nodeName).to.be.a('string')
    await cluster.api.delete(`${jobs}/busy`, { query: { propagationPolicy: 'Background' } })
  })

  it('fails one whose container fails, without a retry at backoffLimit 0', async () => {
    const { metadata } = await create(job({ name: 'bad', command: shell('echo oops >&2; exit 3') }))
    const { status } = await jobWith(cluster.api, `${jobs}/bad`, 'Failed')
    expect(conditionOf({ status }, 'Failed')).to.include({
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    })
    expect(status).to.include({ failed: 1 })
    expect(status).not.to.have.property('completionTime')
    await eventWith(cluster.api, { metadata }, 'BackoffLimitExceeded')
    const pods = await podsOfJob(cluster.api, namespace, 'bad')
    expect(pods.map((pod) => pod.status.phase)).to.deep.equal(['Failed'])
    expect(pods[0]!.status.containerStatuses[0].state.terminated).to.include({ exitCode: 3, reason: 'Error' })
  })

  it('tries again with new pods until the limit is passed', async () => {
    await create(job({ name: 'retried', command: ['false'], spec: { backoffLimit: 2 } }))
    const { status } = await jobWith(cluster.api, `${jobs}/retried`, 'Failed', 120_000)
    expect(status.failed).to.equal(3)
    const pods = await podsOfJob(cluster.api, namespace, 'retried')
    expect(pods.map((pod) => pod.status.phase)).to.deep.equal(['Failed', 'Failed', 'Failed'])
  })

  it('restarts the container in its pod with restartPolicy OnFailure', async () => {
    await create(
      job({
        name: 'restarted',
        command: shell('exit 4'),
        spec: { backoffLimit: 2 },
        pod: { restartPolicy: 'OnFailure' },
      }),
    )
    const pod = await eventually('a restart', async () => {
      const [found] = await podsOfJob(cluster.api, namespace, 'restarted')
      return found?.status.containerStatuses?.[0]?.restartCount > 0 && found
    })
    expect(pod.status.containerStatuses[0].lastState.terminated).to.include({ exitCode: 4 })
    const { status } = await jobWith(cluster.api, `${jobs}/restarted`, 'Failed', 120_000)
    expect(conditionOf({ status }, 'Failed')).to.include({ reason: 'BackoffLimitExceeded' })
  })

  it('shows a container that crashes again and again', async () => {
    await create(
      job({ name: 'crashing', command: ['false'], spec: { backoffLimit: 6 }, pod: { restartPolicy: 'OnFailure' } }),
    )
    const pod = await eventually('CrashLoopBackOff', async () => {
      const [found] = await podsOfJob(cluster.api, namespace, 'crashing')
      return found?.status.containerStatuses?.[0]?.state.waiting?.reason === 'CrashLoopBackOff' && found
    })
    expect(pod.status.phase).to.equal('Running')
    expect(pod.status.containerStatuses[0].state.waiting.message).to.match(
      /^back-off .*restarting failed container=main/,
    )
    await eventWith(cluster.api, pod, 'BackOff', 'Back-off restarting failed container')
    await cluster.api.delete(`${jobs}/crashing`, { query: { propagationPolicy: 'Background' } })
  })

  it('fails one that is active for too long', async () => {
    const { metadata } = await create(
      job({ name: 'late', command: ['sleep', '600'], spec: { activeDeadlineSeconds: 2 } }),
    )
    const { status } = await jobWith(cluster.api, `${jobs}/late`, 'Failed')
    expect(conditionOf({ status }, 'Failed')).to.include({
      reason: 'DeadlineExceeded',
      message: 'Job was active longer than specified deadline',
    })
    // Older servers may remove the pod before they have counted it.
    expect(status.failed ?? 0).to.be.oneOf(cluster.minor < 24 ? [0, 1] : [1])
    await eventWith(cluster.api, { metadata }, 'DeadlineExceeded')
    await eventually('no pod', async () => (await podsOfJob(cluster.api, namespace, 'late')).length === 0)
  })

  it('runs as many at once as it may, until enough have succeeded', async () => {
    await create(job({ name: 'many', command: shell('sleep 1'), spec: { parallelism: 2, completions: 4 } }))
    let most = 0
    const { status } = await eventually('Complete', async () => {
      const { json } = await cluster.api.get(`${jobs}/many`)
      most = Math.max(most, (json.status.active as number | undefined) ?? 0)
      return conditionOf(json, 'Complete')?.status === 'True' && json
    })
    expect(status.succeeded).to.equal(4)
    expect(most).to.equal(2)
    expect(await podsOfJob(cluster.api, namespace, 'many')).to.have.length(4)
  })

  it('completes a work queue when one has succeeded and none is left', async () => {
    await create(job({ name: 'queue', command: shell('sleep 1'), spec: { parallelism: 2 } }))
    const { status } = await jobWith(cluster.api, `${jobs}/queue`, 'Complete')
    expect(status.succeeded).to.equal(2)
  })

  it('changes parallelism while it runs', async () => {
    await create(job({ name: 'scaled', command: ['sleep', '600'], spec: { parallelism: 1, completions: 5 } }))
    await eventually('1 active', async () => (await statusOf('scaled')).active === 1)
    await cluster.api.patch(`${jobs}/scaled`, { spec: { parallelism: 3 } }, 'merge')
    await eventually('3 active', async () => (await statusOf('scaled')).active === 3)
    await cluster.api.patch(`${jobs}/scaled`, { spec: { parallelism: 0 } }, 'merge')
    await eventually('0 active', async () => ((await statusOf('scaled')).active ?? 0) === 0)
    expect(conditionOf((await cluster.api.get(`${jobs}/scaled`)).json, 'Failed')).to.equal(undefined)
  })

  it('removes itself when its time to live is over', async function () {
    const { spec } = await create(job({ name: 'brief', spec: { ttlSecondsAfterFinished: 1 } }))
    if (spec.ttlSecondsAfterFinished === undefined)
      needsMinor(this, cluster, 21, 'a time to live, without its feature gate,')
    await eventually('gone', async () => (await cluster.api.get(`${jobs}/brief`)).status === 404)
    await eventually('no pod', async () => (await podsOfJob(cluster.api, namespace, 'brief')).length === 0)
  })

  it('gives each index of an Indexed Job to a pod of its own', async function () {
    needsMinor(this, cluster, 24, 'Indexed Jobs')
    const script = 'echo index $JOB_COMPLETION_INDEX of $(NAME)'
    const env = [
      {
        name: 'NAME',
        valueFrom: { fieldRef: { fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" } },
      },
    ]
    await create(
      job({
        name: 'indexed',
        command: shell(script),
        spec: { completionMode: 'Indexed', completions: 3, parallelism: 2 },
        container: { env },
      }),
    )
    const { status } = await jobWith(cluster.api, `${jobs}/indexed`, 'Complete')
    expect(status).to.include({ completedIndexes: '0-2', succeeded: 3 })
    const pods = await podsOfJob(cluster.api, namespace, 'indexed')
    const names = pods.map((pod) => (pod.metadata.name as string).replace(/-[a-z0-9]{5}$/, '')).sort()
    expect(names).to.deep.equal(['indexed-0', 'indexed-1', 'indexed-2'])
    for (const pod of pods) {
      const index = pod.metadata.annotations['batch.kubernetes.io/job-completion-index'] as string
      expect(pod.spec.hostname).to.equal(`indexed-${index}`)
      const log = await cluster.api.get(`${podsOf(namespace)}/${pod.metadata.name}/log`)
      expect(log.text).to.equal(`index ${index} of ${index}\n`)
    }
  })

  it('refuses an Indexed Job without completions', async function () {
    needsMinor(this, cluster, 24, 'Indexed Jobs')
    const { status, json } = await cluster.api.post(
      jobs,
      job({ name: 'bare', spec: { completionMode: 'Indexed', parallelism: 1 } }),
    )
    expect(status).to.equal(422)
    expect(json.message).to.contain('spec.completions: Required value')
  })

  it('suspends and resumes', async function () {
    needsMinor(this, cluster, 24, 'suspended Jobs')
    const { metadata } = await create(job({ name: 'held', command: ['sleep', '1'], spec: { suspend: true } }))
    const held = await jobWith(cluster.api, `${jobs}/held`, 'Suspended')
    expect(held.status).not.to.have.property('startTime')
    expect(await podsOfJob(cluster.api, namespace, 'held')).to.deep.equal([])
    await eventWith(cluster.api, { metadata }, 'Suspended')
    await cluster.api.patch(`${jobs}/held`, { spec: { suspend: false } }, 'merge')
    const { status } = await jobWith(cluster.api, `${jobs}/held`, 'Complete')
    expect(conditionOf({ status }, 'Suspended')).to.include({ status: 'False', reason: 'JobResumed' })
    expect(status.startTime).to.match(time)
  })

  it('removes the pods of a running Job that is suspended, without counting them as failed', async function () {
    needsMinor(this, cluster, 24, 'suspended Jobs')
    await create(job({ name: 'paused', command: ['sleep', '600'] }))
    await eventually('active', async () => (await statusOf('paused')).active === 1)
    await cluster.api.patch(`${jobs}/paused`, { spec: { suspend: true } }, 'merge')
    const { status } = await jobWith(cluster.api, `${jobs}/paused`, 'Suspended')
    expect(status.failed ?? 0).to.equal(0)
    await eventually('no pod', async () => (await podsOfJob(cluster.api, namespace, 'paused')).length === 0)
  })

  it('fails at once where the failure policy says so, and ignores what it says to ignore', async function () {
    needsMinor(this, cluster, 31, 'pod failure policies')
    const rules = [
      { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } },
      { action: 'Ignore', onExitCodes: { operator: 'In', values: [7] } },
    ]
    await create(
      job({ name: 'policy', command: shell('exit 42'), spec: { backoffLimit: 5, podFailurePolicy: { rules } } }),
    )
    const { status } = await jobWith(cluster.api, `${jobs}/policy`, 'Failed')
    expect(conditionOf({ status }, 'Failed')).to.include({ reason: 'PodFailurePolicy' })
    expect(conditionOf({ status }, 'Failed')!.message).to.match(
      /^Container main for pod .* failed with exit code 42 matching FailJob rule at index 0$/,
    )
    expect(status.failed).to.equal(1)
  })

  it('replaces a pod that somebody deletes', async () => {
    await create(job({ name: 'robbed', command: ['sleep', '600'], spec: { backoffLimit: 3 } }))
    const [first] = await eventually('a running pod', async () => {
      const pods = await podsOfJob(cluster.api, namespace, 'robbed')
      return pods[0]?.status.phase === 'Running' && pods
    })
    await cluster.api.delete(`${podsOf(namespace)}/${first!.metadata.name}`)
    await eventually('another pod', async () => {
      const pods = await podsOfJob(cluster.api, namespace, 'robbed')
      return pods.some((pod) => pod.metadata.uid !== first!.metadata.uid && pod.status.phase === 'Running')
    })
    await cluster.api.delete(`${jobs}/robbed`, { query: { propagationPolicy: 'Background' } })
  })
})
