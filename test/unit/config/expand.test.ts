import { expect } from 'chai'

import { expandSettings, ExpansionError, plainSecrets } from '../../../src/config/expand.js'

const files: Record<string, string> = { 'secrets/url': 'https://hooks.example.com/services/FROM-FILE' }
const sources = {
  env: { TOKEN: 't0ken-value', HOST: 'smtp.example.com', EMPTY: '' },
  readSecret: async (file: string) => {
    if (files[file] === undefined) throw new Error('it does not exist')
    return files[file]
  },
}
const expand = (settings: Record<string, unknown>) => expandSettings(settings, sources)

async function problem(settings: Record<string, unknown>): Promise<{ path: string; message: string }> {
  try {
    await expand(settings)
  } catch (error) {
    if (error instanceof ExpansionError) return { path: error.path.join('.'), message: error.message }
    throw error
  }
  return expect.fail('accepted')
}

describe('secrets in settings', () => {
  it('take the place of ${NAME}, within a text, a list and a mapping', async () => {
    const { settings, secrets } = await expand({
      webhook_url: 'https://hooks/${TOKEN}/x',
      headers: { Authorization: 'Bearer ${TOKEN}' },
      to: ['a@${HOST}'],
      port: 587,
      tls: true,
      nothing: null,
    })
    expect(settings).to.deep.equal({
      webhook_url: 'https://hooks/t0ken-value/x',
      headers: { Authorization: 'Bearer t0ken-value' },
      to: ['a@smtp.example.com'],
      port: 587,
      tls: true,
      nothing: null,
    })
    expect(secrets).to.have.members([
      't0ken-value',
      'https://hooks/t0ken-value/x',
      'Bearer t0ken-value',
      'smtp.example.com',
    ])
  })

  it('are $$ for a dollar sign, and a dollar sign alone is one', async () => {
    const { settings } = await expand({ a: '$${TOKEN}', b: 'US$5', c: '$TOKEN', d: '$$$${TOKEN}', e: '$$${TOKEN}' })
    expect(settings).to.deep.equal({ a: '${TOKEN}', b: 'US$5', c: '$TOKEN', d: '$${TOKEN}', e: '$t0ken-value' })
  })

  it('come from KEY_file as KEY, but ca_file stays a file', async () => {
    const { settings, secrets } = await expand({ webhook_url_file: 'secrets/url', ca_file: 'ca.pem' })
    expect(settings).to.deep.equal({ webhook_url: files['secrets/url'], ca_file: 'ca.pem' })
    expect(secrets).to.deep.equal([files['secrets/url']])
  })

  it('count by the key that they stand under, also as numbers', async () => {
    const { secrets } = await expand({
      password: 12345678,
      hmac: { secret: 'deep' },
      tokens: { api_token: ['x', 'y'] },
      host: 'h',
    })
    expect(secrets).to.have.members(['12345678', 'deep', 'x', 'y'])
    expect(
      plainSecrets(
        { ops: { bot_token: 'xoxb', webhook_url: 'https://h/${NOT_SET}', to: ['a', 'b@${HOST}'] } },
        sources.env,
      ),
    ).to.deep.equal(['xoxb', 'smtp.example.com'])
  })

  const refused: [settings: Record<string, unknown>, path: string, message: RegExp][] = [
    [{ headers: { 'X-A': 'a ${NOT_SET}' } }, 'headers.X-A', /^the variable NOT_SET is not set$/],
    [{ to: ['${EMPTY}'] }, 'to.0', /^the variable EMPTY is empty$/],
    [{ a: '${TOKEN' }, 'a', /must follow/],
    [{ a: '${A-B}' }, 'a', /must follow/],
    [{ password_file: 'missing' }, 'password_file', /^missing: it does not exist$/],
    [{ password_file: 7 }, 'password_file', /^it must be the path of a file$/],
    [{ password: 'x', password_file: 'secrets/url' }, 'password_file', /are both given/],
  ]
  for (const [settings, path, message] of refused)
    it(`are refused as ${JSON.stringify(settings)}`, async () => {
      const found = await problem(settings)
      expect(found.path).to.equal(path)
      expect(found.message).to.match(message)
    })

  it('keep a key named __proto__ a key', async () => {
    const { settings } = await expand(JSON.parse('{"__proto__": {"a": "${TOKEN}"}}') as Record<string, unknown>)
    expect(Object.keys(settings)).to.deep.equal(['__proto__'])
    expect(({} as { a?: string }).a).to.equal(undefined)
  })
})
