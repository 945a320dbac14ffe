import { makeRng } from './random.mjs'

/**
 * Annualised Sharpe ratio of returns per bar; 0 when nothing was traded.
 * @param {Float64Array} returns
 * @param {number} barsPerYear
 */
export function sharpe(returns, barsPerYear) {
  let sum = 0
  let squares = 0
  for (const value of returns) {
    sum += value
    squares += value * value
  }
  return ratio(sum, squares, returns.length, barsPerYear)
}

/**
 * Profit of all returns together, in percent, compounded.
 * @param {Float64Array} returns
 */
export function profitPercent(returns) {
  let equity = 1
  for (const value of returns) equity *= 1 + value
  return (equity - 1) * 100
}

/**
 * The deepest fall of the equity from a high before it, in percent of that high.
 * @param {Float64Array} returns
 */
export function drawdownPercent(returns) {
  let equity = 1
  let high = 1
  let deepest = 0
  for (const value of returns) {
    equity *= 1 + value
    if (equity > high) high = equity
    deepest = Math.max(deepest, 1 - equity / high)
  }
  return deepest * 100
}

/**
 * The 5th percentile of the Sharpe ratio over resampled histories (stationary bootstrap: blocks of about two days keep the
 * returns' own order). Every try is given the same resamples, so that tries differ by their parameters alone.
 * @param {Float64Array} returns
 * @param {number} barsPerYear
 * @param {number} resamples
 */
export function sharpeLowerBound(returns, barsPerYear, resamples) {
  const rng = makeRng(20240101)
  const bars = returns.length
  const ratios = new Float64Array(resamples)
  for (let sample = 0; sample < resamples; sample++) {
    let [sum, squares, taken] = [0, 0, 0]
    while (taken < bars) {
      // Block lengths are geometric with mean 48.
      const length = Math.min(bars - taken, 1 + Math.floor(Math.log(1 - rng()) / Math.log(1 - 1 / 48)))
      let at = Math.floor(rng() * bars)
      for (let i = 0; i < length; i++) {
        const value = returns[at]
        sum += value
        squares += value * value
        if (++at === bars) at = 0
      }
      taken += length
    }
    ratios[sample] = ratio(sum, squares, bars, barsPerYear)
  }
  return ratios.sort()[Math.floor(resamples * 0.05)] ?? 0
}

/**
 * @param {number} sum
 * @param {number} squares
 * @param {number} count
 * @param {number} barsPerYear
 */
function ratio(sum, squares, count, barsPerYear) {
  const mean = sum / count
  const variance = squares / count - mean * mean
  return variance > 1e-18 ? (mean / Math.sqrt(variance)) * Math.sqrt(barsPerYear) : 0
}
