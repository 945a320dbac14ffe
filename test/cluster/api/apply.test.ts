import { expect } from 'chai'

import { job, jobsOf } from '../../helpers/api-objects.js'
import type { Json } from '../../helpers/raw-api.js'
import { targetCluster } from '../../helpers/target-cluster.js'
import type { TargetCluster } from '../../helpers/target-cluster.js'

describe('API: server-side apply', function () {
  this.timeout(60_000)
  let cluster: TargetCluster
  let jobs: string
  before(async () => {
    cluster = await targetCluster()
    jobs = jobsOf(await cluster.freshNamespace())
  })
  after(() => cluster.stop())

  const config = (name: string, spec: Json = {}) =>
    job({ name, command: ['sleep', '600'], spec: { parallelism: 0, ...spec } })
  const managers = (object: Json) =>
    (object.metadata.managedFields as Json[])
      .filter((entry) => entry.operation === 'Apply')
      .map((entry) => entry.manager)

  it('creates, and then changes nothing', async () => {
    const path = `${jobs}/twice`
    const created = await cluster.api.apply(path, config('twice'), 'one')
    expect(created.status).to.equal(201)
    expect(managers(created.json)).to.deep.equal(['one'])
    const again = await cluster.api.apply(path, config('twice'), 'one')
    expect(again.status).to.equal(200)
    expect(again.json.metadata.uid).to.equal(created.json.metadata.uid)
    expect(again.json.spec).to.deep.equal(created.json.spec)
  })

  it('owns only what it was given', async () => {
    const { json } = await cluster.api.apply(`${jobs}/owned`, config('owned'), 'one')
    const fields = (json.metadata.managedFields as Json[]).find((entry) => entry.manager === 'one')!.fieldsV1
    expect(Object.keys(fields['f:spec'])).to.have.members(['f:backoffLimit', 'f:parallelism', 'f:template'])
    const pod = fields['f:spec']['f:template']['f:spec']
    expect(Object.keys(pod)).to.have.members(['f:containers', 'f:restartPolicy', 'f:terminationGracePeriodSeconds'])
    expect(Object.keys(pod['f:containers']['k:{"name":"main"}'])).to.have.members([
      '.',
      'f:name',
      'f:image',
      'f:command',
    ])
  })

  it('needs a field manager', async () => {
    const { status, json } = await cluster.api.send('PATCH', `${jobs}/none`, {
      body: config('none'),
      type: 'application/apply-patch+yaml',
    })
    expect(status).to.equal(422)
    expect(json.message).to.equal(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    )
  })

  it('reads YAML', async () => {
    const text = `apiVersion: batch/v1
kind: Job
metadata: {name: yaml}
spec:
  parallelism: 0
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: "busybox:1.35", command: [sleep, "1"]}
`
    const { status, json } = await cluster.api.apply(`${jobs}/yaml`, text, 'one')
    expect([status, json.spec.template.spec.containers[0].command]).to.deep.equal([201, ['sleep', '1']])
    const broken = await cluster.api.apply(`${jobs}/yaml`, '{nope: [', 'one')
    expect([broken.status, broken.json.reason]).to.deep.equal([400, 'BadRequest'])
  })

  it('refuses to take another manager’s field, naming both', async () => {
    const path = `${jobs}/contested`
    await cluster.api.apply(path, config('contested', { backoffLimit: 1 }), 'first')
    const one = await cluster.api.apply(path, config('contested', { backoffLimit: 2 }), 'second')
    expect(one.status).to.equal(409)
    expect(one.json).to.include({ reason: 'Conflict' })
    expect(one.json.message).to.match(/^Apply failed with 1 conflict: conflict with "first".*: \.spec\.backoffLimit$/)
    expect(one.json.details.causes).to.have.length(1)
    expect(one.json.details.causes[0]).to.include({ reason: 'FieldManagerConflict', field: '.spec.backoffLimit' })
    expect(one.json.details.causes[0].message).to.match(/^conflict with "first"/)
    const two = await cluster.api.apply(path, config('contested', { backoffLimit: 2, parallelism: 1 }), 'second')
    expect(two.json.message).to.match(
      /^Apply failed with 2 conflicts: conflicts with "first".*:\n- \.spec\.backoffLimit\n- \.spec\.parallelism$/,
    )
    expect((await cluster.api.get(path)).json.spec.backoffLimit).to.equal(1)
  })

  it('shares a field that both give alike, and takes one by force', async () => {
    const path = `${jobs}/forced`
    await cluster.api.apply(path, config('forced', { backoffLimit: 1 }), 'first')
    const same = await cluster.api.apply(path, config('forced', { backoffLimit: 1 }), 'second')
    expect([same.status, managers(same.json)]).to.deep.equal([200, ['first', 'second']])
    const forced = await cluster.api.apply(path, config('forced', { backoffLimit: 3 }), 'second', { force: true })
    expect([forced.status, forced.json.spec.backoffLimit]).to.deep.equal([200, 3])
    const first = (forced.json.metadata.managedFields as Json[]).find((entry) => entry.manager === 'first')!
    expect(first.fieldsV1['f:spec']).not.to.have.property('f:backoffLimit')
  })

  it('conflicts with what a plain update set', async () => {
    const path = `${jobs}/updated`
    await cluster.api.post(jobs, config('updated', { backoffLimit: 1 }), { query: { fieldManager: 'creator' } })
    const { status, json } = await cluster.api.apply(path, config('updated', { backoffLimit: 2 }), 'second')
    expect(status).to.equal(409)
    expect(json.message).to.match(/conflict with "creator" using batch\/v1.*: \.spec\.backoffLimit$/)
  })

  it('removes what its manager no longer gives, and nothing else', async () => {
    const path = `${jobs}/shrunk`
    const labelled = (labels: Record<string, string>) => ({ ...config('shrunk'), metadata: { name: 'shrunk', labels } })
    await cluster.api.apply(path, labelled({ a: '1', b: '2' }), 'first')
    await cluster.api.patch(path, { metadata: { labels: { c: '3' } } }, 'merge')
    const { json } = await cluster.api.apply(path, labelled({ b: '2' }), 'first')
    expect(json.metadata.labels).to.deep.equal({ b: '2', c: '3' })
  })

  it('refuses a change of the template with the field’s name, also by force', async () => {
    const path = `${jobs}/template`
    await cluster.api.apply(path, config('template'), 'one')
    const changed = config('template')
    changed.spec.template.spec.containers[0].command = ['sleep', '601']
    const { status, json } = await cluster.api.apply(path, changed, 'one', { force: true })
    expect(status).to.equal(422)
    expect(json.details.causes.map((cause: Json) => cause.field)).to.deep.equal(['spec.template'])
    expect(json.message).to.match(/field is immutable$/)
  })

  it('with dryRun tells what it would do and does nothing', async () => {
    const created = await cluster.api.apply(`${jobs}/dry`, config('dry'), 'one', { dryRun: 'All' })
    expect([created.status, created.json.metadata.name]).to.deep.equal([201, 'dry'])
    expect((await cluster.api.get(`${jobs}/dry`)).status).to.equal(404)
    await cluster.api.apply(`${jobs}/wet`, config('wet', { backoffLimit: 1 }), 'one')
    const changed = await cluster.api.apply(`${jobs}/wet`, config('wet', { backoffLimit: 4 }), 'one', { dryRun: 'All' })
    expect([changed.status, changed.json.spec.backoffLimit]).to.deep.equal([200, 4])
    expect((await cluster.api.get(`${jobs}/wet`)).json.spec.backoffLimit).to.equal(1)
    const refused = await cluster.api.apply(`${jobs}/wet`, config('wet', { backoffLimit: -1 }), 'one', {
      dryRun: 'All',
    })
    expect(refused.status).to.equal(422)
  })

  it('refuses a configuration that is not the path’s object', async () => {
    const name = await cluster.api.apply(`${jobs}/this`, config('that'), 'one')
    expect([name.status, name.json.message]).to.deep.equal([
      400,
      'the name of the object (that) does not match the name on the URL (this)',
    ])
    const managed = config('this')
    managed.metadata.managedFields = [{ manager: 'x' }]
    const fields = await cluster.api.apply(`${jobs}/this`, managed, 'one')
    expect([fields.status, fields.json.message]).to.deep.equal([400, 'metadata.managedFields must be nil'])
    const unknown = await cluster.api.apply(`${jobs}/this`, config('this', { notAField: 1 }), 'one')
    expect(unknown.status).to.be.oneOf([400, 500])
    expect(unknown.json.message).to.contain('.spec.notAField: field not declared in schema')
    const nowhere = await cluster.api.apply(`${jobsOf('arbk8s-nowhere')}/x`, config('x'), 'one')
    expect([nowhere.status, nowhere.json.message]).to.deep.equal([404, 'namespaces "arbk8s-nowhere" not found'])
  })
})
