import { connect as connectSocket } from 'node:net'
import { createServer as createHttp } from 'node:http'
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { openCluster } from '../../../src/cluster/open.js'
import { proxyFor } from '../../../src/cluster/proxy.js'
import { kubeconfigText } from '../../helpers/fake-api.js'
import { rejection } from '../../helpers/rejection.js'

describe('proxyFor', () => {
  const proxy = 'http://proxy:3128'
  const cases: [string, Record<string, string>, boolean][] = [
    ['https://api.example:6443', { HTTPS_PROXY: proxy }, true],
    ['https://api.example:6443', { https_proxy: 'proxy:3128' }, true],
    ['https://api.example:6443', { HTTP_PROXY: proxy }, false],
    ['https://localhost:6443', { HTTPS_PROXY: proxy }, false],
    ['https://127.0.0.1:6443', { HTTPS_PROXY: proxy }, false],
    ['https://[::1]:6443', { HTTPS_PROXY: proxy }, false],
    ['https://10.1.2.3', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, false],
    ['https://11.1.2.3', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8,nonsense/99' }, true],
    ['https://api.example', { HTTPS_PROXY: proxy, NO_PROXY: 'example' }, false],
    ['https://notexample', { HTTPS_PROXY: proxy, NO_PROXY: 'example' }, true],
    ['https://example', { HTTPS_PROXY: proxy, NO_PROXY: '.example' }, true],
    ['https://a.example', { HTTPS_PROXY: proxy, NO_PROXY: '*.example' }, false],
    ['https://a.example:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'a.example:443' }, true],
    ['https://a.example', { HTTPS_PROXY: proxy, NO_PROXY: ' x, a.example:443 ' }, false],
    ['https://a.example', { HTTPS_PROXY: proxy, NO_PROXY: '*' }, false],
  ]
  for (const [server, env, used] of cases) {
    it(`${server} with ${JSON.stringify(env)} → ${used}`, () => {
      expect(proxyFor(new URL(server), { env })?.host).to.equal(used ? 'proxy:3128' : undefined)
    })
  }

  it('takes the kubeconfig’s proxy-url before everything', () => {
    expect(
      proxyFor(new URL('https://localhost'), { proxyUrl: 'http://other:1', env: { NO_PROXY: '*' } })?.host,
    ).to.equal('other:1')
  })
})

describe('a proxy', () => {
  let folder: string
  const servers: { close(done: () => void): unknown }[] = []
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-proxy-'))
  })
  after(async () => {
    for (const server of servers) await new Promise<void>((resolve) => server.close(resolve))
    await rm(folder, { recursive: true })
  })

  async function listen(server: Server): Promise<number> {
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }

  async function versionThrough(port: number, target: string): Promise<Error> {
    const kubeconfig = path.join(folder, 'config')
    await writeFile(kubeconfig, kubeconfigText(target, {}, { 'proxy-url': `http://user:CANARY@127.0.0.1:${port}` }))
    const cluster = await openCluster({ kubeconfig, env: {}, homedir: folder, requestTimeoutMs: 3_000 })
    const error = await rejection(cluster.reader.version())
    cluster.close()
    return error
  }

  it('is asked for a tunnel with its credential, and TLS begins inside', async () => {
    // What stands behind the proxy does not speak TLS, and the error says so: the tunnel was used.
    const plain = await listen(
      createTcp((socket) =>
        socket.on('error', () => undefined).once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
      ),
    )
    const asked: string[] = []
    const proxy = createHttp()
    proxy.on('connect', (request, socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization']}`)
      const through = connectSocket(plain, '127.0.0.1', () =>
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
      )
      through.pipe(socket).pipe(through)
      through.on('error', () => socket.destroy())
      socket.on('error', () => through.destroy())
    })
    const error = await versionThrough(await listen(proxy), 'https://api.example:6443')
    expect(asked[0]).to.equal(`api.example:6443 Basic ${btoa('user:CANARY')}`)
    expect(error.message, JSON.stringify(error)).to.include('api.example:6443').and.include('does not speak TLS')
  })

  it('that refuses is named, without its password', async () => {
    const proxy = createHttp()
    proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'))
    const port = await listen(proxy)
    const error = await versionThrough(port, 'https://api.example:6443')
    expect(error.message).to.include(`the proxy 127.0.0.1:${port} answered CONNECT with 407`)
    expect(error.message).to.not.include('CANARY')
  })

  it('that is not there is named', async () => {
    const error = await versionThrough(1, 'https://api.example:6443')
    expect(error.message).to.include('the proxy 127.0.0.1:1 did not answer')
  })
})
