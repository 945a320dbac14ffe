/** @import { PairSeries } from './series.mjs' */

/**
 * The strategy's parameters: a window in bars for hedge ratio and z-score, and the z-scores that open a position, close it
 * and give it up.
 * @typedef {{ lookback: number, entry: number, exit: number, stop: number }} Rules
 */

/**
 * Hedge ratio and z-score of the spread at each bar, each from the `lookback` bars that end there.
 * @typedef {{ hedge: Float64Array, zscore: Float64Array }} Signal
 */

/**
 * Rolling least squares of left on right; the spread is the residual. Bars before the first full window have z-score 0.
 * @param {PairSeries} series
 * @param {number} lookback bars
 * @returns {Signal}
 */
export function signalOf({ left, right }, lookback) {
  const hedge = new Float64Array(left.length)
  const zscore = new Float64Array(left.length)
  // Sums are kept about the first prices: sums of squares of raw logarithms would lose digits.
  const x0 = right[0] ?? 0
  const y0 = left[0] ?? 0
  let [sx, sy, sxx, sxy, syy] = [0, 0, 0, 0, 0]
  for (let bar = 0; bar < left.length; bar++) {
    const x = right[bar] - x0
    const y = left[bar] - y0
    ;[sx, sy, sxx, sxy, syy] = [sx + x, sy + y, sxx + x * x, sxy + x * y, syy + y * y]
    if (bar >= lookback) {
      const ox = right[bar - lookback] - x0
      const oy = left[bar - lookback] - y0
      ;[sx, sy, sxx, sxy, syy] = [sx - ox, sy - oy, sxx - ox * ox, sxy - ox * oy, syy - oy * oy]
    }
    if (bar < lookback - 1) continue
    const varX = sxx - (sx * sx) / lookback
    const cov = sxy - (sx * sy) / lookback
    const slope = varX > 0 ? cov / varX : 0
    const residual = Math.max(0, syy - (sy * sy) / lookback - slope * cov)
    const deviation = Math.sqrt(residual / (lookback - 2))
    hedge[bar] = slope
    zscore[bar] = deviation > 0 ? (y - sy / lookback - slope * (x - sx / lookback)) / deviation : 0
  }
  return { hedge, zscore }
}

/**
 * Trades the spread over the bars [from, to) and gives the return of each bar after costs, as a share of the gross notional.
 * A position that the close of a bar calls for earns from the next bar on; one still open at the end is closed there.
 * @param {PairSeries} series
 * @param {Signal} signal
 * @param {Rules} rules
 * @param {{ from: number, to: number, costBps: number }} span costBps of each opening and each closing
 * @returns {{ returns: Float64Array, trades: number }}
 */
export function trade({ left, right }, { hedge, zscore }, rules, { from, to, costBps }) {
  const returns = new Float64Array(to - from)
  const cost = costBps / 1e4
  let position = 0
  let ratio = 0
  let stopped = 0
  let trades = 0
  for (let bar = from; bar < to; bar++) {
    if (position !== 0) {
      const move = left[bar] - left[bar - 1] - ratio * (right[bar] - right[bar - 1])
      returns[bar - from] += (position * move) / (1 + Math.abs(ratio))
    }
    const z = zscore[bar]
    // After a stop there is no new entry on the same side until the spread has come back.
    if (stopped !== 0 && stopped * z < rules.exit) stopped = 0
    const wanted = bar === to - 1 ? 0 : next(position, z, rules, stopped)
    if (wanted === position) continue
    if (position !== 0) returns[bar - from] -= cost
    if (position !== 0 && wanted === 0 && -position * z > rules.stop) stopped = -position
    if (wanted !== 0) {
      returns[bar - from] -= cost
      ratio = hedge[bar]
      trades++
    }
    position = wanted
  }
  return { returns, trades }
}

/**
 * The position after a bar: -1 sells the spread, 1 buys it, 0 holds nothing.
 * @param {number} position
 * @param {number} z
 * @param {Rules} rules
 * @param {number} stopped side of the last stop (the sign of its z-score), or 0
 */
function next(position, z, rules, stopped) {
  if (position !== 0) {
    const away = -position * z
    return away < rules.exit || away > rules.stop ? 0 : position
  }
  const side = Math.sign(z)
  const size = Math.abs(z)
  return size > rules.entry && size < rules.stop && side !== stopped ? -side : 0
}
