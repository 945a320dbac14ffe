// @ts-check
/** @import { Try } from './csv.mjs' */
/** @import { WorkerArgs } from './args.mjs' */
import { keyOf } from './search/space.mjs'

/**
 * What a worker says first.
 * @param {WorkerArgs} args
 * @param {number} tries
 */
export function startLine(args, tries) {
  const share = args.workers > 1 ? `, share ${args.index + 1} of ${args.workers}` : ''
  const fewer = tries < args.iterations ? ` (asked for ${args.iterations}; the share of the grid has no more)` : ''
  return `${args.workerId} of ${args.sessionId}: ${tries} tries${fewer}, ${args.optimizer}${share}, mode ${args.mode}, env ${args.env}`
}

/**
 * One try in one line, for a log.
 * @param {{ workerId: string, number: number, tries: number, made: Try, best: { number: number, score: number }, ms: number }} progress
 */
export function tryLine({ workerId, number, tries, made, best, ms }) {
  const { figures: f } = made
  return [
    `${workerId} ${number}/${tries} ${keyOf(made.params)}`,
    `profit ${fixed(f.in_sample_profit)}% sharpe ${fixed(f.in_sample_sharpe)} drawdown ${fixed(f.in_sample_drawdown)}% trades ${f.in_sample_trades}`,
    `score ${fixed(f.score)}`,
    `best ${fixed(best.score)} (try ${best.number})`,
    `${Math.round(ms)} ms`,
  ].join(' | ')
}

/**
 * The last line of a worker that made all its tries.
 * @param {Try} best
 * @param {{ number: number, tries: number, outputCsv: string }} at
 */
export function bestLine({ params, figures: f }, { number, tries, outputCsv }) {
  return (
    `best of ${tries} tries: try ${number}, ${keyOf(params)} | score ${fixed(f.score)}` +
    ` | out of sample: profit ${fixed(f.out_of_sample_profit)}% sharpe ${fixed(f.out_of_sample_sharpe)}` +
    ` drawdown ${fixed(f.out_of_sample_drawdown)}% | ${tries} rows in ${outputCsv}`
  )
}

/** @param {number} value */
function fixed(value) {
  return value.toFixed(2)
}
