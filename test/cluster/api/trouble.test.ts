import { expect } from 'chai'

import {
  conditionOf,
  eventWith,
  job,
  jobWith,
  jobsOf,
  podWaiting,
  podsOf,
  podsOfJob,
  shell,
} from '../../helpers/api-objects.js'
import type { Json } from '../../helpers/raw-api.js'
import { eventually, targetCluster } from '../../helpers/target-cluster.js'
import type { TargetCluster } from '../../helpers/target-cluster.js'

describe('API: pods that cannot start', function () {
  this.timeout(120_000)
  let cluster: TargetCluster
  let namespace: string
  const create = async (given: Json): Promise<Json> => {
    const { status, json, text } = await cluster.api.post(jobsOf(namespace), given)
    expect(status, text).to.equal(201)
    return json
  }
  const event = (pod: Json, reason: string, message?: string) => eventWith(cluster.api, pod, reason, message)
  const logOf = (pod: Json) => cluster.api.get(`${podsOf(namespace)}/${pod.metadata.name}/log`)
  before(async () => {
    cluster = await targetCluster()
    namespace = await cluster.freshNamespace()
  })
  after(() => cluster.stop())

  it('a command that does not exist', async () => {
    await create(job({ name: 'nocommand', command: ['not-a-command'] }))
    await jobWith(cluster.api, `${jobsOf(namespace)}/nocommand`, 'Failed')
    const [pod] = await podsOfJob(cluster.api, namespace, 'nocommand')
    expect(pod!.status.phase).to.equal('Failed')
    const { terminated } = pod!.status.containerStatuses[0].state
    expect(terminated).to.include({ exitCode: 128, reason: 'StartError', startedAt: '1970-01-01T00:00:00Z' })
    expect(terminated.message).to.contain('exec: "not-a-command": executable file not found in $PATH')
    await event(pod!, 'Failed', 'executable file not found in $PATH')
  })

  it('an image that cannot be pulled', async () => {
    await create(job({ name: 'noimage', container: { image: 'localhost:1/none:1' } }))
    const pod = await podWaiting(cluster.api, namespace, 'noimage', ['ErrImagePull', 'ImagePullBackOff'])
    expect(pod.status.phase).to.equal('Pending')
    await event(pod, 'Pulling', 'Pulling image "localhost:1/none:1"')
    await event(pod, 'Failed', 'Failed to pull image "localhost:1/none:1": ')
    await event(pod, 'Failed', 'Error: ErrImagePull')
    const later = await podWaiting(cluster.api, namespace, 'noimage', ['ImagePullBackOff'])
    expect(later.status.containerStatuses[0].state.waiting.message).to.equal(
      'Back-off pulling image "localhost:1/none:1"',
    )
    await event(pod, 'BackOff', 'Back-off pulling image "localhost:1/none:1"')
    await event(pod, 'Failed', 'Error: ImagePullBackOff')
    const log = await logOf(later)
    expect([log.status, log.json.message]).to.deep.equal([
      400,
      `container "main" in pod "${pod.metadata.name}" is waiting to start: trying and failing to pull image`,
    ])
    const { json } = await cluster.api.get(`${jobsOf(namespace)}/noimage`)
    expect(json.status.active).to.equal(1)
  })

  it('an image that is not there and is never pulled', async () => {
    await create(job({ name: 'never', container: { image: 'missing.local/none:1', imagePullPolicy: 'Never' } }))
    const pod = await podWaiting(cluster.api, namespace, 'never', ['ErrImageNeverPull'])
    const message = 'Container image "missing.local/none:1" is not present with pull policy of Never'
    expect(pod.status.containerStatuses[0].state.waiting.message).to.equal(message)
    await event(pod, 'ErrImageNeverPull', message)
    await event(pod, 'Failed', 'Error: ErrImageNeverPull')
  })

  it('an image name that is none', async () => {
    await create(job({ name: 'badname', container: { image: 'UPPER/Case:1' } }))
    const pod = await podWaiting(cluster.api, namespace, 'badname', ['InvalidImageName'])
    await event(pod, 'InspectFailed', 'Failed to apply default image tag "UPPER/Case:1"')
    await event(pod, 'Failed', 'Error: InvalidImageName')
  })

  it('a Secret that is not there, until it is', async () => {
    const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'later', key: 'password' } } }]
    await create(job({ name: 'nosecret', command: shell('echo length ${#PASSWORD}'), container: { env } }))
    const pod = await podWaiting(cluster.api, namespace, 'nosecret', ['CreateContainerConfigError'])
    expect(pod.status.containerStatuses[0].state.waiting.message).to.equal('secret "later" not found')
    await event(pod, 'Failed', 'Error: secret "later" not found')
    const log = await logOf(pod)
    expect([log.status, log.json.message]).to.deep.equal([
      400,
      `container "main" in pod "${pod.metadata.name}" is waiting to start: CreateContainerConfigError`,
    ])
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'later' },
      stringData: { password: 'hunter22' },
    }
    const made = await cluster.api.post(`/api/v1/namespaces/${namespace}/secrets`, secret)
    expect([made.status, made.json.data]).to.deep.equal([201, { password: Buffer.from('hunter22').toString('base64') }])
    await jobWith(cluster.api, `${jobsOf(namespace)}/nosecret`, 'Complete')
    expect((await logOf(pod)).text).to.equal('length 8\n')
  })

  it('a key that a ConfigMap does not have', async () => {
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { here: 'x' } }
    expect((await cluster.api.post(`/api/v1/namespaces/${namespace}/configmaps`, map)).status).to.equal(201)
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'gone' } } }]
    await create(job({ name: 'nokey', container: { env } }))
    const pod = await podWaiting(cluster.api, namespace, 'nokey', ['CreateContainerConfigError'])
    expect(pod.status.containerStatuses[0].state.waiting.message).to.equal(
      `couldn't find key gone in ConfigMap ${namespace}/settings`,
    )
  })

  it('more CPU than any node has', async () => {
    await create(job({ name: 'huge', container: { resources: { requests: { cpu: '1000' } } } }))
    const pod = await eventually('Unschedulable', async () => {
      const [found] = await podsOfJob(cluster.api, namespace, 'huge')
      return found && conditionOf(found, 'PodScheduled')?.reason === 'Unschedulable' && found
    })
    expect(conditionOf(pod, 'PodScheduled')).to.include({ status: 'False' })
    expect(conditionOf(pod, 'PodScheduled')!.message).to.match(/^0\/1 nodes are available: 1 Insufficient cpu\./)
    expect(pod.status.phase).to.equal('Pending')
    expect(pod.spec).not.to.have.property('nodeName')
    await event(pod, 'FailedScheduling', 'Insufficient cpu')
  })
})
