import { expect } from 'chai'

import { proxyFor } from '../../../../src/alerts/http/proxy.js'

describe('the proxy of an alert', () => {
  const proxy = 'http://proxy.example:3128'
  const cases: [string, Record<string, string>, boolean][] = [
    ['https://hooks.example/x', { HTTPS_PROXY: proxy }, true],
    ['https://hooks.example/x', { https_proxy: 'proxy.example:3128' }, true],
    ['https://hooks.example/x', { HTTP_PROXY: proxy }, false],
    ['http://hooks.example/x', { http_proxy: proxy }, true],
    ['https://hooks.example/x', { HTTPS_PROXY: '' }, false],
    ['https://localhost/x', { HTTPS_PROXY: proxy }, false],
    ['https://127.0.0.1/x', { HTTPS_PROXY: proxy }, false],
    ['https://a.hooks.example/x', { HTTPS_PROXY: proxy, NO_PROXY: 'x,hooks.example' }, false],
    ['https://a.hooks.example/x', { HTTPS_PROXY: proxy, no_proxy: '.hooks.example' }, false],
    ['https://hooks.example/x', { HTTPS_PROXY: proxy, NO_PROXY: '.hooks.example' }, true],
    ['https://hooks.example./x', { HTTPS_PROXY: proxy, NO_PROXY: 'hooks.example' }, false],
    ['https://hooks.example/x', { HTTPS_PROXY: proxy, NO_PROXY: 'hooks.example:8443' }, true],
    ['https://hooks.example:8443/x', { HTTPS_PROXY: proxy, NO_PROXY: 'hooks.example:8443' }, false],
    ['https://10.1.2.3/x', { HTTPS_PROXY: proxy, NO_PROXY: 'y z 10.0.0.0/8' }, false],
    ['https://[fd00::1]/x', { HTTPS_PROXY: proxy, NO_PROXY: 'fd00::/8' }, false],
    ['https://hooks.example/x', { HTTPS_PROXY: proxy, NO_PROXY: '*' }, false],
  ]
  for (const [url, env, used] of cases) {
    it(`${url} with ${JSON.stringify(env)} → ${used}`, () =>
      expect(proxyFor(new URL(url), env)?.place).to.equal(used ? 'proxy.example:3128' : undefined))
  }

  it('keeps the credentials apart from what is shown', () => {
    const found = proxyFor(new URL('https://hooks.example'), { HTTPS_PROXY: 'https://me:p%40ss%zz@proxy.example/' })
    expect(found).to.deep.equal({
      url: 'https://proxy.example',
      place: 'proxy.example:443',
      authorization: `Basic ${Buffer.from('me:p%40ss%zz').toString('base64')}`,
    })
    const plain = proxyFor(new URL('https://hooks.example'), { HTTPS_PROXY: 'me:p%40ss@proxy.example:1' })
    expect(plain?.authorization).to.equal(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  })

  it('refuses what is no proxy without showing it', () => {
    for (const value of ['socks5://me:geheim@proxy:1080', 'http://me:geheim@', '://geheim']) {
      expect(() => proxyFor(new URL('https://hooks.example'), { HTTPS_PROXY: value }))
        .to.throw('HTTPS_PROXY does not name a proxy that can be used')
        .that.satisfies((error: Error & { permanent: boolean }) => error.permanent && !error.message.includes('geheim'))
    }
  })
})
