import { expect } from 'chai'

import type { Json } from '../../helpers/raw-api.js'
import { targetCluster } from '../../helpers/target-cluster.js'
import type { TargetCluster } from '../../helpers/target-cluster.js'

describe('API: discovery and access', function () {
  this.timeout(60_000)
  let cluster: TargetCluster
  before(async () => (cluster = await targetCluster()))
  after(() => cluster.stop())

  it('tells its version', async () => {
    const { status, json } = await cluster.api.get('/version')
    expect(status).to.equal(200)
    expect(json.gitVersion).to.match(/^v1\.\d+\.\d+/)
  })

  it('answers health checks in plain text', async () => {
    for (const path of ['/healthz', '/readyz', '/livez']) {
      const { status, text } = await cluster.api.get(path)
      expect([path, status, text]).to.deep.equal([path, 200, 'ok'])
    }
  })

  it('lists groups and resources', async () => {
    const core = await cluster.api.get('/api')
    expect(core.json).to.include({ kind: 'APIVersions' })
    expect(core.json.versions).to.deep.equal(['v1'])
    const groups = await cluster.api.get('/apis')
    expect(groups.json.kind).to.equal('APIGroupList')
    expect(groups.json.groups.map((group: Json) => group.name)).to.include.members([
      'batch',
      'events.k8s.io',
      'authorization.k8s.io',
    ])
    const batch = await cluster.api.get('/apis/batch')
    expect(batch.json).to.include({ kind: 'APIGroup', name: 'batch' })
    expect(batch.json.preferredVersion.groupVersion).to.equal('batch/v1')
    const resources = await cluster.api.get('/apis/batch/v1')
    expect(resources.json).to.include({ kind: 'APIResourceList', groupVersion: 'batch/v1' })
    const jobs = resources.json.resources.find((each: Json) => each.name === 'jobs')
    expect(jobs).to.include({ kind: 'Job', namespaced: true })
    expect(jobs.verbs).to.include.members([
      'create',
      'delete',
      'deletecollection',
      'get',
      'list',
      'patch',
      'update',
      'watch',
    ])
    const pods = await cluster.api.get('/api/v1')
    expect(pods.json.resources.map((each: Json) => each.name)).to.include.members([
      'pods',
      'pods/log',
      'events',
      'namespaces',
      'secrets',
      'configmaps',
    ])
  })

  it('refuses an unknown token', async () => {
    const { status, json } = await cluster.api.get('/apis/batch/v1/jobs', { token: 'nobody' })
    expect(status).to.equal(401)
    expect(json).to.deep.include({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: 'Unauthorized',
      reason: 'Unauthorized',
      code: 401,
    })
  })

  it('answers 404 for what it does not have', async () => {
    const unknown = await cluster.api.get('/api/v1/namespaces/default/nothings')
    expect(unknown.status).to.equal(404)
    expect(unknown.json).to.deep.include({
      kind: 'Status',
      message: 'the server could not find the requested resource',
      reason: 'NotFound',
    })
    const group = await cluster.api.get('/apis/nothing.example.com/v1/things')
    expect([group.status, group.text]).to.deep.equal([404, '404 page not found\n'])
  })

  it('refuses a method that the resource does not have', async () => {
    const { status, json } = await cluster.api.post('/apis/batch/v1/namespaces/default/jobs/x', {})
    expect(status).to.equal(405)
    expect(json.reason).to.equal('MethodNotAllowed')
  })

  it('refuses a form that it cannot give', async () => {
    const { status, json } = await cluster.api.get('/apis/batch/v1/namespaces/default/jobs', { accept: 'text/html' })
    expect([status, json.reason]).to.deep.equal([406, 'NotAcceptable'])
  })

  it('reviews access', async () => {
    const resourceAttributes = { namespace: 'default', verb: 'list', group: 'batch', resource: 'jobs' }
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    }
    const { status, json } = await cluster.api.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review)
    expect(status).to.equal(201)
    expect(json.status.allowed).to.equal(true)
    expect(json.spec.resourceAttributes).to.deep.equal(resourceAttributes)
  })
})
