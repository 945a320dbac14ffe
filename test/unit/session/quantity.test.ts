import { expect } from 'chai'

import { formatQuantity, parseQuantity, sumResources } from '../../../src/session/quantity.js'

describe('quantities', () => {
  for (const [text, nano] of [
    ['1', 1_000_000_000n],
    ['500m', 500_000_000n],
    ['1.5', 1_500_000_000n],
    ['.5', 500_000_000n],
    ['1Ki', 1_024_000_000_000n],
    ['1e3', 1_000_000_000_000n],
    ['0.1n', 1n],
    ['-2', -2_000_000_000n],
    ['5.', 5_000_000_000n],
  ] as const) {
    it(`reads ${text}`, () => expect(parseQuantity(text)?.nano).to.equal(nano))
  }

  for (const text of ['', 'x', '1x', '1 Gi', '1GiB', 'm', '.', '1e', '1ee3', '--1', '1'.repeat(65)]) {
    it(`refuses "${text.slice(0, 8)}"`, () => expect(parseQuantity(text)).to.equal(undefined))
  }

  for (const [text, written] of [
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1024Mi', '1Gi'],
    ['1536Mi', '1536Mi'],
    ['0Gi', '0'],
    ['1000', '1000'],
  ] as const) {
    it(`writes ${text} as ${written}`, () => expect(formatQuantity(parseQuantity(text)!)).to.equal(written))
  }

  it('adds without rounding', () => {
    const sum = sumResources(
      Array.from({ length: 10 }, () => ({ resources: { cpu: '0.1', memory: '100Mi' }, times: 1 })),
    )
    expect(sum).to.deep.equal({ cpu: '1', memory: '1000Mi' })
  })
})
