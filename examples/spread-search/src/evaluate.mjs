// @ts-check
/** @import { PairSeries } from './series.mjs' */
/** @import { SearchConfig } from './config.mjs' */
/** @import { Rules } from './backtest.mjs' */
import { signalOf, trade } from './backtest.mjs'
import { drawdownPercent, profitPercent, sharpe, sharpeLowerBound } from './figures.mjs'

/**
 * What one try gave. Profits and drawdowns are percents, Sharpe ratios are per year, everything is after costs.
 * @typedef {object} Figures
 * @property {number} score what the search makes as high as it can: the in-sample Sharpe ratio, less where trades are few
 * @property {number} in_sample_sharpe mean over the folds
 * @property {number} in_sample_sharpe_worst of the worst fold
 * @property {number} in_sample_sharpe_low 5th percentile over the bootstrap's resamples; empty (NaN) without one
 * @property {number} in_sample_profit
 * @property {number} in_sample_drawdown
 * @property {number} in_sample_trades
 * @property {number} out_of_sample_sharpe
 * @property {number} out_of_sample_profit
 * @property {number} out_of_sample_drawdown
 * @property {number} out_of_sample_trades
 */

/**
 * Backtests one set of parameters: fold by fold over the in-sample rows, then once over the rows after them.
 * @param {PairSeries} series
 * @param {Rules} rules
 * @param {SearchConfig} config
 * @returns {Figures}
 */
export function evaluate(series, rules, config) {
  const rows = series.left.length
  // Every try starts at the same bar, the first one at which the longest window is full.
  const first = longestLookback(config)
  const split = Math.floor(rows * config.inSample)
  const signal = signalOf(series, rules.lookback)
  const run = (/** @type {number} */ from, /** @type {number} */ to) =>
    trade(series, signal, rules, { from, to, costBps: config.costBps })

  const edges = Array.from({ length: config.folds + 1 }, (_, i) =>
    Math.round(first + ((split - first) * i) / config.folds),
  )
  const folds = edges.slice(1).map((to, i) => run(edges[i] ?? first, to))
  const sharpes = folds.map((fold) => sharpe(fold.returns, config.barsPerYear))
  const returns = Float64Array.from(folds.flatMap((fold) => [...fold.returns]))
  const trades = folds.reduce((sum, fold) => sum + fold.trades, 0)
  const mean = sharpes.reduce((sum, value) => sum + value, 0) / sharpes.length
  const after = run(split, rows)
  return {
    // A high ratio from a handful of trades is luck more often than not.
    score: mean * (mean > 0 ? Math.min(1, trades / config.minTrades) : 1),
    in_sample_sharpe: mean,
    in_sample_sharpe_worst: Math.min(...sharpes),
    in_sample_sharpe_low: config.bootstrap > 0 ? sharpeLowerBound(returns, config.barsPerYear, config.bootstrap) : NaN,
    in_sample_profit: profitPercent(returns),
    in_sample_drawdown: drawdownPercent(returns),
    in_sample_trades: trades,
    out_of_sample_sharpe: sharpe(after.returns, config.barsPerYear),
    out_of_sample_profit: profitPercent(after.returns),
    out_of_sample_drawdown: drawdownPercent(after.returns),
    out_of_sample_trades: after.trades,
  }
}

/** @param {SearchConfig} config */
function longestLookback(config) {
  const lookback = config.space.find((dimension) => dimension.name === 'lookback')
  if (!lookback) return 0
  return lookback.kind === 'range' ? lookback.max : Math.max(...lookback.values.map(Number))
}
