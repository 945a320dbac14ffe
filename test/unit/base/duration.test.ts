import { expect } from 'chai'

import { formatDuration, parseDuration } from '../../../src/base/duration.js'
import { isArbError } from '../../../src/base/errors.js'

describe('durations', () => {
  const good: [string, number][] = [
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['850ms', 850],
    ['0', 0],
    [' 2s ', 2000],
  ]
  for (const [text, ms] of good) {
    it(`reads ${JSON.stringify(text)} as Go does`, () => {
      expect(parseDuration(text)).to.equal(ms)
    })
  }

  for (const text of ['', '5', '5d', 's', '1h-3m', '-5s', '1e3s', '5 m', 'NaNs']) {
    it(`refuses ${JSON.stringify(text)} and names the flag`, () => {
      try {
        parseDuration(text, { flag: '--timeout' })
        expect.fail('accepted')
      } catch (error) {
        expect(isArbError(error)).to.equal(true)
        expect((error as Error).message)
          .to.contain('--timeout')
          .and.to.contain('not a duration')
      }
    })
  }

  it('reads a bare number where the original flag took seconds', () => {
    expect(parseDuration('5', { bareUnit: 's' })).to.equal(5000)
  })

  it('refuses what is longer than the longest, and says what that is', () => {
    expect(parseDuration('596h', { longest: '596h' })).to.equal(596 * 3_600_000)
    expect(() => parseDuration('597h', { flag: '--timeout', longest: '596h' })).to.throw(
      '--timeout: "597h" is too long; the longest is 596h',
    )
    expect(() => parseDuration('9999999', { bareUnit: 's', longest: '596h' })).to.throw('too long')
  })

  const shown: [number, string][] = [
    [0, '0ms'],
    [999, '999ms'],
    [59_400, '59s'],
    [200_000, '3m20s'],
    [7_500_000, '2h5m'],
    [50 * 3_600_000, '2d2h'],
  ]
  for (const [ms, text] of shown) {
    it(`writes ${ms} ms as ${text}`, () => {
      expect(formatDuration(ms)).to.equal(text)
    })
  }
})
