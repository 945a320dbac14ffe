/** The HTTP sender against servers that misbehave. */
import { gzipSync } from 'node:zlib'

import { expect } from 'chai'

import type { HttpRequest } from '../../../plugins/plugin-kit/src/index.js'
import { selfSigned } from '../../../plugins/plugin-sandbox/src/certificate.js'
import type { SendFailure } from '../../../src/alerts/http/failure.js'
import { createHttpSender, type HttpSenderOptions } from '../../../src/alerts/http/sender.js'
import { type Behaviour, type Sink, type SinkOptions, startSink } from '../../helpers/http-sink.js'

describe('the HTTP sender', function () {
  this.timeout(30_000)
  const sinks: Sink[] = []
  const sink = async (behaviour?: Behaviour, options?: SinkOptions): Promise<Sink> => {
    const started = await startSink(behaviour, options)
    sinks.push(started)
    return started
  }
  afterEach(async () => {
    await Promise.all(sinks.splice(0).map((each) => each.close()))
  })

  const sender = (options: Partial<HttpSenderOptions> = {}) =>
    createHttpSender({ timeoutMs: 5000, allowPrivate: true, signal: new AbortController().signal, ...options })
  const failure = async (request: HttpRequest, options: Partial<HttpSenderOptions> = {}): Promise<SendFailure> =>
    sender(options)(request).then(
      (response) => {
        throw new Error(`answered ${response.status}`)
      },
      (error: SendFailure) => error,
    )
  const post = (url: string): HttpRequest => ({ url, body: '{"a":1}', headers: { 'content-type': 'application/json' } })

  it('sends a request as it is told and gives the answer', async () => {
    const { url, requests } = await sink((response) => {
      response
        .writeHead(
          202,
          [
            ['x-one', 'a'],
            ['x-one', 'b'],
            ['retry-after', '7'],
          ].flat(),
        )
        .end('tåken')
    })
    const response = await sender({ userAgent: 'arbk8s/1' })(post(`${url}/hook?key=1`))
    expect(response).to.deep.include({ status: 202, body: 'tåken', temporary: false, retry_after_seconds: 7 })
    expect(response.headers).to.include({ 'x-one': 'a, b' })
    expect(requests).to.have.length(1)
    expect(requests[0]).to.deep.include({ method: 'POST', path: '/hook?key=1', body: '{"a":1}' })
    expect(requests[0]!.headers).to.include({
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'arbk8s/1',
      connection: 'close',
    })
  })

  it('tells passing answers from lasting ones', async () => {
    const statuses = [200, 204, 301, 400, 401, 404, 408, 410, 413, 425, 429, 500, 503, 504]
    const { url } = await sink((response, index) => response.writeHead(statuses[index]!).end())
    const temporary: number[] = []
    for (const status of statuses) {
      const response = await sender()(post(url))
      expect(response.status).to.equal(status)
      if (response.temporary) temporary.push(status)
    }
    expect(temporary).to.deep.equal([408, 425, 429, 500, 503, 504])
  })

  it('follows no redirect: the second host sees nothing', async () => {
    const second = await sink()
    for (const status of [301, 302, 303, 307, 308]) {
      const first = await sink((response) => response.writeHead(status, { location: `${second.url}/stolen` }).end())
      expect((await sender()(post(first.url))).status).to.equal(status)
    }
    expect(second.connections()).to.equal(0)
  })

  it('ends at its deadline with a server that is mute, slow with its headers or drips its body', async () => {
    const mute = await sink(() => undefined)
    const drip = await sink((response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    })
    for (const { url, port } of [mute, drip]) {
      const error = await failure(post(`${url}/secret-path`), { timeoutMs: 200 })
      expect(error.message).to.equal(`127.0.0.1:${port} gave no whole answer within 200ms`)
      expect(error.permanent).to.equal(false)
    }
  })

  it('ends when it is interrupted', async () => {
    const { url } = await sink(() => undefined)
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 50)
    expect((await failure(post(url), { signal: controller.signal })).message).to.include('interrupted')
    expect((await failure(post(url), { signal: AbortSignal.abort() })).message).to.include('interrupted')
  })

  it('reads 64 KiB of an answer of 1 GB and closes the connection', async () => {
    let written = 0
    let closed: Promise<void> | undefined
    const chunk = Buffer.alloc(64 * 1024, 'å')
    const { url } = await sink((response) => {
      response.writeHead(200, { 'content-length': String(1024 ** 3) })
      closed = new Promise((resolve) => response.on('close', resolve))
      const more = (): void => {
        while (!response.destroyed && written < 1024 ** 3) {
          written += chunk.length
          if (!response.write(chunk)) return void response.once('drain', more)
        }
      }
      more()
    })
    const { body } = await sender()(post(url))
    expect(body).to.equal('å'.repeat(32 * 1024))
    await closed
    expect(written).to.be.lessThan(64 * 1024 ** 2)
  })

  it('unpacks nothing: a packed answer has no text and costs nothing', async () => {
    const bomb = gzipSync(Buffer.alloc(300 * 1024 ** 2))
    expect(bomb.length).to.be.lessThan(400 * 1024)
    const { url, requests } = await sink((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    )
    global.gc?.()
    const before = process.memoryUsage().rss
    for (let i = 0; i < 5; i++) expect(await sender()(post(url))).to.deep.include({ status: 200, body: '' })
    expect(process.memoryUsage().rss - before).to.be.lessThan(50 * 1024 ** 2)
    expect(requests[0]!.headers['accept-encoding']).to.equal('identity')
  })

  it('says in words what became of a connection, without path, query or header', async () => {
    const gone = await sink()
    await gone.close()
    const cut = await sink((response) => void response.socket?.destroy())
    const garbage = await sink((response) => void response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n'))
    const headers = await sink((response) => response.writeHead(200, { big: 'x'.repeat(100_000) }).end())
    const short = await sink((response) => {
      response.writeHead(200, { 'content-length': '100' }).write('x')
      setTimeout(() => response.socket?.destroy(), 20)
    })
    const words: [Sink, string][] = [
      [gone, 'nothing listens there (connection refused)'],
      [cut, 'the connection was cut'],
      [garbage, 'what it answered is not HTTP'],
      [headers, 'its answer has too many headers'],
      [short, 'its answer is not as long as it says'],
    ]
    for (const [{ url, port }, word] of words) {
      const request = { ...post(`${url}/services/geheim?token=geheim`), headers: { authorization: 'Bearer geheim' } }
      const error = await failure(request)
      expect({ ...error, message: error.message }).to.deep.equal({
        permanent: false,
        message: `127.0.0.1:${port}: ${word}`,
      })
    }
  })

  it('tries no name that cannot be resolved as if it were wrong for ever', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('getaddrinfo geheim'), { code: 'EAI_AGAIN' }))
    const error = await failure(post('https://hooks.example/geheim'), { resolve })
    expect(error.message).to.equal('hooks.example:443: its name cannot be resolved just now')
    expect(error.permanent).to.equal(false)
  })

  it('refuses addresses and headers that are wrong, without showing them', async () => {
    const wrong: [HttpRequest, string][] = [
      [post('geheim'), 'the address is not an https:// URL'],
      [post('ftp://geheim/'), 'the address is not an https:// URL'],
      [post('https://geheim:geheim@hooks.example/geheim'), 'hooks.example:443 holds a login'],
      [{ ...post('https://hooks.example/'), headers: { 'x-a': 'geheim\r\nx-b: 1' } }, 'the header "x-a" is not one'],
      [{ ...post('https://hooks.example/'), headers: { 'x a': 'geheim' } }, 'the header "x a" is not one'],
      [{ ...post('https://hooks.example/'), headers: { Host: 'geheim' } }, 'Host is the connection'],
      [{ ...post('https://hooks.example/'), headers: { 'Transfer-Encoding': 'geheim' } }, 'Transfer-Encoding is the'],
      [{ ...post('https://hooks.example/'), headers: { 'Proxy-Authorization': 'geheim' } }, 'Proxy-Authorization is'],
    ]
    for (const [request, words] of wrong) {
      const error = await failure(request)
      expect(error.message).to.include(words).and.not.include('geheim')
      expect(error.permanent).to.equal(true)
    }
  })

  it('masks what it rejects with', async () => {
    const mask = (text: string): string => text.replace('hooks.example', '***')
    expect((await failure(post('http://hooks.example'), { allowPrivate: false, mask })).message).to.include('***:80')
  })

  describe('over TLS', () => {
    const own = selfSigned(new Date())

    it('trusts the authority of the channel and no other', async () => {
      const { port } = await sink(undefined, { tls: own })
      expect((await sender({ ca: own.cert })(post(`https://localhost:${port}`))).status).to.equal(200)
      const other = selfSigned(new Date()).cert
      for (const ca of [undefined, other]) {
        const error = await failure(post(`https://localhost:${port}`), { ca })
        expect(error.message).to.match(/^localhost:\d+: its certificate is not signed by an authority that is trusted/)
        expect(error.permanent).to.equal(true)
      }
    })

    it('does not let NODE_TLS_REJECT_UNAUTHORIZED weaken it', async () => {
      const { port } = await sink(undefined, { tls: own })
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
      try {
        expect((await failure(post(`https://localhost:${port}`))).permanent).to.equal(true)
      } finally {
        delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      }
    })

    it('refuses an expired certificate, one of another name, and a server without TLS', async () => {
      const old = selfSigned(new Date(Date.now() - 10 * 86_400_000), 1)
      const expired = await sink(undefined, { tls: old })
      const named = await sink(undefined, { tls: own })
      const plain = await sink()
      const resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }])
      const cases: [string, string, string][] = [
        [`https://localhost:${expired.port}`, old.cert, 'its certificate has expired'],
        [`https://hooks.example:${named.port}`, own.cert, 'its certificate is for another host name'],
        [`https://localhost:${plain.port}`, own.cert, 'it does not speak TLS'],
      ]
      for (const [url, ca, words] of cases) {
        const error = await failure(post(url), { ca, resolve })
        expect(error.message).to.include(words)
        expect(error.permanent).to.equal(true)
      }
    })
  })
})
