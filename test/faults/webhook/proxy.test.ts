/** The HTTP sender through a proxy of the environment. */
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

import { expect } from 'chai'

import { selfSigned } from '../../../plugins/plugin-sandbox/src/certificate.js'
import type { SendFailure } from '../../../src/alerts/http/failure.js'
import { createHttpSender, type HttpSenderOptions } from '../../../src/alerts/http/sender.js'
import { type Sink, startSink } from '../../helpers/http-sink.js'

describe('the HTTP sender and proxies', () => {
  const own = selfSigned(new Date())
  let sink: Sink
  let proxy: Server
  let port: number
  let asked: { target: string; authorization: string | undefined }[]
  let status: number
  const sockets = new Set<Socket>()

  beforeEach(async () => {
    sink = await startSink(undefined, { tls: own })
    asked = []
    status = 200
    proxy = createServer().on('connect', (request, socket: Socket) => {
      sockets.add(socket)
      asked.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] })
      if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
      // Whatever the name, it leads to this machine: a proxy resolves names itself.
      const inner = connect(Number(request.url?.split(':').pop()), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        inner.pipe(socket).pipe(inner)
      })
      inner.on('error', () => socket.destroy())
      socket.on('error', () => inner.destroy())
      return undefined
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    port = (proxy.address() as AddressInfo).port
  })
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    await sink.close()
    await new Promise((resolve) => proxy.close(resolve))
  })

  const send = (url: string, options: Partial<HttpSenderOptions> = {}) =>
    createHttpSender({
      timeoutMs: 5000,
      ca: own.cert,
      env: { HTTPS_PROXY: `http://me:p%40ss-geheim@127.0.0.1:${port}` },
      resolve: () => Promise.reject(new Error('resolved here')),
      signal: new AbortController().signal,
      ...options,
    })({ url, body: 'x' })
  const failure = (url: string, options: Partial<HttpSenderOptions> = {}): Promise<SendFailure> =>
    send(url, options).then(
      () => {
        throw new Error('answered')
      },
      (error: SendFailure) => error,
    )

  it('tunnels with the credentials of the variable, resolves nothing here and checks the certificate of the far end', async () => {
    const error = await failure(`https://hooks.example:${sink.port}/geheim`)
    expect(error.message).to.equal(
      `hooks.example:${sink.port} through the proxy 127.0.0.1:${port}: its certificate is for another host name`,
    )
    expect(error.permanent).to.equal(true)
    expect(asked).to.deep.equal([
      {
        target: `hooks.example:${sink.port}`,
        authorization: `Basic ${Buffer.from('me:p@ss-geheim').toString('base64')}`,
      },
    ])
    expect(sink.requests).to.have.length(0)
  })

  it('sends through the tunnel what it sends directly', async () => {
    const plain = await startSink()
    const env = { HTTP_PROXY: `127.0.0.1:${port}` }
    const response = await send(`http://hooks.example:${plain.port}/a?b=c`, { env, allowPrivate: true })
    expect(response).to.include({ status: 200, body: 'ok' })
    expect(asked).to.deep.equal([{ target: `hooks.example:${plain.port}`, authorization: undefined }])
    expect(plain.requests[0]).to.include({ method: 'POST', path: '/a?b=c', body: 'x' })
    expect(plain.requests[0]!.headers).to.include({ host: `hooks.example:${plain.port}` })
    await plain.close()
  })

  it('never uses it for this machine', async () => {
    expect((await send(`https://127.0.0.1:${sink.port}/`, { allowPrivate: true })).status).to.equal(200)
    expect(asked).to.deep.equal([])
  })

  it('refuses names and addresses of this machine and private networks behind a proxy too', async () => {
    for (const host of [
      'localhost',
      'a.localhost',
      '127.0.0.1',
      '10.0.0.1',
      '169.254.169.254',
      'metadata.google.internal',
    ]) {
      expect((await failure(`https://${host}:${sink.port}/`)).message).to.include('is refused')
    }
    expect(asked).to.deep.equal([])
  })

  it('goes directly where NO_PROXY says so', async () => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: `hooks.example:${sink.port}` }
    const resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }])
    const error = await failure(`https://hooks.example:${sink.port}/`, { env, resolve, allowPrivate: true })
    expect(error.message).to.equal(`hooks.example:${sink.port}: its certificate is for another host name`)
    expect(asked).to.deep.equal([])
  })

  it('says what the proxy answered, and shows none of its credentials', async () => {
    const words: [number, string, boolean][] = [
      [407, 'the proxy answered 407; it wants a user name and password within its address', true],
      [403, 'the proxy answered 403', true],
      [502, 'the proxy answered 502', false],
    ]
    for (const [answer, said, permanent] of words) {
      status = answer
      const error = await failure(`https://hooks.example:${sink.port}/geheim`)
      expect(error.message).to.equal(`hooks.example:${sink.port} through the proxy 127.0.0.1:${port}: ${said}`)
      expect(error.permanent).to.equal(permanent)
    }
  })

  it('says so when the proxy is not there or mute', async () => {
    const gone = await startSink()
    await gone.close()
    const mute = await startSink(() => undefined)
    const error = await failure('https://hooks.example/x', {
      env: { https_proxy: `http://me:geheim@127.0.0.1:${gone.port}` },
    })
    expect(error.message).to.equal(
      `hooks.example:443 through the proxy 127.0.0.1:${gone.port}: nothing listens there (connection refused)`,
    )
    const late = await failure('https://hooks.example/x', {
      env: { https_proxy: `http://127.0.0.1:${mute.port}` },
      timeoutMs: 200,
    })
    expect(late.message).to.include('gave no whole answer within 200ms').and.include('through the proxy')
    await mute.close()
  })
})
