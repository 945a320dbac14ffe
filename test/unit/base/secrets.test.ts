import { expect } from 'chai'

import { looksSecret, maskUrl } from '../../../src/base/secrets.js'

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
  ]) {
    it(`${name} does not`, () => expect(looksSecret(name)).to.equal(false))
  }
})

describe('addresses as they may be shown', () => {
  it('masks user info', () => {
    expect(maskUrl('postgres://bob:pw@db:5432/x')).to.equal('postgres://********@db:5432/x')
  })
})
