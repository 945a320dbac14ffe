import { expect } from 'chai'

import { maskDeep } from '../../../src/base/mask-deep.js'
import { createMasker } from '../../../src/base/masker.js'

describe('masking of data', () => {
  const masker = createMasker()
  masker.add('trading-bots')

  it('masks every text but what an entry is found again by, and leaves the rest as it is', () => {
    const record = {
      namespace: 'trading-bots',
      errors: ['no trading-bots'],
      jobs: [{ job_name: 'trading-bots', retries: 2, uid: null }],
      labels: { 'trading-bots': true },
    }
    const before = structuredClone(record)
    expect(maskDeep(record, masker.mask)).to.deep.equal({
      namespace: 'trading-bots',
      errors: ['no ********'],
      jobs: [{ job_name: '********', retries: 2, uid: null }],
      labels: { '********': true },
    })
    expect(record).to.deep.equal(before)
  })

  it('keeps a key named __proto__ a key', () => {
    const value = JSON.parse('{"__proto__": {"a": "x"}}') as object
    expect(Object.keys(maskDeep(value, masker.mask))).to.deep.equal(['__proto__'])
  })
})
