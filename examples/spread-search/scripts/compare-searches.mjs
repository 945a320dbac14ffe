// @ts-check
/**
 * Does learning pay? Runs random and bayesian searches of the same length over many seeds on the example's data.
 *
 *     node scripts/compare-searches.mjs [TRIES] [SEEDS]
 */
import { readConfig } from '../src/config.mjs'
import { evaluate } from '../src/evaluate.mjs'
import { makeSearch } from '../src/search/index.mjs'
import { readSeries } from '../src/series.mjs'

const [iterations = 20, seeds = 40] = process.argv.slice(2).map(Number)
const path = new URL('../configs/quickstart.json', import.meta.url).pathname
// The bootstrap takes most of a try's time and does not enter the score.
const config = { ...(await readConfig(path)), bootstrap: 0 }
/** @type {Record<string, import('../src/series.mjs').PairSeries>} */
const series = {}
for (const [pair, file] of Object.entries(config.pairs)) series[pair] = await readSeries(file)

/**
 * The figures of the best try of one search.
 * @param {'random' | 'bayesian'} optimizer
 * @param {number} seed
 */
function bestOf(optimizer, seed) {
  const search = makeSearch(config.space, { optimizer, iterations, index: 0, workers: 1, seed: `seed ${seed}` })
  /** @type {{ params: any, score: number, figures: import('../src/evaluate.mjs').Figures }[]} */
  const past = []
  while (past.length < search.tries) {
    const params = /** @type {any} */ (search.next(past))
    const figures = evaluate(
      series[params.pair] ?? { left: new Float64Array(), right: new Float64Array() },
      params,
      config,
    )
    past.push({ params, score: figures.score, figures })
  }
  return past.reduce((a, b) => (b.score > a.score ? b : a)).figures
}

/** @param {number[]} values */
const mean = (values) => (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2)

const results = Object.fromEntries(
  /** @type {const} */ (['random', 'bayesian']).map((optimizer) => {
    const best = Array.from({ length: seeds }, (_, seed) => bestOf(optimizer, seed))
    const after = best.map((figures) => figures.out_of_sample_sharpe)
    console.log(
      `${optimizer}: best score of ${iterations} tries, mean over ${seeds} seeds: ${mean(best.map((f) => f.score))}` +
        `; its out-of-sample Sharpe: ${mean(after)}`,
    )
    return [optimizer, best.map((figures) => figures.score)]
  }),
)
const wins = results.bayesian?.filter((score, seed) => score > (results.random?.[seed] ?? 0)).length
console.log(`bayesian found the better score with ${wins} of ${seeds} seeds`)
