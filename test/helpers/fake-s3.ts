/** A small S3 server on loopback, path style, that misbehaves on request. It checks no signature. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What a request is about. */
export interface FakeRequest {
  method: string
  /** The object's key, or `?list` for a listing. */
  key: string
  headers: IncomingMessage['headers']
  query: URLSearchParams
}

/**
 * How a request is answered instead of properly. `status` answers with an S3 error of that code; `html`, `junk` and
 * `noEtag` are 200s that are none; `mute` never answers; `reset` cuts the connection, after the work with `commit`;
 * `cut` breaks the answer off; `other` says 412 with other content stored under the key.
 */
export type Fault =
  | { status: number; code: string; commit?: boolean; headers?: Record<string, string> }
  | { kind: 'html' | 'junk' | 'noEtag' | 'mute' | 'reset' | 'cut' | 'truncatedList'; commit?: boolean }

export interface FakeS3 {
  endpoint: string
  objects: Map<string, Buffer>
  requests: FakeRequest[]
  /** PUTs that found other content under their key and changed it. */
  overwritten: number
  /** Decides about each request; the number counts this key's (or listing's) requests from 1. */
  fault: (request: FakeRequest, count: number) => Fault | undefined
  /** How `If-None-Match: *` is taken: as AWS does, with 501, or not at all. */
  conditional: 'yes' | 'refused' | 'ignored'
  pageSize: number
  delayMs: () => number
  close(): Promise<void>
}

export async function startFakeS3(bucket = 'bucket'): Promise<FakeS3> {
  const sockets = new Set<Socket>()
  const counts = new Map<string, number>()
  const server = createServer((request, response) => {
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    void answer(fake, bucket, { request, response, counts })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const fake: FakeS3 = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects: new Map(),
    requests: [],
    overwritten: 0,
    fault: () => undefined,
    conditional: 'yes',
    pageSize: 1000,
    delayMs: () => 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
  return fake
}

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  counts: Map<string, number>
}

async function answer(fake: FakeS3, bucket: string, { request, response, counts }: Exchange): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fake')
  const [, name, ...rest] = decodeURIComponent(url.pathname).split('/')
  const key = url.searchParams.has('list-type') ? '?list' : rest.join('/')
  const asked = { method: request.method ?? '', key, headers: request.headers, query: url.searchParams }
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  if (request.headers['content-encoding']?.includes('aws-chunked')) throw new Error('the fake reads no chunked bodies')
  fake.requests.push(asked)
  const count = (counts.get(`${asked.method} ${key}`) ?? 0) + 1
  counts.set(`${asked.method} ${key}`, count)
  const delay = fake.delayMs()
  if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
  const fault = fake.fault(asked, count)
  const work = (): Answer =>
    name === bucket ? perform(fake, asked, Buffer.concat(chunks)) : s3Error(404, 'NoSuchBucket')
  send(response, fault ? spoilt(fault, work) : work())
}

/** `null` is no answer at all. */
type Answer = { status: number; headers: Record<string, string>; body: Buffer | string; end?: 'reset' | 'cut' } | null

function send(response: ServerResponse, answer: Answer): void {
  if (!answer) return
  if (answer.end === 'reset') {
    response.destroy()
    return
  }
  const length = Buffer.byteLength(answer.body)
  const type = { 'content-type': 'application/xml' }
  response.writeHead(answer.status, { ...type, 'content-length': String(length), ...answer.headers })
  if (answer.end === 'cut') response.write(answer.body.slice(0, length >> 1), () => response.destroy())
  else response.end(answer.body)
}

function spoilt(fault: Fault, work: () => Answer): Answer {
  if ('status' in fault) {
    if (fault.commit) work()
    const error = s3Error(fault.status, fault.code)
    return { ...error, headers: { ...error.headers, ...fault.headers } }
  }
  const needsWork = fault.commit || fault.kind === 'cut' || fault.kind === 'truncatedList'
  const done = needsWork ? work() : null
  return answers[fault.kind](done)
}

const empty = { status: 200, headers: {}, body: '' }

const answers: Record<Extract<Fault, { kind: string }>['kind'], (done: Answer) => Answer> = {
  html: () => ({ ...empty, headers: { 'content-type': 'text/html', etag: '"page"' }, body: '<html>Log in</html>' }),
  junk: () => ({ ...empty, headers: { 'content-type': 'application/json', etag: '"junk"' }, body: '{}' }),
  noEtag: () => empty,
  reset: () => ({ ...empty, end: 'reset' }),
  cut: (done) => done && { ...done, end: 'cut' },
  truncatedList: (done) => done && { ...done, body: done.body.toString().replace(/<Contents>.*?<\/Contents>/, '') },
  mute: () => null,
}

function perform(fake: FakeS3, { method, key, headers, query }: FakeRequest, body: Buffer): NonNullable<Answer> {
  if (key === '?list') return list(fake, query)
  const stored = fake.objects.get(key)
  if (method === 'PUT') {
    if (headers['if-none-match'] === '*') {
      if (fake.conditional === 'refused') return s3Error(501, 'NotImplemented')
      if (fake.conditional === 'yes' && stored) return s3Error(412, 'PreconditionFailed')
    }
    if (stored && !stored.equals(body)) fake.overwritten++
    fake.objects.set(key, body)
    return { status: 200, headers: { etag: etagOf(body) }, body: '' }
  }
  if (method === 'DELETE') {
    fake.objects.delete(key)
    return { status: 204, headers: {}, body: '' }
  }
  if (!stored) return s3Error(404, 'NoSuchKey')
  return { status: 200, headers: { etag: etagOf(stored), 'content-type': 'application/json' }, body: stored }
}

function list(fake: FakeS3, query: URLSearchParams): NonNullable<Answer> {
  const prefix = query.get('prefix') ?? ''
  const after = query.get('continuation-token') ?? ''
  const folders = query.get('delimiter') === '/'
  const all = [...fake.objects.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const slash = folders ? key.indexOf('/', prefix.length) : -1
      return slash < 0 ? key : key.slice(0, slash + 1)
    })
  const names = [...new Set(all)].sort().filter((name) => name > after)
  const page = names.slice(0, fake.pageSize)
  const truncated = names.length > page.length
  const entry = (name: string): string =>
    folders && name.endsWith('/')
      ? `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${name}</Key><Size>1</Size></Contents>`
  const token = truncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
  const head = `<Name>bucket</Name><Prefix>${prefix}</Prefix><KeyCount>${page.length}</KeyCount><IsTruncated>${truncated}</IsTruncated>`
  const body = `<ListBucketResult>${head}${token}${page.map(entry).join('')}</ListBucketResult>`
  return { status: 200, headers: {}, body }
}

function s3Error(status: number, code: string): NonNullable<Answer> {
  return { status, headers: {}, body: `<Error><Code>${code}</Code><Message>the fake says ${code}</Message></Error>` }
}

function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`
}
