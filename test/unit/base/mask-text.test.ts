import { expect } from 'chai'

import { maskText } from '../../../src/base/mask-text.js'

const m = '********'

describe('base: secrets in text that others wrote', () => {
  const masked: [string, string][] = [
    ['DB_PASSWORD=hunter2hunter2 next', `DB_PASSWORD=${m} next`],
    ['db_password: hunter2', `db_password: ${m}`],
    ['{"api_key": "abc def", "n": 1}', `{"api_key": "${m}", "n": 1}`],
    ["token='a b c d'", `token='${m}'`],
    ['GET /x?token=abcdefgh&page=2', `GET /x?token=${m}&page=2`],
    ['Authorization: Bearer abcdefghijk', `Authorization: ${m}`],
    ['token: Bearer abcdefghijk', `token: ${m}`],
    ['postgres://bot:pw@db:5432/x is down', `postgres://${m}@db:5432/x is down`],
    ['using xoxb-1234-abcdefgh', `using ${m}`],
    ['key AKIAIOSFODNN7EXAMPLE used', `key ${m} used`],
    ['jwt eyJhbGciOiJI.eyJzdWIiOiIx.sigsigsig', `jwt ${m}`],
    ['POST https://hooks.slack.com/services/T0/B0/abcdef', 'POST https://hooks.slack.com/…#sha256:26700f45'],
    [
      'a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nb',
      `a\n-----BEGIN RSA PRIVATE KEY-----${m}-----END RSA PRIVATE KEY-----\nb`,
    ],
    ['-----BEGIN PRIVATE KEY-----\nMIIE', `-----BEGIN PRIVATE KEY-----${m}`],
  ]
  for (const [text, shown] of masked) it(JSON.stringify(text), () => expect(maskText(text)).to.equal(shown))

  it('leaves text without a secret as it is', () => {
    const texts = [
      'iteration 3: score=0.12 loss: 4.5',
      'token: expired, auth: failed',
      'tests pass: 3, fail: 2',
      'MountVolume.SetUp failed for volume "token" : secret "db-password" not found',
      'error: up-down.csv is missing',
      'worker-1: token_file=/run/token.txt',
    ]
    for (const text of texts) expect(maskText(text)).to.equal(text)
  })

  it('takes no longer for text made to be slow', () => {
    for (const text of [
      'a'.repeat(80_000),
      'a="'.repeat(20_000),
      '-----BEGIN PRIVATE KEY-----'.repeat(3000),
      'eyJ'.repeat(20_000),
    ])
      expect(maskText(text)).to.be.a('string')
  })
})
