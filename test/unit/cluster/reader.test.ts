import type { ServerResponse } from 'node:http'

import { expect } from 'chai'

import { requireNamespace } from '../../../src/cluster/namespace.js'
import { fakeCluster, sendJson, sendStatus, type Handler, type SeenRequest } from '../../helpers/fake-api.js'
import { collect, rejection } from '../../helpers/rejection.js'

let fake: Awaited<ReturnType<typeof fakeCluster>>
async function serve(handler: Handler, requestTimeoutMs = 5_000) {
  fake = await fakeCluster(handler, { requestTimeoutMs })
  return fake.cluster.reader
}

const named = (name: string, more: object = {}) => ({
  metadata: { name, uid: `uid-${name}`, managedFields: [{}], ...more },
})

/** A list of `total` Jobs in pages of two. */
function page(request: SeenRequest, response: ServerResponse, total: number): void {
  const start = Number(request.query.get('continue') ?? 0)
  const items = Array.from({ length: Math.min(2, total - start) }, (_, index) => named(`j${start + index}`))
  const next = start + 2 < total ? String(start + 2) : undefined
  sendJson(response, { kind: 'JobList', items, metadata: { resourceVersion: '7', continue: next } })
}

describe('reader', () => {
  afterEach(() => fake.close())

  it('lists page by page, names the kind, leaves managedFields out', async () => {
    const reader = await serve((request, response) => page(request, response, 5))
    const { items, resourceVersion } = await reader.listJobs({ namespace: 'n', selector: 'a=b' })
    expect(items.map((job) => job.metadata.name)).to.deep.equal(['j0', 'j1', 'j2', 'j3', 'j4'])
    expect(items[0]).to.deep.equal({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j0', uid: 'uid-j0' } })
    expect(resourceVersion).to.equal('7')
    expect(fake.api.requests.map((request) => request.query.get('labelSelector'))).to.deep.equal(['a=b', 'a=b', 'a=b'])
    expect(fake.api.requests[0]?.query.get('limit')).to.equal('500')
  })

  it('begins again when a page has expired, and in the end asks for one piece', async () => {
    const reader = await serve((request, response) => {
      if (request.query.get('continue') === '2') return sendStatus(response, 410, 'too old', { reason: 'Expired' })
      page(request, response, request.query.has('limit') ? 5 : 2)
    })
    expect((await reader.listJobs({ namespace: 'n' })).items).to.have.length(2)
    expect(fake.api.requests.filter((request) => request.query.has('continue'))).to.have.length(3)
  })

  it('cleans what comes in', async () => {
    const reader = await serve((_request, response) =>
      sendJson(response, { kind: 'PodList', items: [named('p', { labels: { a: '\u001b[2Jx\u202e' } })], metadata: {} }),
    )
    expect((await reader.listPods({ namespace: 'n' })).items[0]?.metadata.labels).to.deep.equal({ a: 'x' })
  })

  it('sends nothing for a selector that does not parse', async () => {
    const reader = await serve((_request, response) => sendJson(response, {}))
    expect((await rejection(reader.listJobs({ namespace: 'n', selector: 'a in' }))).code).to.equal(
      'ARB_SELECTOR_INVALID',
    )
    expect(
      (await rejection(collect(reader.watch('jobs', { namespace: 'n', selector: ',', resourceVersion: '1' })))).code,
    ).to.equal('ARB_SELECTOR_INVALID')
    expect(fake.api.requests).to.have.length(0)
  })

  it('gives undefined for an object or a namespace that is not there', async () => {
    const reader = await serve((_request, response) =>
      sendStatus(response, 404, 'not found', { reason: 'NotFound', details: { name: 'x', kind: 'namespaces' } }),
    )
    expect(await reader.getJob('x', 'j')).to.equal(undefined)
    expect(await reader.getNamespace('x')).to.equal(undefined)
    expect((await rejection(requireNamespace(reader, 'x'))).code).to.equal('ARB_NAMESPACE_NOT_FOUND')
  })

  it('goes on where the user may not look at the namespace', async () => {
    const reader = await serve((_request, response) =>
      sendStatus(
        response,
        403,
        'namespaces "x" is forbidden: User "u" cannot get resource "namespaces" in API group "" in the namespace "x"',
      ),
    )
    await requireNamespace(reader, 'x')
    expect(fake.api.requests).to.have.length(1)
  })

  it('asks for rights', async () => {
    const reader = await serve((request, response) => {
      const { spec } = JSON.parse(request.body) as { spec: { resourceAttributes: { verb: string } } }
      sendJson(
        response,
        { kind: 'SelfSubjectAccessReview', status: { allowed: spec.resourceAttributes.verb === 'list' } },
        201,
      )
    })
    expect(await reader.can({ verb: 'list', group: 'batch', resource: 'jobs' }, 'n')).to.equal(true)
    expect(await reader.can({ verb: 'patch', group: 'batch', resource: 'jobs' }, 'n')).to.equal(false)
  })
})

describe('reader: watch', () => {
  afterEach(() => fake.close())
  const watch = (reader: Awaited<ReturnType<typeof serve>>) =>
    reader.watch('jobs', { namespace: 'n', resourceVersion: '5' })
  const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`

  it('gives events and bookmarks, whole whatever the chunks, and ends with the stream', async () => {
    const text =
      line('ADDED', named('a')) +
      '\n' +
      line('BOOKMARK', { kind: 'Job', metadata: { resourceVersion: '9' } }) +
      line('DELETED', named('ä'))
    const bytes = Buffer.from(text)
    const reader = await serve((_request, response) => {
      response.writeHead(200)
      for (let start = 0; start < bytes.length; start += 7) response.write(bytes.subarray(start, start + 7))
      response.end()
    })
    const events = await collect(watch(reader))
    expect(events.map((event) => `${event.type} ${event.object.metadata.name ?? ''}`)).to.deep.equal([
      'ADDED a',
      'BOOKMARK ',
      'DELETED ä',
    ])
    expect(Object.fromEntries(fake.api.requests[0]?.query ?? [])).to.include({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '5',
    })
  })

  const broken: [string, string, (error: { code: string; details: Record<string, unknown> }) => void][] = [
    ['garbage', '{"type":"ADDED"\n', (error) => expect(error.code).to.equal('ARB_CLUSTER_ANSWER')],
    ['an event without object', '{"type":"ADDED"}\n', (error) => expect(error.code).to.equal('ARB_CLUSTER_ANSWER')],
    [
      'a line of 5 MiB',
      `{"type":"ADDED","object":{"metadata":{"name":"${'x'.repeat(5 * 1024 * 1024)}"}}}\n`,
      (error) => expect(error.code).to.equal('ARB_CLUSTER_ANSWER'),
    ],
    [
      'a version that is too old',
      line('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' }),
      (error) => expect(error.details.status).to.equal(410),
    ],
  ]
  for (const [name, text, check] of broken) {
    it(`fails on ${name}`, async () => {
      const reader = await serve((_request, response) => void response.writeHead(200).end(text))
      check(await rejection(collect(watch(reader))))
    })
  }

  it('fails on a cut connection, and ends with the reason of its signal', async () => {
    const reader = await serve((_request, response, index) => {
      response.writeHead(200)
      response.write(line('ADDED', named('a')))
      if (index === 0) setTimeout(() => response.socket?.destroy(), 10)
    })
    expect((await rejection(collect(watch(reader)))).code).to.equal('ARB_CLUSTER_UNREACHABLE')
    const controller = new AbortController()
    const silent = reader.watch('jobs', { namespace: 'n', resourceVersion: '1', signal: controller.signal })
    const reason = new Error('enough')
    let thrown: unknown
    try {
      for await (const { type } of silent) if (type === 'ADDED') controller.abort(reason)
    } catch (error) {
      thrown = error
    }
    expect(thrown).to.equal(reason)
  })
})

describe('reader: logs', () => {
  afterEach(() => fake.close())
  const place = { namespace: 'n', pod: 'p', container: 'c' }
  const pod = (phase: string) => ({
    kind: 'Pod',
    ...named('p'),
    spec: { containers: [], restartPolicy: 'Never' },
    status: { phase },
  })

  it('bounds and cleans a log', async () => {
    const reader = await serve(
      (_request, response) =>
        void response.writeHead(200, { 'content-type': 'text/plain' }).end('a\u001b[31mb\u0007\n'),
    )
    expect(await reader.podLog({ ...place, tailLines: 3 })).to.equal('ab\n')
    expect(Object.fromEntries(fake.api.requests[0]?.query ?? [])).to.deep.equal({
      container: 'c',
      tailLines: '3',
      limitBytes: '1048576',
    })
  })

  it('resumes a followed log where it was cut, nothing lost, nothing doubled', async () => {
    const at = (fraction: string, text: string) => `2026-01-01T00:00:01${fraction}Z ${text}\n`
    const first = [at('.1', 'one'), at('.25', 'two'), at('.25', 'two again')]
    let logs = 0
    const reader = await serve((request, response) => {
      if (!request.path.endsWith('/log')) return sendJson(response, pod(logs === 0 ? 'Running' : 'Succeeded'))
      response.writeHead(200)
      if (logs++ === 0) {
        response.write(first.join(''))
        setTimeout(() => response.socket?.destroy(), 20)
      } else response.end([...first, at('.25', 'two once more'), at('.3', 'three')].join('') + 'no stamp\n')
    })
    const lines = await collect(reader.followLog({ ...place, tailLines: 10 }))
    expect(lines).to.deep.equal(['one', 'two', 'two again', 'two once more', 'three', 'no stamp'])
    const [one, two] = fake.api.requests.filter((request) => request.path.endsWith('/log'))
    expect(one?.query.get('tailLines')).to.equal('10')
    expect(two?.query.get('sinceTime')).to.equal('2026-01-01T00:00:01Z')
    expect(two?.query.has('tailLines')).to.equal(false)
  })

  it('reads once more after the container has ended, so that no last line is missed', async () => {
    let logs = 0
    const reader = await serve((request, response) => {
      if (!request.path.endsWith('/log')) return sendJson(response, pod(logs === 0 ? 'Running' : 'Failed'))
      response.writeHead(200)
      response.end(logs++ === 0 ? '2026-01-01T00:00:01Z a\n' : '2026-01-01T00:00:01Z a\n2026-01-01T00:00:02Z last\n')
    })
    expect(await collect(reader.followLog(place))).to.deep.equal(['a', 'last'])
  })

  it('cuts a gigantic line and says by how much', async () => {
    const reader = await serve((request, response) => {
      if (!request.path.endsWith('/log')) return sendJson(response, pod('Succeeded'))
      response.writeHead(200).end('x'.repeat(1024 * 1024 + 5) + '\n')
    })
    const [line] = await collect(reader.followLog(place))
    expect(line).to.match(/^x+…\(\+5 bytes\)$/)
  })

  it('passes on a refusal', async () => {
    const reader = await serve((request, response) =>
      request.path.endsWith('/log')
        ? sendStatus(response, 400, 'container "c" in pod "p" is waiting to start: ContainerCreating')
        : sendJson(response, pod('Pending')),
    )
    expect((await rejection(collect(reader.followLog(place)))).message).to.include('waiting to start')
  })
})
