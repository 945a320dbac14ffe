import { expect } from 'chai'

import { createMasker } from '../../../src/base/masker.js'
import { shownUrl } from '../../../src/base/secret-forms.js'

const hidden = '********'

/** A value with every character that some spelling writes in another way. */
const hard = `CANARY-9f3a & <it's "x"> 50%/ä+\\ =end`

const spellings: Record<string, (secret: string) => string> = {
  'as it is': (secret) => secret,
  'in JSON': (secret) => JSON.stringify({ a: secret }),
  'in JSON within JSON': (secret) => JSON.stringify({ a: JSON.stringify({ b: secret }) }),
  'in JSON within JSON within JSON': (secret) => JSON.stringify(JSON.stringify(JSON.stringify({ a: secret }))),
  'as a URL component': encodeURIComponent,
  'as a URL path': encodeURI,
  'as a form field': (secret) => new URLSearchParams({ a: secret }).toString(),
  'URL-encoded in small letters': (secret) => encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
  'in HTML': (secret) =>
    secret
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
  'in Slack text': (secret) => secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  'in CSV': (secret) => `"${secret.replaceAll('"', '""')}"`,
  'in base64': (secret) => Buffer.from(secret).toString('base64'),
  'in base64 behind one byte': (secret) => Buffer.from(`:${secret}:`).toString('base64'),
  'in base64 behind two bytes': (secret) => Buffer.from(`u:${secret}`).toString('base64'),
  'in base64 for URLs': (secret) => Buffer.from(`user:${secret}`).toString('base64url'),
  'in hex': (secret) => Buffer.from(secret).toString('hex'),
}

/** True where the first characters of the secret can still be read, as they are or coded. */
function leaks(text: string, secret: string): boolean {
  const middle = secret.slice(0, 11)
  const coded = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)])
      .toString('base64')
      .slice(4, 14),
  )
  return [middle, Buffer.from(middle).toString('hex'), ...coded].some((part) => text.includes(part))
}

describe('the masker', () => {
  for (const [name, spell] of Object.entries(spellings)) {
    it(`finds a secret ${name}`, () => {
      const text = `before ${spell(hard)} after`
      // Without the masker the very same text is a leak: the test can fail.
      expect(leaks(text, hard), text).to.equal(true)
      const masker = createMasker()
      masker.add(hard)
      const masked = masker.mask(text)
      expect(leaks(masked, hard), masked).to.equal(false)
      expect(masked).to.match(/^before .*\*{8}.* after$/s)
      expect(masker.mask(masked)).to.equal(masked)
    })
  }

  it('leaves JSON that parses', () => {
    const masker = createMasker()
    masker.add(hard)
    expect(JSON.parse(masker.mask(JSON.stringify({ a: hard, b: [`x ${hard} y`] })))).to.deep.equal({
      a: hidden,
      b: [`x ${hidden} y`],
    })
  })

  it('masks a secret that was cut at the mark of a shortened text', () => {
    const masker = createMasker()
    masker.add('CANARY-9f3a-secret')
    expect(masker.mask('token CANARY-9f… and …')).to.equal(`token ${hidden}… and …`)
    expect(masker.mask('CAN…')).to.equal('CAN…')
  })

  it('masks each line of a key, and the longest of two secrets that overlap', () => {
    const masker = createMasker()
    masker.add('-----BEGIN X-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END X-----\n')
    expect(masker.mask("'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\\n' +")).to.equal(`'${hidden}\\n' +`)
    masker.add('abcdef')
    masker.add('abcdef-ghijkl')
    expect(masker.mask('abcdef-ghijkl')).to.equal(hidden)
  })

  it('takes no part of a longer word for a short secret, and nothing for a very short one', () => {
    const masker = createMasker()
    for (const secret of ['abc', 'ops!', 'true', 'plan', '  ']) masker.add(secret)
    expect(masker.mask('abc true planned plan, (ops!)')).to.equal(`abc true planned ${hidden}, (${hidden})`)
  })

  it('shows of a secret URL its host and a fingerprint, and of its path nothing', () => {
    const url = 'https://hooks.example.com/services/CANARY-77ab?x=longer-value'
    const masker = createMasker()
    masker.add(url)
    expect(masker.mask(`POST ${url}`)).to.equal(`POST ${shownUrl(url)}`)
    expect(shownUrl(url)).to.match(/^https:\/\/hooks\.example\.com\/…#sha256:[0-9a-f]{8}$/)
    expect(masker.mask("{ path: '/services/CANARY-77ab?x=longer-value', host: 'hooks.example.com' }")).to.equal(
      `{ path: '${hidden}', host: 'hooks.example.com' }`,
    )
    expect(masker.mask('no CANARY-77ab here; https://hooks.example.com/other')).to.equal(
      `no ${hidden} here; https://hooks.example.com/other`,
    )
    expect(masker.mask('https://hooks.example.com/services/C…')).to.equal(`${shownUrl(url)}…`)
    expect(masker.mask(encodeURIComponent(url))).to.equal(hidden)
    expect(masker.mask('https://hooks.exam…')).to.equal('https://hooks.exam…')
  })

  it('reads ten megabytes with a thousand secrets in one pass', () => {
    const masker = createMasker()
    for (let i = 0; i < 1000; i++) masker.add(`canary-${i * 7919}-value`)
    const line = '{"timestamp":"2025-11-16T10:00:00Z","namespace":"trading-bots","jobs_ok":2}\n'
    const text = line.repeat(10_000_000 / line.length) + 'canary-7919-value'
    expect(masker.mask(text)).to.equal(text.replace('canary-7919-value', hidden))
  })
})

describe('what is a secret by its shape', () => {
  const { mask } = createMasker()

  it('a key whose end is missing takes nothing of the JSON with it', () => {
    const begin = '-----BEGIN PRIVATE KEY-----'
    const line = 'MIIEvAIBADANBgkqhkiG9w0BAQEFAASC'
    for (const lines of [[begin], [`no ${begin} header`, 'next'], [begin, line, line], [`${begin}\n${line}`]]) {
      for (const space of [0, 2]) {
        const shown = mask(JSON.stringify({ lines, b: { end: '-----END PRIVATE KEY-----', jobs: 3 } }, null, space))
        expect(shown).to.not.contain('MIIE')
        expect(JSON.parse(shown)).to.deep.include({ b: { end: '-----END PRIVATE KEY-----', jobs: 3 } })
      }
    }
    expect(mask(`bad header: ${begin}\nnext line of the log`)).to.equal(`bad header: ${begin}\nnext line of the log`)
  })

  for (const [what, text] of [
    ['a long word before an address', `http://a ${'abcdef0123'.repeat(20_000)}`],
    ['a word that begins like a token again and again', '-eyJ'.repeat(20_000)],
    ['keys without an end', '-----BEGIN PRIVATE KEY-----\n'.repeat(20_000)],
  ] as const)
    it(`is looked for in ${what} without delay`, () => {
      const start = performance.now()
      mask(text)
      expect(performance.now() - start).to.be.below(2000)
    })

  const shapes: [text: string, masked: string][] = [
    ['postgres://bob:pw@db:5432/x', `postgres://${hidden}@db:5432/x`],
    ['Authorization: Bearer abcdef.12345', `Authorization: Bearer ${hidden}`],
    [`'Basic ${btoa('user:password')}'`, `'Basic ${hidden}'`],
    ['password=hunter22, next', `password=${hidden}, next`],
    ['{"api_key": "hunter22", "password": null}', `{"api_key": "${hidden}", "password": null}`],
    ['{\\"routing_key\\":\\"0123456789abcdef\\"}', `{\\"routing_key\\":\\"${hidden}\\"}`],
    ['x xoxb-1234567890-abcdefg y', `x ${hidden} y`],
    ['AKIAABCDEFGHIJKLMNOP', hidden],
    ['https://h/x?token=abcd&y=1', `https://h/x?token=${hidden}&y=1`],
    [
      '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----',
      `-----BEGIN PRIVATE KEY-----${hidden}-----END PRIVATE KEY-----`,
    ],
  ]
  for (const [text, masked] of shapes)
    it(`${text.slice(0, 30)} is masked`, () => {
      expect(mask(text)).to.equal(masked)
      expect(mask(masked)).to.equal(masked)
    })

  it('a Slack webhook is masked but for its host', () => {
    expect(mask('see https://hooks.slack.com/services/T0/B0/abc.')).to.match(
      /^see https:\/\/hooks\.slack\.com\/…#sha256:[0-9a-f]{8}$/,
    )
  })

  for (const text of [
    'Basic authentication is off; a Bearer token is needed',
    'secret "db-password" not found',
    'password: the one that you were given',
    'https://github.com/@scope/x@1 and me@example.com',
    '--password-file FILE',
    '{"secret_key":{"name":"x"},"password":null}',
  ])
    it(`${text} stays`, () => expect(mask(text)).to.equal(text))
})
