import { expect } from 'chai'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signalOf, trade } from '../../../examples/spread-search/src/backtest.mjs'
import { drawdownPercent, profitPercent, sharpe } from '../../../examples/spread-search/src/figures.mjs'
import { fit } from '../../../examples/spread-search/src/search/gaussian-process.mjs'
import { fastBacktest, folder, run } from './helpers.js'

/** Least squares over one window, the slow and plain way. */
function plainSignal(left: Float64Array, right: Float64Array, bar: number, lookback: number) {
  const rows = Array.from({ length: lookback }, (_, i) => bar - lookback + 1 + i)
  const mean = (of: Float64Array) => rows.reduce((sum, row) => sum + of[row]!, 0) / lookback
  const [mx, my] = [mean(right), mean(left)]
  const cov = rows.reduce((sum, row) => sum + (right[row]! - mx) * (left[row]! - my), 0)
  const slope = cov / rows.reduce((sum, row) => sum + (right[row]! - mx) ** 2, 0)
  const residuals = rows.map((row) => left[row]! - my - slope * (right[row]! - mx))
  const deviation = Math.sqrt(residuals.reduce((sum, value) => sum + value * value, 0) / (lookback - 2))
  return { slope, z: residuals.at(-1)! / deviation }
}

describe('example backtest', () => {
  it('rolls the hedge ratio and the z-score as a regression of each window gives them', async () => {
    const { series } = await fastBacktest()
    const pair = series.get('east-west')!
    const signal = signalOf(pair, 96)
    for (const bar of [95, 96, 1234, 3999]) {
      const plain = plainSignal(pair.left, pair.right, bar, 96)
      expect(signal.hedge[bar]).to.be.closeTo(plain.slope, 1e-6)
      expect(signal.zscore[bar]).to.be.closeTo(plain.z, 1e-6)
    }
  })

  it('decides by no price of the future: cutting the series off changes no return before the cut', async () => {
    const { series } = await fastBacktest()
    const pair = series.get('north-south')!
    const rules = { lookback: 60, entry: 1.5, exit: 0.2, stop: 5 }
    const returnsTo = (end: number) => {
      const known = { left: pair.left.slice(0, end), right: pair.right.slice(0, end) }
      return trade(known, signalOf(known, 60), rules, { from: 100, to: end, costBps: 6 }).returns
    }
    const whole = returnsTo(2000)
    for (let end = 200; end < 2000; end += 9) {
      // The last bar differs: an open position is closed there.
      expect(returnsTo(end).slice(0, -1), `cut at ${end}`).to.deep.equal(whole.slice(0, end - 101))
    }
  })

  it('earns the move of the spread from the bar after the signal, less both costs', () => {
    const series = { left: Float64Array.of(0, 0.1, 0.04, 0.04), right: new Float64Array(4) }
    const signal = { hedge: new Float64Array(4).fill(1), zscore: Float64Array.of(0, 3, 0, 0) }
    const { returns, trades } = trade(
      series,
      signal,
      { lookback: 2, entry: 2, exit: 0.5, stop: 9 },
      { from: 0, to: 4, costBps: 10 },
    )
    expect(trades).to.equal(1)
    expect([...returns].map((value) => Number(value.toFixed(9)))).to.deep.equal([0, -0.001, 0.029, 0])
  })

  it('does not enter again after a stop before the spread has come back', () => {
    const zscore = Float64Array.of(0, 3, 6, 3, 3, 0.1, 3, 0)
    const series = { left: new Float64Array(8), right: new Float64Array(8) }
    const rules = { lookback: 2, entry: 2, exit: 0.5, stop: 5 }
    const { trades } = trade(series, { hedge: new Float64Array(8), zscore }, rules, { from: 0, to: 8, costBps: 0 })
    expect(trades).to.equal(2)
  })

  it('costs make results worse', async () => {
    const { config, series } = await fastBacktest()
    const pair = series.get('north-south')!
    const span = { from: 360, to: 3000 }
    const rules = { lookback: 96, entry: 1.4, exit: 0.3, stop: 5 }
    const at = (costBps: number) => profitPercent(trade(pair, signalOf(pair, 96), rules, { ...span, costBps }).returns)
    expect(config.costBps).to.equal(6)
    expect(at(6)).to.be.below(at(0))
  })

  it('computes figures by their definitions', () => {
    const returns = Float64Array.of(0.1, -0.5, 0.2)
    expect(profitPercent(returns)).to.be.closeTo((1.1 * 0.5 * 1.2 - 1) * 100, 1e-9)
    expect(drawdownPercent(returns)).to.be.closeTo(50, 1e-9)
    expect(sharpe(Float64Array.of(0.01, 0.03), 4)).to.be.closeTo((0.02 / 0.01) * 2, 1e-9)
    expect(sharpe(new Float64Array(5), 4)).to.equal(0)
  })

  it('fits a Gaussian process that is close to its points and unsure far from them', () => {
    const points = [[0], [0.1], [0.2], [0.3]]
    const model = fit(
      points,
      points.map(([x]) => Math.sin(6 * x!)),
    )
    expect(model.predict([0.15]).mean).to.be.closeTo(Math.sin(0.9), 0.1)
    expect(model.predict([1]).deviation).to.be.above(2 * model.predict([0.15]).deviation)
  })

  it('has the price series that its script makes', () => {
    const made = mkdtempSync(join(tmpdir(), 'spread-data-'))
    try {
      expect(run('scripts/make-data.mjs', [made]).code).to.equal(0)
      const names = readdirSync(made).sort()
      expect(readdirSync(join(folder, 'data')).sort()).to.deep.equal(names)
      for (const name of names) {
        expect(readFileSync(join(made, name), 'utf8') === readFileSync(join(folder, 'data', name), 'utf8'), name).to.be
          .true
      }
    } finally {
      rmSync(made, { recursive: true })
    }
  })
})
