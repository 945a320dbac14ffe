import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { ArbError } from '../../../src/base/errors.js'
import type { Job } from '../../../src/session/job.js'
import { createWriter } from '../../../src/cluster/writer.js'
import {
  canaryToken,
  fakeCluster,
  sendJson,
  sendStatus,
  startFakeApi,
  versionAnswer,
  type Handler,
} from '../../helpers/fake-api.js'
import { rejection } from '../../helpers/rejection.js'

const job: Job = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j', namespace: 'trading' },
  spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } },
}

async function withCluster<T>(
  handler: Handler,
  test: (fake: Awaited<ReturnType<typeof fakeCluster>>) => Promise<T>,
  options: Parameters<typeof fakeCluster>[1] = {},
): Promise<T> {
  const fake = await fakeCluster(handler, options)
  try {
    return await test(fake)
  } finally {
    await fake.close()
  }
}

describe('transport: reads', () => {
  const passing: Record<string, Handler> = {
    '429 with Retry-After: 0': (_request, response) => sendJson(response, {}, 429, { 'retry-after': '0' }),
    '500': (_request, response) => sendStatus(response, 500, 'etcd'),
    '503 without JSON': (_request, response) => void response.writeHead(503).end('<html>busy'),
    '504': (_request, response) => sendStatus(response, 504, 'late'),
    reset: (_request, response) => void response.socket?.destroy(),
    'cut off within the body': (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"gitV')
      setTimeout(() => response.socket?.destroy(), 5)
    },
  }
  for (const [name, fault] of Object.entries(passing)) {
    it(`tries again after ${name}`, () =>
      withCluster(
        (request, response, index) => (index < 2 ? fault(request, response, index) : sendJson(response, versionAnswer)),
        async ({ cluster, api }) => {
          expect((await cluster.reader.version()).gitVersion).to.equal('v1.31.0')
          expect(api.requests).to.have.length(3)
        },
      ))
  }

  it('names the server and the last trouble when the deadline comes', () =>
    withCluster(
      (_request, response) => sendStatus(response, 503, 'apiserver is shutting down'),
      async ({ cluster, api }) => {
        const error = await rejection(cluster.reader.version())
        expect(error.code).to.equal('ARB_CLUSTER_UNREACHABLE')
        expect(error.message).to.include(new URL(api.url).host).and.include('503').and.include('shutting down')
        expect(api.requests.length).to.be.greaterThan(1)
      },
      { requestTimeoutMs: 400 },
    ))

  it('ends at the deadline when the server is mute', () =>
    withCluster(
      () => undefined,
      async ({ cluster, api }) => {
        const error = await rejection(cluster.reader.version())
        expect(error.code).to.equal('ARB_CLUSTER_UNREACHABLE')
        expect(error.message).to.include(`${new URL(api.url).host} did not answer within 0.2s`)
      },
      { requestTimeoutMs: 200 },
    ))

  it('ends at the deadline when the body drips', () =>
    withCluster(
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const drip = setInterval(() => response.write(' '), 20)
        response.on('close', () => clearInterval(drip))
      },
      async ({ cluster }) => {
        expect((await rejection(cluster.reader.version())).message).to.include('did not answer within')
      },
      { requestTimeoutMs: 200 },
    ))

  it('does not follow a redirect', async () => {
    const other = await startFakeApi((_request, response) => sendJson(response, versionAnswer))
    try {
      await withCluster(
        (_request, response) => void response.writeHead(307, { location: `${other.url}/version` }).end(),
        async ({ cluster }) => {
          const error = await rejection(cluster.reader.version())
          expect(error.code).to.equal('ARB_CLUSTER_ANSWER')
          expect(error.message).to.include(new URL(other.url).host)
          expect(other.requests).to.have.length(0)
        },
      )
    } finally {
      await other.close()
    }
  })

  const odd: Record<string, [Handler, string]> = {
    'an HTML page': [
      (_r, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      'text/html',
    ],
    'damaged JSON': [
      (_r, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"kind":'),
      'damaged',
    ],
    'another kind': [(_r, response) => sendJson(response, { kind: 'Foo' }), '"Foo" where "Namespace"'],
    'a list': [(_r, response) => sendJson(response, []), 'not an object'],
    compressed: [
      (_r, response) =>
        void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('x'),
      'compressed',
    ],
    '404 without a Status': [(_r, response) => void response.writeHead(404).end('nothing'), '404'],
  }
  for (const [name, [handler, words]] of Object.entries(odd)) {
    it(`refuses ${name} without another try`, () =>
      withCluster(handler, async ({ cluster, api }) => {
        const error = await rejection(cluster.reader.getNamespace('x'))
        expect(error.code).to.equal('ARB_CLUSTER_ANSWER')
        expect(error.message).to.include(words)
        expect(api.requests).to.have.length(1)
      }))
  }

  it('stops at a size', () =>
    withCluster(
      (_request, response) => void response.writeHead(200).end('x'.repeat(1_000_000)),
      async ({ cluster }) => {
        const error = await rejection(
          cluster.reader.podLog({ namespace: 'n', pod: 'p', container: 'c', limitBytes: 10 }),
        )
        expect(error.message).to.include('more than')
      },
    ))

  it('never shows the token, even where the server repeats it', () =>
    withCluster(
      (request, response) => sendStatus(response, 400, `bad header ${String(request.headers.authorization)}`),
      async ({ cluster, api }) => {
        const error = await rejection(cluster.reader.getNamespace('x'))
        expect(api.requests[0]?.headers.authorization).to.equal(`Bearer ${canaryToken}`)
        expect(JSON.stringify([error.message, error.hints, error.details])).to.not.include(canaryToken)
      },
    ))

  it('ends with the reason of the signal', () => {
    const controller = new AbortController()
    return withCluster(
      () => controller.abort(new ArbError({ code: 'ARB_INTERRUPTED', message: 'stop', exitCode: 130 })),
      async ({ cluster }) => {
        expect((await rejection(cluster.reader.version())).exitCode).to.equal(130)
      },
      { signal: controller.signal },
    )
  })

  it('tells which address nobody listens at', async () => {
    const fake = await fakeCluster(() => undefined)
    await fake.api.close()
    const error = await rejection(fake.cluster.reader.version())
    expect(error.code).to.equal('ARB_CLUSTER_UNREACHABLE')
    expect(error.message).to.include(new URL(fake.api.url).host).and.include('refused')
  })

  it('reads the token file again after a 401', () =>
    withCluster(
      (request, response) =>
        request.headers.authorization === 'Bearer new'
          ? sendJson(response, versionAnswer)
          : sendStatus(response, 401, 'Unauthorized'),
      async ({ cluster, folder }) => {
        const file = path.join(folder, 'token')
        await writeFile(file, 'old\n')
        expect((await rejection(cluster.reader.version())).code).to.equal('ARB_CLUSTER_UNAUTHORIZED')
        await writeFile(file, 'new\n')
        expect((await cluster.reader.version()).gitVersion).to.equal('v1.31.0')
      },
      { user: { tokenFile: 'token' } },
    ))
})

describe('transport: writes', () => {
  const ambiguous: Record<string, Handler> = {
    '500': (_r, response) => sendStatus(response, 500, 'etcd'),
    '504': (_r, response) => sendStatus(response, 504, 'late'),
    reset: (_r, response) => void response.socket?.destroy(),
    'an HTML page': (_r, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    'another object': (_r, response) =>
      sendJson(response, { ...job, metadata: { ...job.metadata, name: 'k', uid: 'u' } }),
    'an object without uid': (_r, response) => sendJson(response, job),
    silence: () => undefined,
  }
  for (const [name, handler] of Object.entries(ambiguous)) {
    it(`are sent once and called ambiguous after ${name}`, () =>
      withCluster(
        handler,
        async ({ cluster, api }) => {
          const error = await rejection(createWriter(cluster.transport).applyJob(job))
          expect(error.details.ambiguous, error.message).to.equal(true)
          expect(api.requests).to.have.length(1)
        },
        { requestTimeoutMs: 300 },
      ))
  }

  it('are not ambiguous where nothing listens, nor after 429', async () => {
    const fake = await fakeCluster((_request, response) => sendStatus(response, 429, 'slow down'))
    const writer = createWriter(fake.cluster.transport)
    expect((await rejection(writer.applyJob(job))).details.ambiguous).to.equal(false)
    fake.cluster.close()
    await fake.api.close()
    expect((await rejection(writer.applyJob(job))).details).to.include({ ambiguous: false, network: 'ECONNREFUSED' })
  })

  it('apply under the field manager, strictly, without force', () =>
    withCluster(
      (_request, response) => sendJson(response, { ...job, metadata: { ...job.metadata, uid: 'u' } }, 201),
      async ({ cluster, api }) => {
        const applied = await createWriter(cluster.transport).applyJob(job)
        expect(applied.created).to.equal(true)
        const [sent] = api.requests
        expect(`${sent?.method} ${sent?.path}`).to.equal('PATCH /apis/batch/v1/namespaces/trading/jobs/j')
        expect(Object.fromEntries(sent?.query ?? [])).to.deep.equal({
          fieldManager: 'arbk8s',
          fieldValidation: 'Strict',
        })
        expect(sent?.headers['content-type']).to.equal('application/apply-patch+yaml')
        expect(JSON.parse(sent?.body ?? '')).to.deep.equal(job)
      },
    ))

  it('of a DryRunner always carry dryRun=All', () =>
    withCluster(
      (_request, response) => sendJson(response, { ...job, metadata: { ...job.metadata, uid: 'u' } }, 201),
      async ({ cluster, api }) => {
        await cluster.dryRunner.dryRunApply(job, { fixed: {}, dryRun: '', force: true } as never)
        expect(api.requests[0]?.query.getAll('dryRun')).to.deep.equal(['All'])
      },
    ))

  const refusals: [string, number, object, string, string][] = [
    [
      'an immutable field, without the dump',
      422,
      {
        reason: 'Invalid',
        details: {
          causes: [
            {
              field: 'spec.template',
              message: 'Invalid value: core.PodTemplateSpec{A:v1.B{X:"}: no"}}: field is immutable',
            },
          ],
        },
      },
      'Job.batch "j" is invalid: …',
      'refused: spec.template: field is immutable',
    ],
    [
      'another owner',
      409,
      {
        reason: 'Conflict',
        details: {
          causes: [
            {
              reason: 'FieldManagerConflict',
              field: '.spec.backoffLimit',
              message: 'conflict with "kubectl" using batch/v1',
            },
          ],
        },
      },
      'Apply failed with 1 conflict',
      'refused: spec.backoffLimit is managed by "kubectl"',
    ],
    [
      'quota',
      403,
      { reason: 'Forbidden' },
      'jobs.batch "j" is forbidden: exceeded quota: q, requested: count/jobs.batch=1',
      'refused: exceeded quota: q, requested: count/jobs.batch=1',
    ],
    [
      'a webhook',
      403,
      { reason: 'Forbidden' },
      'admission webhook "p.example" denied the request: no',
      'refused: admission webhook "p.example" denied the request: no',
    ],
    [
      'an unknown field',
      500,
      {},
      'failed to create typed patch object: .spec.foo: field not declared in schema',
      'refused: failed to create typed patch object: .spec.foo: field not declared in schema',
    ],
  ]
  for (const [name, status, more, message, wanted] of refusals) {
    it(`are refused in one line: ${name}`, () =>
      withCluster(
        (_request, response) => sendStatus(response, status, message, more),
        async ({ cluster }) => {
          const error = await rejection(createWriter(cluster.transport).applyJob(job))
          expect(error.code).to.equal('ARB_CLUSTER_REJECTED')
          expect(error.message).to.equal(wanted)
          expect(error.details.ambiguous ?? false).to.equal(false)
        },
      ))
  }

  it('name the right that is missing', () =>
    withCluster(
      (_request, response) =>
        sendStatus(
          response,
          403,
          'jobs.batch "j" is forbidden: User "system:serviceaccount:a:b" cannot create resource "jobs" in API group "batch" in the namespace "trading"',
        ),
      async ({ cluster }) => {
        const error = await rejection(createWriter(cluster.transport).applyJob(job))
        expect(error.code).to.equal('ARB_CLUSTER_FORBIDDEN')
        expect(error.message).to.equal(
          'the user "system:serviceaccount:a:b" may not create jobs.batch in the namespace "trading"',
        )
        expect(error.details).to.include({ verb: 'create', resource: 'jobs.batch', namespace: 'trading' })
      },
    ))

  it('name the right to create where RBAC refuses an apply without a word', () =>
    withCluster(
      (_request, response) => sendStatus(response, 403, 'jobs.batch "j" is forbidden: ', { reason: 'Forbidden' }),
      async ({ cluster }) => {
        const error = await rejection(createWriter(cluster.transport).applyJob(job))
        expect(error.message).to.equal('this user may not create jobs.batch in the namespace "trading"')
      },
    ))

  it('say that the namespace is not there', () =>
    withCluster(
      (_request, response) =>
        sendStatus(response, 404, 'namespaces "trading" not found', {
          reason: 'NotFound',
          details: { name: 'trading', kind: 'namespaces' },
        }),
      async ({ cluster }) => {
        expect((await rejection(createWriter(cluster.transport).applyJob(job))).code).to.equal(
          'ARB_NAMESPACE_NOT_FOUND',
        )
      },
    ))

  it('never leave their place in the path', () =>
    withCluster(
      (_request, response) => sendJson(response, {}),
      async ({ cluster, api }) => {
        for (const name of ['../x', 'a/b', 'a?b', '%2f', '', 'a..b', 'x'.repeat(300)]) {
          const error = await rejection(cluster.reader.getJob('trading', name))
          expect(error.code, name).to.equal('ARB_USAGE')
          expect((await rejection(cluster.reader.listJobs({ namespace: name }))).code, name).to.equal('ARB_USAGE')
        }
        expect(api.requests).to.have.length(0)
      },
    ))
})
