import { expect } from 'chai'

import { retryAfterSeconds } from '../../../../src/alerts/http/retry-after.js'

describe('retryAfterSeconds', () => {
  const now = new Date('1994-11-06T08:49:30.500Z')
  const cases: [string | undefined, number | null][] = [
    ['0', 0],
    ['7', 7],
    [' 7 ', 7],
    ['60', 60],
    ['61', 60],
    ['1000000000', 60],
    ['9'.repeat(400), 60],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 7],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 7],
    ['Sun Nov  6 08:49:37 1994', 7],
    ['Sun, 06 Nov 2094 08:49:37 GMT', 60],
    ['Sun, 06 Nov 1994 08:49:29 GMT', null],
    ['-1', null],
    ['1.5', null],
    ['1e9', null],
    ['0x10', null],
    ['soon', null],
    ['2094', 60],
    ['2094-11-06', null],
    ['Sun, 99 Nov 1994 08:49:37 GMT', null],
    ['', null],
    [undefined, null],
  ]
  for (const [value, seconds] of cases) {
    it(`${JSON.stringify(value)?.slice(0, 40)} → ${seconds}`, () =>
      expect(retryAfterSeconds(value, now)).to.equal(seconds))
  }
})
