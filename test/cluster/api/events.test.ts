import { expect } from 'chai'

import {
  eventWith,
  eventsAbout,
  eventsOf,
  job,
  jobWith,
  jobsOf,
  podWaiting,
  podsOfJob,
} from '../../helpers/api-objects.js'
import type { Json } from '../../helpers/raw-api.js'
import { eventually, targetCluster } from '../../helpers/target-cluster.js'
import type { TargetCluster } from '../../helpers/target-cluster.js'

describe('API: events', function () {
  this.timeout(120_000)
  let cluster: TargetCluster
  let namespace: string
  let done: Json
  let pod: Json
  before(async () => {
    cluster = await targetCluster()
    namespace = await cluster.freshNamespace()
    await cluster.api.post(jobsOf(namespace), job({ name: 'good' }))
    done = await jobWith(cluster.api, `${jobsOf(namespace)}/good`, 'Complete')
    pod = (await podsOfJob(cluster.api, namespace, 'good'))[0]!
    await eventWith(cluster.api, done, 'Completed')
  })
  after(() => cluster.stop())

  it('tells of a pod’s way in the order of its steps', async () => {
    for (const reason of ['Scheduled', 'Pulled', 'Created', 'Started']) await eventWith(cluster.api, pod, reason)
    const scheduled = await eventWith(cluster.api, pod, 'Scheduled')
    expect(scheduled.message).to.equal(
      `Successfully assigned ${namespace}/${pod.metadata.name} to ${pod.spec.nodeName}`,
    )
    const started = await eventWith(cluster.api, pod, 'Started')
    expect(started.message).to.match(/^Started container:? main$/)
  })

  it('has the fields of a core event', async () => {
    const event = await eventWith(cluster.api, pod, 'Started')
    expect(event).to.include({ type: 'Normal', reason: 'Started', count: 1 })
    expect(event.involvedObject).to.include({
      kind: 'Pod',
      namespace,
      name: pod.metadata.name,
      uid: pod.metadata.uid,
      apiVersion: 'v1',
      fieldPath: 'spec.containers{main}',
    })
    expect(event.source).to.include({ component: 'kubelet', host: pod.spec.nodeName })
    expect(event.firstTimestamp).to.match(/Z$/)
    expect(event.lastTimestamp).to.match(/Z$/)
    expect(event.metadata.name).to.match(new RegExp(`^${pod.metadata.name}\\.[0-9a-f]+$`))
    const created = await eventWith(cluster.api, done, 'SuccessfulCreate')
    expect(created.involvedObject).to.include({ kind: 'Job', name: 'good', apiVersion: 'batch/v1' })
    expect(created.source).to.include({ component: 'job-controller' })
  })

  it('has the scheduler’s events in the newer form', async () => {
    const event = await eventWith(cluster.api, pod, 'Scheduled')
    expect(event.eventTime).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    expect(event).to.deep.include({
      firstTimestamp: null,
      lastTimestamp: null,
      source: {},
      action: 'Binding',
      reportingComponent: 'default-scheduler',
    })
    expect(event).not.to.have.property('count')
  })

  it('selects by the object, the type and the reason', async () => {
    const select = async (fieldSelector: string) => {
      const { json } = await cluster.api.get(eventsOf(namespace), { query: { fieldSelector } })
      return json.items as Json[]
    }
    const byName = await select('involvedObject.kind=Job,involvedObject.name=good')
    expect(new Set(byName.map((event) => event.involvedObject.uid))).to.deep.equal(new Set([done.metadata.uid]))
    expect((await select('reason=Completed')).map((event) => event.reason)).to.deep.equal(['Completed'])
    expect(await select('type=Warning,reason=Completed')).to.deep.equal([])
  })

  it('counts what repeats in one event', async () => {
    await cluster.api.post(jobsOf(namespace), job({ name: 'noimage', container: { image: 'localhost:1/none:1' } }))
    const waiting = await podWaiting(cluster.api, namespace, 'noimage', ['ImagePullBackOff'])
    const repeated = await eventually('a second try', async () => {
      const events = await eventsAbout(cluster.api, namespace, waiting.metadata.uid)
      return events.find((event) => event.reason === 'Pulling' && event.count > 1)
    })
    expect(Date.parse(repeated.lastTimestamp)).to.be.greaterThanOrEqual(Date.parse(repeated.firstTimestamp))
    const events = await eventsAbout(cluster.api, namespace, waiting.metadata.uid)
    expect(events.filter((event) => event.reason === 'Pulling')).to.have.length(1)
  })

  it('gives the same events as events.k8s.io/v1', async () => {
    const { status, json } = await cluster.api.get(`/apis/events.k8s.io/v1/namespaces/${namespace}/events`)
    expect(status).to.equal(200)
    expect(json).to.include({ kind: 'EventList', apiVersion: 'events.k8s.io/v1' })
    const event = (json.items as Json[]).find(
      (each) => each.reason === 'Started' && each.regarding.uid === pod.metadata.uid,
    )!
    expect(event.note).to.match(/^Started container:? main$/)
    expect(event.regarding).to.include({ kind: 'Pod', name: pod.metadata.name })
    expect(event.deprecatedCount).to.equal(1)
    expect(event.deprecatedSource).to.include({ component: 'kubelet' })
  })

  it('takes an event from outside', async () => {
    const involvedObject = { kind: 'Job', namespace, name: 'good', uid: done.metadata.uid, apiVersion: 'batch/v1' }
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'good.outside' },
      involvedObject,
      reason: 'Noted',
      message: 'by hand',
      type: 'Normal',
    }
    const { status } = await cluster.api.post(eventsOf(namespace), event)
    expect(status).to.equal(201)
    await eventWith(cluster.api, done, 'Noted', 'by hand')
  })
})
