import { expect } from 'chai'

import { job, jobsOf } from '../../helpers/api-objects.js'
import type { Json } from '../../helpers/raw-api.js'
import { targetCluster } from '../../helpers/target-cluster.js'
import type { TargetCluster } from '../../helpers/target-cluster.js'

describe('API: watch', function () {
  this.timeout(60_000)
  let cluster: TargetCluster
  let jobs: string
  before(async () => (cluster = await targetCluster()))
  beforeEach(async () => (jobs = jobsOf(await cluster.freshNamespace())))
  after(() => cluster.stop())

  /** Every event until the watch ends by itself. */
  async function all(query: Record<string, string | number | boolean>): Promise<Json[]> {
    const events: Json[] = []
    for await (const line of cluster.api.lines(jobs, { watch: true, ...query })) events.push(JSON.parse(line) as Json)
    return events
  }
  const paused = { parallelism: 0 }
  const remove = (name: string) => cluster.api.delete(`${jobs}/${name}`, { query: { propagationPolicy: 'Background' } })

  it('tells what happens after a list, in order, and ends at its timeout', async () => {
    const { json: list } = await cluster.api.get(jobs)
    const watching = all({ resourceVersion: list.metadata.resourceVersion, timeoutSeconds: 4 })
    await cluster.api.post(jobs, job({ name: 'one', spec: paused }))
    await cluster.api.patch(`${jobs}/one`, { metadata: { labels: { a: 'b' } } }, 'merge')
    await remove('one')
    const events = await watching
    expect(events[0]).to.include({ type: 'ADDED' })
    expect(events[0]!.object).to.include({ kind: 'Job', apiVersion: 'batch/v1' })
    expect(events.at(-1)).to.include({ type: 'DELETED' })
    expect(events.slice(1, -1).every((event) => event.type === 'MODIFIED')).to.equal(true)
    const versions = events.map((event) => Number(event.object.metadata.resourceVersion))
    expect(versions).to.deep.equal([...new Set(versions)].sort((a, b) => a - b))
    expect(versions[0]).to.be.greaterThan(Number(list.metadata.resourceVersion))
  })

  it('starts with what is there where no resourceVersion is given', async () => {
    for (const name of ['one', 'two']) await cluster.api.post(jobs, job({ name, spec: paused }))
    const events = await all({ timeoutSeconds: 1 })
    expect(events.slice(0, 2).map((event) => [event.type, event.object.metadata.name])).to.have.deep.members([
      ['ADDED', 'one'],
      ['ADDED', 'two'],
    ])
  })

  it('repeats what a watcher missed', async () => {
    const { json: list } = await cluster.api.get(jobs)
    await cluster.api.post(jobs, job({ name: 'one', spec: paused }))
    await remove('one')
    const events = await all({ resourceVersion: list.metadata.resourceVersion, timeoutSeconds: 1 })
    expect(events[0]).to.include({ type: 'ADDED' })
    expect(events.at(-1)).to.include({ type: 'DELETED' })
  })

  it('shows an object that enters or leaves a selection as added or deleted', async () => {
    await cluster.api.post(jobs, job({ name: 'one', spec: paused }))
    const { json: list } = await cluster.api.get(jobs)
    const watching = all({
      resourceVersion: list.metadata.resourceVersion,
      timeoutSeconds: 3,
      labelSelector: 'seen=yes',
    })
    await cluster.api.patch(`${jobs}/one`, { metadata: { labels: { seen: 'yes' } } }, 'merge')
    await cluster.api.patch(`${jobs}/one`, { metadata: { labels: { seen: 'no' } } }, 'merge')
    const types = (await watching).map((event) => event.type)
    expect([types[0], types.at(-1)]).to.deep.equal(['ADDED', 'DELETED'])
  })

  it('watches one object by its name', async () => {
    for (const name of ['one', 'two']) await cluster.api.post(jobs, job({ name, spec: paused }))
    const events = await all({ timeoutSeconds: 1, fieldSelector: 'metadata.name=two' })
    expect(new Set(events.map((event) => event.object.metadata.name))).to.deep.equal(new Set(['two']))
  })

  it('sends a bookmark before it ends, where asked to', async () => {
    const { json: list } = await cluster.api.get(jobs)
    const version = list.metadata.resourceVersion as string
    const watching = all({ resourceVersion: version, timeoutSeconds: 8, allowWatchBookmarks: true })
    await cluster.api.post(jobs, job({ name: 'one', spec: paused }))
    const bookmark = (await watching).find((event) => event.type === 'BOOKMARK')
    expect(bookmark?.object).to.include({ kind: 'Job', apiVersion: 'batch/v1' })
    expect(Number(bookmark?.object.metadata.resourceVersion)).to.be.greaterThan(Number(version))
  })

  it('refuses a resourceVersion that is none', async () => {
    const { json } = await cluster.api.get(jobs, { query: { watch: true, resourceVersion: 'abc', timeoutSeconds: 1 } })
    expect(json.message).to.contain('resourceVersion: Invalid value: "abc": strconv.ParseUint')
  })
})

describe('API: what is too old', function () {
  this.timeout(60_000)
  let cluster: TargetCluster
  before(async () => (cluster = await targetCluster({ historyWindow: 20 })))
  after(() => cluster.stop())

  it('answers 410 to a page of a state that is gone, with a token to go on', async function () {
    const jobs = jobsOf(await cluster.freshNamespace())
    for (let index = 0; index < 30; index++)
      await cluster.api.post(jobs, job({ name: `job-${index}`, spec: { parallelism: 0 } }))
    // Revision 1 of a real cluster is compacted away five minutes after it was made.
    const old = Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: 1, start: 'job-0\u0000' })).toString('base64url')
    const { status, json } = await cluster.api.get(jobs, { query: { limit: 5, continue: old } })
    if (cluster.kind === 'real' && status === 200) {
      process.stderr.write('    skipped: the cluster is younger than its first compaction\n')
      return void this.skip()
    }
    expect([status, json.reason, json.code]).to.deep.equal([410, 'Expired', 410])
    expect(json.message).to.match(/^The provided continue parameter is too old to display a consistent list result\./)
    const rest = await cluster.api.get(jobs, { query: { limit: 5, continue: json.metadata.continue } })
    expect(rest.status).to.equal(200)
    expect(rest.json.items[0].metadata.name).to.equal('job-1')
  })

  it('answers 410 to a watch from a state that is gone', async function () {
    if (cluster.kind === 'real') {
      process.stderr.write('    skipped: whether a real watch cache has forgotten revision 1 depends on its age\n')
      return void this.skip()
    }
    const jobs = jobsOf(await cluster.freshNamespace())
    for (let index = 0; index < 30; index++)
      await cluster.api.post(jobs, job({ name: `job-${index}`, spec: { parallelism: 0 } }))
    const lines: string[] = []
    for await (const line of cluster.api.lines(jobs, { watch: true, resourceVersion: 1 })) lines.push(line)
    expect(lines).to.have.length(1)
    const event = JSON.parse(lines[0]!) as Json
    expect(event.type).to.equal('ERROR')
    expect(event.object).to.include({ kind: 'Status', code: 410, reason: 'Expired' })
  })
})
