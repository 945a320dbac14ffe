import { expect } from 'chai'

import { job, jobsOf } from '../../helpers/api-objects.js'
import type { Json } from '../../helpers/raw-api.js'
import { targetCluster } from '../../helpers/target-cluster.js'
import type { TargetCluster } from '../../helpers/target-cluster.js'

describe('API: lists, selectors and pages', function () {
  this.timeout(60_000)
  let cluster: TargetCluster
  let jobs: string
  const names = (json: Json) => (json.items as Json[]).map((each) => each.metadata.name)
  const select = async (query: Record<string, string | number>) => {
    const { status, json } = await cluster.api.get(jobs, { query })
    expect(status, JSON.stringify(json)).to.equal(200)
    return names(json)
  }
  before(async () => {
    cluster = await targetCluster()
    jobs = jobsOf(await cluster.freshNamespace())
    const labels: Record<string, string>[] = [
      { color: 'red', size: '1' },
      { color: 'blue', size: '2' },
      { color: 'red' },
      { shape: 'round' },
    ]
    for (const [index, each] of labels.entries()) {
      await cluster.api.post(jobs, job({ name: `job-${index}`, labels: each, spec: { parallelism: 0 } }))
    }
  })
  after(() => cluster.stop())

  it('lists by name, in a list of its kind', async () => {
    const { json } = await cluster.api.get(jobs)
    expect(json).to.include({ kind: 'JobList', apiVersion: 'batch/v1' })
    expect(json.metadata.resourceVersion).to.match(/^\d+$/)
    expect(names(json)).to.deep.equal(['job-0', 'job-1', 'job-2', 'job-3'])
    expect(json.items[0]).not.to.have.any.keys('kind', 'apiVersion')
  })

  it('selects by labels as the selector language says', async () => {
    const cases: [string, string[]][] = [
      ['color=red', ['job-0', 'job-2']],
      ['color==red', ['job-0', 'job-2']],
      ['color!=red', ['job-1', 'job-3']],
      ['color', ['job-0', 'job-1', 'job-2']],
      ['!color', ['job-3']],
      ['color in (red,blue)', ['job-0', 'job-1', 'job-2']],
      ['color notin (red)', ['job-1', 'job-3']],
      ['color=red,size', ['job-0']],
      ['size in (1, 2), color != blue', ['job-0']],
      ['color=', []],
    ]
    for (const [labelSelector, expected] of cases) {
      expect([labelSelector, await select({ labelSelector })]).to.deep.equal([labelSelector, expected])
    }
  })

  it('refuses a selector that does not parse', async () => {
    for (const labelSelector of ['a===b', 'a in b', 'a b', '=x', 'a=b,', 'a in (b', 'a=-b-']) {
      const { status, json } = await cluster.api.get(jobs, { query: { labelSelector } })
      expect([labelSelector, status, json.reason]).to.deep.equal([labelSelector, 400, 'BadRequest'])
    }
  })

  it('selects by fields, and names one that it does not know', async () => {
    expect(await select({ fieldSelector: 'metadata.name=job-1' })).to.deep.equal(['job-1'])
    expect(await select({ fieldSelector: 'metadata.name!=job-1' })).to.deep.equal(['job-0', 'job-2', 'job-3'])
    const { status, json } = await cluster.api.get(jobs, { query: { fieldSelector: 'spec.color=red' } })
    expect(status).to.equal(400)
    expect(json.message).to.equal('field label "spec.color" not supported for batchv1.Job')
  })

  it('gives pages of one state of the list', async () => {
    const first = await cluster.api.get(jobs, { query: { limit: 3 } })
    expect(names(first.json)).to.deep.equal(['job-0', 'job-1', 'job-2'])
    expect(first.json.metadata.remainingItemCount).to.equal(1)
    await cluster.api.post(jobs, job({ name: 'job-4', spec: { parallelism: 0 } }))
    const second = await cluster.api.get(jobs, { query: { limit: 3, continue: first.json.metadata.continue } })
    expect(names(second.json)).to.deep.equal(['job-3'])
    expect(second.json.metadata.continue ?? '').to.equal('')
    expect(second.json.metadata.resourceVersion).to.equal(first.json.metadata.resourceVersion)
    await cluster.api.delete(`${jobs}/job-4`, { query: { propagationPolicy: 'Background' } })
  })

  it('gives pages of a selection without a count', async () => {
    const { json } = await cluster.api.get(jobs, { query: { limit: 1, labelSelector: 'color=red' } })
    expect(names(json)).to.deep.equal(['job-0'])
    expect(json.metadata).not.to.have.property('remainingItemCount')
    const second = await cluster.api.get(jobs, {
      query: { limit: 1, labelSelector: 'color=red', continue: json.metadata.continue },
    })
    expect(names(second.json)).to.deep.equal(['job-2'])
    // A server may look for more before it knows that there are none.
    if (second.json.metadata.continue) {
      const third = await cluster.api.get(jobs, {
        query: { limit: 1, labelSelector: 'color=red', continue: second.json.metadata.continue },
      })
      expect([names(third.json), third.json.metadata.continue ?? '']).to.deep.equal([[], ''])
    }
  })

  it('refuses a limit and a token that are none', async () => {
    const limit = await cluster.api.get(jobs, { query: { limit: 'many' } })
    expect(limit.status).to.equal(400)
    const token = await cluster.api.get(jobs, { query: { limit: 1, continue: 'nonsense' } })
    expect(token.status).to.equal(400)
    expect(token.json.message).to.match(/continue key is not valid/)
  })

  it('gives tables', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
    const { json } = await cluster.api.get(jobs, { accept, query: { labelSelector: 'color=blue' } })
    expect(json).to.include({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' })
    expect(json.columnDefinitions.map((column: Json) => column.name)).to.include.members([
      'Name',
      'Completions',
      'Duration',
      'Age',
      'Containers',
      'Images',
      'Selector',
    ])
    expect(json.rows).to.have.length(1)
    expect(json.rows[0].cells[0]).to.equal('job-1')
    expect(json.rows[0].object).to.include({ kind: 'PartialObjectMetadata' })
    expect(json.rows[0].object.metadata.name).to.equal('job-1')
  })
})
