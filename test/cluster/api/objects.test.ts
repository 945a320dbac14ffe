import { expect } from 'chai'

import { job, jobsOf, podsOf } from '../../helpers/api-objects.js'
import type { Json } from '../../helpers/raw-api.js'
import { eventually, needsMinor, targetCluster } from '../../helpers/target-cluster.js'
import type { TargetCluster } from '../../helpers/target-cluster.js'

describe('API: creating, changing and deleting Jobs', function () {
  this.timeout(120_000)
  let cluster: TargetCluster
  let namespace: string
  let jobs: string
  before(async () => {
    cluster = await targetCluster()
    namespace = await cluster.freshNamespace()
    jobs = jobsOf(namespace)
  })
  after(() => cluster.stop())

  it('fills in what a server fills in', async () => {
    const { status, json } = await cluster.api.post(
      jobs,
      job({ name: 'filled', labels: { app: 'x' }, spec: { backoffLimit: undefined } }),
    )
    expect(status).to.equal(201)
    expect(json).to.include({ kind: 'Job', apiVersion: 'batch/v1' })
    expect(json.metadata).to.include({ name: 'filled', namespace })
    expect(json.metadata.uid).to.match(/^[0-9a-f-]{36}$/)
    expect(json.metadata.resourceVersion).to.match(/^\d+$/)
    expect(json.metadata.creationTimestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(json.metadata.labels).to.deep.equal({ app: 'x' })
    expect(json.spec).to.include({ backoffLimit: 6, completions: 1, parallelism: 1 })
    expect(json.spec.template.metadata.labels).to.include({
      app: 'x',
      'job-name': 'filled',
      'controller-uid': json.metadata.uid,
    })
    expect(Object.values(json.spec.selector.matchLabels)).to.deep.equal([json.metadata.uid])
    expect(json.spec.template.spec).to.deep.include({
      restartPolicy: 'Never',
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      securityContext: {},
    })
    expect(json.spec.template.spec.containers[0]).to.deep.include({
      imagePullPolicy: 'IfNotPresent',
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    })
    expect(json.metadata.managedFields[0]).to.include({
      manager: 'arbk8s-test',
      operation: 'Update',
      fieldsType: 'FieldsV1',
    })
  })

  it('gives labels of the template to a Job that has none', async () => {
    const given = job({ name: 'labels' })
    given.spec.template.metadata = { labels: { from: 'template' } }
    const { json } = await cluster.api.post(jobs, given)
    expect(json.metadata.labels).to.include({ from: 'template', 'job-name': 'labels' })
  })

  it('leaves completions open where only parallelism is given', async () => {
    const { json } = await cluster.api.post(jobs, job({ name: 'queue', spec: { parallelism: 2 } }))
    expect(json.spec.parallelism).to.equal(2)
    expect(json.spec).not.to.have.property('completions')
  })

  it('makes a name from generateName', async () => {
    const given = job({})
    given.metadata.generateName = 'made-'
    const { status, json } = await cluster.api.post(jobs, given)
    expect(status).to.equal(201)
    expect(json.metadata.name).to.match(/^made-[a-z0-9]{5}$/)
  })

  it('reads what it stored, and says what is not there', async () => {
    const found = await cluster.api.get(`${jobs}/filled`)
    expect([found.status, found.json.metadata.name]).to.deep.equal([200, 'filled'])
    const missing = await cluster.api.get(`${jobs}/nothing`)
    expect(missing.status).to.equal(404)
    expect(missing.json).to.deep.equal({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'jobs.batch "nothing" not found',
      reason: 'NotFound',
      details: { name: 'nothing', group: 'batch', kind: 'jobs' },
      code: 404,
    })
  })

  it('refuses a name that is taken', async () => {
    const { status, json } = await cluster.api.post(jobs, job({ name: 'filled' }))
    expect(status).to.equal(409)
    expect(json).to.deep.include({
      message: 'jobs.batch "filled" already exists',
      reason: 'AlreadyExists',
      details: { name: 'filled', group: 'batch', kind: 'jobs' },
    })
  })

  it('refuses a namespace that does not exist, and lists nothing in it', async () => {
    const { status, json } = await cluster.api.post(jobsOf('arbk8s-nowhere'), job({ name: 'x' }))
    expect(status).to.equal(404)
    expect(json).to.deep.include({
      message: 'namespaces "arbk8s-nowhere" not found',
      reason: 'NotFound',
      details: { name: 'arbk8s-nowhere', kind: 'namespaces' },
    })
    const list = await cluster.api.get(jobsOf('arbk8s-nowhere'))
    expect([list.status, list.json.items]).to.deep.equal([200, []])
  })

  it('refuses a body that is not the object', async () => {
    const cases: [string, unknown, string | undefined, number, RegExp][] = [
      ['not JSON', '{nope', undefined, 400, /unrecognized|json/],
      [
        'another kind',
        { apiVersion: 'v1', kind: 'Pod' },
        undefined,
        400,
        /Pod in version "v1" cannot be handled as a Job/,
      ],
      ['another version', { apiVersion: 'batch/v7', kind: 'Job' }, undefined, 400, /cannot be handled as a Job/],
      [
        'another namespace',
        { ...job({}), metadata: { name: 'x', namespace: 'default' } },
        undefined,
        400,
        /does not match the namespace sent on the request/,
      ],
      [
        'a number as text',
        job({ name: 'x', spec: { completions: 'many' } }),
        undefined,
        400,
        /Job in version "v1" cannot be handled as a Job/,
      ],
      [
        'another content type',
        job({ name: 'x' }),
        'text/plain',
        415,
        /accepted media types include: application\/json/,
      ],
    ]
    for (const [what, body, type, code, message] of cases) {
      const { status, json } = await cluster.api.send('POST', jobs, { body, type })
      expect([what, status]).to.deep.equal([what, code])
      expect(json.message, what).to.match(message)
      expect(json).to.include({ kind: 'Status', status: 'Failure', code })
    }
  })

  it('refuses what breaks a rule, naming each field', async () => {
    const given = job({
      name: 'Bad_Name',
      spec: { backoffLimit: -1 },
      pod: { restartPolicy: 'Always' },
      container: { image: '' },
    })
    const { status, json } = await cluster.api.post(jobs, given)
    expect(status).to.equal(422)
    expect(json.reason).to.equal('Invalid')
    expect(json.message).to.match(/^Job\.batch "Bad_Name" is invalid: \[metadata\.name: Invalid value: "Bad_Name": /)
    expect(json.details).to.deep.include({ name: 'Bad_Name', group: 'batch', kind: 'Job' })
    const causes = (json.details.causes as Json[]).map(({ field, reason }) => [field, reason])
    expect(causes).to.have.deep.members([
      ['metadata.name', 'FieldValueInvalid'],
      ['spec.backoffLimit', 'FieldValueInvalid'],
      ['spec.template.spec.containers[0].image', 'FieldValueRequired'],
      ['spec.template.spec.restartPolicy', 'FieldValueRequired'],
    ])
    const limit = (json.details.causes as Json[]).find((cause) => cause.field === 'spec.backoffLimit')!
    expect(limit.message).to.equal('Invalid value: -1: must be greater than or equal to 0')
  })

  it('refuses requests above limits and amounts that are none', async () => {
    const resources = { requests: { cpu: '2', memory: '1Gi' }, limits: { cpu: '1', memory: '2Gi' } }
    const above = await cluster.api.post(jobs, job({ name: 'above', container: { resources } }))
    expect(above.status).to.equal(422)
    expect(above.json.message).to.match(
      /spec\.template\.spec\.containers\[0\]\.resources\.requests: Invalid value: "2": must be less than or equal to cpu limit/,
    )
    const none = await cluster.api.post(
      jobs,
      job({ name: 'none', container: { resources: { requests: { cpu: 'lots' } } } }),
    )
    expect(none.status).to.be.oneOf([400, 422])
    expect(none.json.message).to.contain('quantities must match the regular expression')
  })

  it('refuses a Job without a name', async () => {
    const { status, json } = await cluster.api.post(jobs, job({}))
    expect(status).to.equal(422)
    expect(json.message).to.equal(
      'Job.batch "" is invalid: metadata.name: Required value: name or generateName is required',
    )
  })

  it('with dryRun stores nothing', async () => {
    const { status, json } = await cluster.api.post(jobs, job({ name: 'dry' }), { query: { dryRun: 'All' } })
    expect(status).to.equal(201)
    expect(json.metadata.uid).to.be.a('string')
    expect((await cluster.api.get(`${jobs}/dry`)).status).to.equal(404)
    const bad = await cluster.api.post(jobs, job({ name: 'dry' }), { query: { dryRun: 'Some' } })
    expect(bad.status).to.equal(422)
    expect(bad.json.message).to.contain('dryRun: Unsupported value')
  })

  it('changes by merge, JSON and strategic merge patches', async () => {
    await cluster.api.post(jobs, job({ name: 'patched', command: ['sleep', '60'], labels: { a: '1', b: '2' } }))
    const path = `${jobs}/patched`
    const merged = await cluster.api.patch(path, { metadata: { labels: { a: null, c: '3' } } }, 'merge')
    expect(merged.json.metadata.labels).to.deep.equal({ b: '2', c: '3' })
    const json = await cluster.api.patch(
      path,
      [{ op: 'add', path: '/metadata/annotations', value: { x: 'y' } }],
      'json',
    )
    expect(json.json.metadata.annotations).to.deep.equal({ x: 'y' })
    const strategic = await cluster.api.patch(
      path,
      { metadata: { finalizers: ['example.com/x'] }, spec: { parallelism: 0 } },
      'strategic-merge',
    )
    expect(strategic.json.spec.parallelism).to.equal(0)
    expect(strategic.json.metadata.finalizers).to.deep.equal(['example.com/x'])
    const removed = await cluster.api.patch(
      path,
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/x'] } },
      'strategic-merge',
    )
    expect(removed.json.metadata).not.to.have.property('finalizers')
    const bad = await cluster.api.patch(path, [{ op: 'test', path: '/metadata/name', value: 'other' }], 'json')
    expect([bad.status, bad.json.reason]).to.deep.equal([422, 'Invalid'])
    const unknown = await cluster.api.send('PATCH', path, { body: {}, type: 'application/json' })
    expect([unknown.status, unknown.json.reason]).to.deep.equal([415, 'UnsupportedMediaType'])
    await cluster.api.delete(path, { query: { propagationPolicy: 'Background' } })
  })

  it('stores nothing where a patch changes nothing', async () => {
    const { json: before } = await cluster.api.post(jobs, job({ name: 'same', spec: { parallelism: 0 } }))
    await settledJob(cluster, `${jobs}/same`)
    // The first write after the creation may store another form of the same; older servers do.
    const { json: settled } = await cluster.api.patch(
      `${jobs}/same`,
      { spec: { backoffLimit: before.spec.backoffLimit } },
      'merge',
    )
    const { json: after } = await cluster.api.patch(
      `${jobs}/same`,
      { spec: { backoffLimit: before.spec.backoffLimit } },
      'merge',
    )
    expect(after.metadata.resourceVersion).to.equal(settled.metadata.resourceVersion)
  })

  it('refuses a change of the template, the selector and the completions', async () => {
    const path = `${jobs}/filled`
    const { status, json } = await cluster.api.patch(
      path,
      { spec: { completions: 3, template: { spec: { restartPolicy: 'OnFailure' } } } },
      'merge',
    )
    expect(status).to.equal(422)
    expect(json.message).to.match(/^Job\.batch "filled" is invalid: \[/)
    const causes = (json.details.causes as Json[]).map(({ field, reason, message }) => [
      field,
      reason,
      message.endsWith('field is immutable'),
    ])
    expect(causes).to.have.deep.members([
      ['spec.completions', 'FieldValueInvalid', true],
      ['spec.template', 'FieldValueInvalid', true],
    ])
  })

  it('replaces by PUT, guarded by the resourceVersion', async () => {
    const { json: live } = await cluster.api.post(jobs, job({ name: 'put', spec: { parallelism: 0 } }))
    const current = await settledJob(cluster, `${jobs}/put`)
    const put = await cluster.api.put(`${jobs}/put`, {
      ...current,
      metadata: { ...current.metadata, labels: { new: 'label' } },
    })
    expect([put.status, put.json.metadata.labels]).to.deep.equal([200, { new: 'label' }])
    const stale = await cluster.api.put(`${jobs}/put`, {
      ...live,
      metadata: { ...live.metadata, resourceVersion: '1' },
    })
    expect(stale.status).to.equal(409)
    expect(stale.json).to.include({
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on jobs.batch "put": the object has been modified; please apply your changes to the latest version and try again',
    })
    const other = await cluster.api.put(`${jobs}/put`, { ...live, metadata: { name: 'else' } })
    expect([other.status, other.json.message]).to.deep.equal([
      400,
      'the name of the object (else) does not match the name on the URL (put)',
    ])
    const missing = await cluster.api.put(`${jobs}/nothing`, job({ name: 'nothing' }))
    expect(missing.status).to.equal(404)
  })

  it('deletes with the pods in the background, and says what it deleted', async () => {
    const { json: live } = await cluster.api.post(jobs, job({ name: 'gone', command: ['sleep', '60'] }))
    // A real garbage collector that has not seen the pod yet may take minutes.
    await eventually(
      'a running pod',
      async () => (await podsNamed(cluster, namespace, 'gone'))[0]?.status.phase === 'Running',
    )
    const { status, json } = await cluster.api.delete(`${jobs}/gone`, { query: { propagationPolicy: 'Background' } })
    expect(status).to.equal(200)
    expect(json).to.deep.include({
      kind: 'Status',
      status: 'Success',
      details: { name: 'gone', group: 'batch', kind: 'jobs', uid: live.metadata.uid },
    })
    expect((await cluster.api.get(`${jobs}/gone`)).status).to.equal(404)
    await eventually('no pod', async () => (await podsNamed(cluster, namespace, 'gone')).length === 0, 100_000)
  })

  it('deletes after the pods in the foreground', async () => {
    await cluster.api.post(jobs, job({ name: 'front', command: ['sleep', '60'] }))
    await eventually('a pod', async () => (await podsNamed(cluster, namespace, 'front')).length === 1)
    const { status, json } = await cluster.api.delete(`${jobs}/front`, {
      body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Foreground' },
    })
    expect(status).to.equal(200)
    expect(json.metadata.finalizers).to.deep.equal(['foregroundDeletion'])
    expect(json.metadata.deletionTimestamp).to.be.a('string')
    await eventually('gone', async () => (await cluster.api.get(`${jobs}/front`)).status === 404)
    expect(await podsNamed(cluster, namespace, 'front')).to.deep.equal([])
  })

  it('keeps the pods of a Job that is deleted without a policy', async () => {
    await cluster.api.post(jobs, job({ name: 'orphans', command: ['sleep', '60'] }))
    const [pod] = await eventually('a pod', async () => {
      const pods = await podsNamed(cluster, namespace, 'orphans')
      return pods.length === 1 && pods
    })
    const { status } = await cluster.api.delete(`${jobs}/orphans`)
    expect(status).to.equal(200)
    await eventually('gone', async () => (await cluster.api.get(`${jobs}/orphans`)).status === 404)
    const left = await cluster.api.get(`${podsOf(namespace)}/${pod!.metadata.name}`)
    expect(left.status).to.equal(200)
    expect(left.json.metadata).not.to.have.property('ownerReferences')
    const removed = await cluster.api.delete(`${podsOf(namespace)}/${pod!.metadata.name}`, {
      query: { gracePeriodSeconds: 0 },
    })
    expect([removed.status, removed.json.kind]).to.deep.equal([200, 'Pod'])
  })

  it('refuses a deletion whose precondition does not hold', async () => {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'another' } }
    const { status, json } = await cluster.api.delete(`${jobs}/filled`, { body })
    expect(status).to.equal(409)
    expect(json.message).to.contain('the UID in the precondition (another) does not match the UID in record')
    const policy = await cluster.api.delete(`${jobs}/filled`, { query: { propagationPolicy: 'Sideways' } })
    expect(policy.status).to.equal(422)
    const missing = await cluster.api.delete(`${jobs}/nothing`)
    expect(missing.status).to.equal(404)
  })

  it('deletes a collection by selector', async () => {
    for (const name of ['many-1', 'many-2'])
      await cluster.api.post(jobs, job({ name, labels: { many: 'yes' }, spec: { parallelism: 0 } }))
    const { status } = await cluster.api.delete(jobs, {
      query: { labelSelector: 'many=yes', propagationPolicy: 'Background' },
    })
    expect(status).to.equal(200)
    await eventually(
      'gone',
      async () => (await cluster.api.get(jobs, { query: { labelSelector: 'many=yes' } })).json.items.length === 0,
    )
    expect((await cluster.api.get(`${jobs}/filled`)).status).to.equal(200)
  })

  it('refuses unknown fields where it is asked to', async function () {
    needsMinor(this, cluster, 25, 'field validation')
    const given = job({ name: 'strict', spec: { notAField: 1 } })
    const strict = await cluster.api.post(jobs, given, { query: { fieldValidation: 'Strict' } })
    expect(strict.status).to.equal(400)
    expect(strict.json.message).to.contain('strict decoding error: unknown field "spec.notAField"')
    const warned = await cluster.api.post(jobs, given)
    expect(warned.status).to.equal(201)
    expect(String(warned.headers.warning)).to.contain('unknown field')
  })

  it('drops fields that it does not know', async () => {
    const { status, json } = await cluster.api.post(
      jobs,
      job({ name: 'unknown', spec: { notAField: 1, parallelism: 0 } }),
      { query: { fieldValidation: 'Ignore' } },
    )
    expect(status).to.equal(201)
    expect(json.spec).not.to.have.property('notAField')
  })

  it('empties a namespace that is deleted, and takes nothing new into it', async () => {
    const doomed = await cluster.freshNamespace()
    await cluster.api.post(jobsOf(doomed), job({ name: 'inside', command: ['sleep', '60'] }))
    const { status, json } = await cluster.api.delete(`/api/v1/namespaces/${doomed}`)
    expect(status).to.equal(200)
    expect(json.status?.phase ?? 'Terminating').to.equal('Terminating')
    const late = await cluster.api.post(jobsOf(doomed), job({ name: 'late' }))
    expect(late.status).to.be.oneOf([403, 404])
    await eventually(
      'gone',
      async () => (await cluster.api.get(`/api/v1/namespaces/${doomed}`)).status === 404,
      100_000,
    )
  })
})

/** The Job once its controllers leave it alone. */
function settledJob(cluster: TargetCluster, path: string): Promise<Json> {
  return eventually(`${path} is left alone`, async () => {
    const before = await cluster.api.get(path)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const { json } = await cluster.api.get(path)
    return json.metadata.resourceVersion === before.json.metadata.resourceVersion && json
  })
}

async function podsNamed(cluster: TargetCluster, namespace: string, name: string): Promise<Json[]> {
  const { json } = await cluster.api.get(podsOf(namespace), { query: { labelSelector: `job-name=${name}` } })
  return json.items as Json[]
}
