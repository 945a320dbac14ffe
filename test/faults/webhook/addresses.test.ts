/** No URL, name or resolver leads the HTTP sender to a private address. */
import { expect } from 'chai'

import type { SendFailure } from '../../../src/alerts/http/failure.js'
import { createAddressLookup, type HostAddress, type Resolve } from '../../../src/alerts/http/lookup.js'
import { createHttpSender, type HttpSenderOptions } from '../../../src/alerts/http/sender.js'
import { type Sink, startSink } from '../../helpers/http-sink.js'
import { selfSigned } from '../../../plugins/plugin-sandbox/src/certificate.js'

const v4 = (address: string): HostAddress => ({ address, family: 4 })
const v6 = (address: string): HostAddress => ({ address, family: 6 })

/** `PORT` is the port of a listener on this machine. */
const corpus = [
  'https://127.0.0.1:PORT/',
  'https://127.1:PORT/',
  'https://127.0.0.1.:PORT/',
  'https://2130706433:PORT/',
  'https://0x7f.1:PORT/',
  'https://0x7f000001:PORT/',
  'https://0177.0.0.1:PORT/',
  'https://①②⑦.0.0.1:PORT/',
  'https://0:PORT/',
  'https://0.0.0.0:PORT/',
  'https://[::1]:PORT/',
  'https://[::]:PORT/',
  'https://[::ffff:127.0.0.1]:PORT/',
  'https://[::ffff:7f00:1]:PORT/',
  'https://[64:ff9b::7f00:1]:PORT/',
  'https://[2002:7f00:1::]:PORT/',
  'https://localhost:PORT/',
  'https://LOCALHOST:PORT/',
  'https://localhost.:PORT/',
  'https://any.localhost:PORT/',
  'https://inside4.example:PORT/',
  'https://inside6.example:PORT/',
  'https://mapped.example:PORT/',
  'https://mixed.example:PORT/',
  'https://metadata.google.internal:PORT/',
  'https://169.254.169.254:PORT/latest/meta-data/',
  'https://[fd00:ec2::254]:PORT/',
  'https://10.0.0.1:PORT/',
  'https://192.168.0.1:PORT/',
  'https://100.100.100.200:PORT/',
  'http://inside4.example:PORT/',
  'http://127.0.0.1:PORT/',
  'https://hooks.example@127.0.0.1:PORT/',
  'https://127.0.0.1:PORT\\@hooks.example/',
  'ftp://127.0.0.1:PORT/',
  'file:///etc/passwd',
]

const names: Record<string, HostAddress[]> = {
  'inside6.example': [v6('::1')],
  'mapped.example': [v6('::ffff:127.0.0.1')],
  'mixed.example': [v4('8.8.8.8'), v4('127.0.0.1')],
}
/** Whatever has no entry leads inside: nothing in the corpus may depend on a resolver that fails. */
const resolve: Resolve = (name) => Promise.resolve(names[name] ?? [v4('127.0.0.1')])

describe('the HTTP sender and private addresses', () => {
  const own = selfSigned(new Date())
  let inside: Sink
  let plain: Sink
  beforeEach(async () => {
    inside = await startSink(undefined, { tls: own })
    plain = await startSink()
  })
  afterEach(() => Promise.all([inside.close(), plain.close()]))

  const failure = async (url: string, options: Partial<HttpSenderOptions> = {}): Promise<SendFailure> =>
    createHttpSender({ timeoutMs: 2000, ca: own.cert, resolve, signal: new AbortController().signal, ...options })({
      url,
      body: 'x',
    }).then(
      ({ status }) => {
        throw new Error(`${url} answered ${status}`)
      },
      (error: SendFailure) => error,
    )

  it(`refuses ${corpus.length} URLs, and nothing connects`, async () => {
    for (const url of corpus) {
      for (const port of [inside.port, plain.port]) {
        const error = await failure(url.replace('PORT', String(port)))
        expect(error.permanent, `${url}: ${error.message}`).to.equal(true)
        expect(error.message).to.match(/is refused|is not an https:|is http:|holds a login/)
      }
    }
    expect([inside.connections(), plain.connections()]).to.deep.equal([0, 0])
  })

  it('would have connected to them where private addresses are allowed', async () => {
    const send = createHttpSender({
      ...{ timeoutMs: 2000, ca: own.cert, resolve, signal: new AbortController().signal },
      allowPrivate: true,
    })
    for (const url of ['https://127.1:PORT/', 'https://2130706433:PORT/', 'https://localhost:PORT/']) {
      expect((await send({ url: url.replace('PORT', String(inside.port)), body: 'x' })).status).to.equal(200)
    }
    expect((await send({ url: `http://inside4.example:${plain.port}/`, body: 'x' })).status).to.equal(200)
    expect([inside.requests.length, plain.requests.length]).to.deep.equal([3, 1])
  })

  it('connects to the very address that was looked at: a resolver that answers otherwise the second time changes nothing', async () => {
    for (let i = 1; i <= 20; i++) {
      let calls = 0
      const send = createHttpSender({
        ...{ timeoutMs: 2000, allowPrivate: true, signal: new AbortController().signal },
        resolve: () => Promise.resolve([v4(calls++ === 0 ? '127.0.0.1' : '127.0.0.2')]),
      })
      expect((await send({ url: `http://pinned${i}.example:${plain.port}/`, body: 'x' })).status).to.equal(200)
      expect(calls).to.equal(1)
      expect(plain.requests.at(-1)!.headers.host).to.equal(`pinned${i}.example:${plain.port}`)
    }
    expect(plain.requests.length).to.equal(20)
  })

  it('gives other protocols addresses by the same rules', async () => {
    const lookup = (options = {}) =>
      createAddressLookup({ timeoutMs: 100, resolve, signal: new AbortController().signal, ...options })
    for (const name of [
      'localhost',
      'localhost.',
      'inside4.example',
      'mixed.example',
      '127.0.0.1',
      '::1',
      '10.0.0.1',
    ]) {
      const error = await lookup()(name).then(
        () => new Error('allowed'),
        (reason: Error) => reason,
      )
      expect(error.message).to.include(`${name} is refused`)
      expect(error).to.have.property('permanent', true)
    }
    expect(await lookup({ allowPrivate: true })('mixed.example')).to.deep.equal([v4('8.8.8.8'), v4('127.0.0.1')])
    expect(await lookup()('8.8.8.8')).to.deep.equal([v4('8.8.8.8')])
    const outcomes: [Resolve, string, boolean][] = [
      [() => new Promise(() => undefined), 'x.example: its name was not resolved within 100ms', false],
      [() => Promise.resolve([]), 'x.example: its name has no address', false],
      [
        () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })),
        'x.example: its name cannot be resolved',
        false,
      ],
    ]
    for (const [way, message, permanent] of outcomes) {
      const error = await lookup({ resolve: way })('x.example').catch((reason: SendFailure) => reason)
      expect(error).to.deep.include({ message, permanent })
    }
  })
})
