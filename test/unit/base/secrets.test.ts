import { expect } from 'chai'

import {
  credentialsInUrl,
  looksSecret,
  looksSecretSetting,
  maskedArgs,
  secretArgsOf,
} from '../../../src/base/secrets.js'

describe('names that look like secrets', () => {
  for (const name of [
    'API_KEY',
    'DB_PASSWORD',
    'SECRET',
    'exchange-token',
    'AWS_SECRET_ACCESS_KEY',
    'APIKEY',
    'BINANCE_API_KEY',
    'PWD',
    'accessToken',
    'dbPassword',
  ]) {
    it(`${name} does`, () => expect(looksSecret(name)).to.equal(true))
  }
  for (const name of [
    'APP_ENV',
    'REDIS_HOST',
    'KEYBOARD',
    'MONKEY',
    'TOKEN_FILE',
    'COMPASS',
    'SECRET_NAME',
    'AUTHOR',
    'SSH_AUTH_SOCK',
  ]) {
    it(`${name} does not`, () => expect(looksSecret(name)).to.equal(false))
  }
})

describe('settings that hold secrets', () => {
  for (const key of [
    'webhook_url',
    'routing_key',
    'hmac_secret',
    'password',
    'bot_token',
    'Authorization',
    'X-Api-Key',
  ])
    it(`${key} does`, () => expect(looksSecretSetting(key)).to.equal(true))
  for (const key of ['channel', 'webhook_url_file', 'host', 'X-Team', 'ca_file', 'form', 'keyboard'])
    it(`${key} does not`, () => expect(looksSecretSetting(key)).to.equal(false))
})

describe('secrets within other values', () => {
  it('are found in arguments, and only they are masked', () => {
    const args = ['--api-key=abc=d', '--token', 't0k', '--verbose', '--password', '--next', 'postgres://u:pw@db/x']
    expect(secretArgsOf(args)).to.deep.equal(['abc=d', 't0k'])
    expect(maskedArgs(args)).to.deep.equal([
      '--api-key=********',
      '--token',
      '********',
      '--verbose',
      '--password',
      '--next',
      'postgres://********@db/x',
    ])
  })

  it('are found in a proxy as written and as sent', () => {
    expect(credentialsInUrl('http://bob:p%40ss@proxy:3128')).to.deep.equal(['bob:p%40ss', 'bob:p@ss', 'p%40ss', 'p@ss'])
    expect(credentialsInUrl('http://proxy:3128')).to.deep.equal([])
  })
})
