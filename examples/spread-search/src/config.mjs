// @ts-check
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { exitCodes, messageOf, Problem } from './problem.mjs'

/**
 * One dimension of the search: a range with a step (a grid takes `grid` points of it), or a list of values.
 * @typedef {{ name: string, kind: 'range', min: number, max: number, step: number, grid: number }} RangeDimension
 * @typedef {{ name: string, kind: 'list', values: (string | number)[] }} ListDimension
 * @typedef {RangeDimension | ListDimension} Dimension
 */

/**
 * @typedef {object} SearchConfig
 * @property {Record<string, string>} pairs name of a pair → path of its price series
 * @property {Dimension[]} space in the order of the file; a grid's last dimension varies fastest
 * @property {number} inSample share of the rows that the search may learn from, the rest is out of sample
 * @property {number} folds walk-forward folds that the in-sample rows are cut into
 * @property {number} barsPerYear for annualised figures
 * @property {number} costBps fee and slippage of one side of a trade, in hundredths of a percent of its notional
 * @property {number} minTrades in-sample trades below which a good Sharpe ratio counts for less
 * @property {number} bootstrap resamples for the lower bound of the Sharpe ratio; 0 leaves it out
 */

/** @typedef {Record<string, unknown>} Raw */

const parameters = ['pair', 'lookback', 'entry', 'exit', 'stop']

/** The numbers of a config and the range that each may have. @type {Record<string, [number, number]>} */
const numbers = {
  in_sample: [0.1, 0.9],
  folds: [1, 50],
  bars_per_year: [1, 1e7],
  fee_bps: [0, 1000],
  slippage_bps: [0, 1000],
  min_trades: [1, 1e4],
  bootstrap: [0, 1e6],
}

/**
 * Reads a search's JSON config. Paths of series are relative to the config file.
 * @param {string} path
 * @returns {Promise<SearchConfig>}
 * @throws {Problem} with exit code 2 when the file cannot be read, or a key is unknown, missing or out of range
 */
export async function readConfig(path) {
  try {
    return toConfig(JSON.parse(await readFile(path, 'utf8')), dirname(path))
  } catch (error) {
    throw new Problem(`config ${path}: ${messageOf(error).split('\n')[0]}`, exitCodes.usage)
  }
}

/**
 * @param {unknown} raw
 * @param {string} folder that the paths are relative to
 * @returns {SearchConfig}
 */
function toConfig(raw, folder) {
  const file = object(raw, 'the file', ['pairs', 'space', ...Object.keys(numbers)])
  const pairs = object(file.pairs, '"pairs"')
  const space = object(file.space, '"space"', parameters)
  for (const name of parameters) if (!(name in space)) throw new Error(`"space" has no "${name}"`)
  const figure = (/** @type {string} */ key) => number(file, key, numbers[key])
  return {
    pairs: Object.fromEntries(Object.entries(pairs).map(([name, path]) => [name, resolve(folder, String(path))])),
    space: Object.entries(space).map(([name, value]) => dimension(name, value, Object.keys(pairs))),
    inSample: figure('in_sample'),
    folds: Math.round(figure('folds')),
    barsPerYear: figure('bars_per_year'),
    costBps: figure('fee_bps') + figure('slippage_bps'),
    minTrades: figure('min_trades'),
    bootstrap: Math.round(figure('bootstrap')),
  }
}

/**
 * @param {string} name
 * @param {unknown} raw
 * @param {string[]} pairs that a dimension `pair` may name
 * @returns {Dimension}
 */
function dimension(name, raw, pairs) {
  const it = object(raw, `"${name}"`, ['values', 'min', 'max', 'step', 'grid'])
  if (it.values !== undefined || name === 'pair') return list(name, it.values, pairs)
  const min = number(it, 'min', [0, 1e6])
  const max = number(it, 'max', [min, 1e6])
  const step = number(it, 'step', [1e-6, 1e6])
  return { name, kind: 'range', min, max, step, grid: Math.round(number(it, 'grid', [1, 1e4])) }
}

/**
 * @param {string} name
 * @param {unknown} values
 * @param {string[]} pairs
 * @returns {ListDimension}
 */
function list(name, values, pairs) {
  if (!Array.isArray(values) || values.length === 0) throw new Error(`"${name}" needs a list "values"`)
  for (const value of values) {
    if (name === 'pair' && !pairs.includes(value)) throw new Error(`"pair" names ${value}, which "pairs" does not have`)
    if (name !== 'pair' && typeof value !== 'number') throw new Error(`"${name}" has ${value}, which is no number`)
  }
  return { name, kind: 'list', values }
}

/**
 * @param {unknown} value
 * @param {string} what
 * @param {string[]} [known] keys that it may have; any when left out
 * @returns {Raw}
 */
function object(value, what, known) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} must be an object`)
  const unknown = Object.keys(value).find((key) => known && !known.includes(key))
  if (unknown !== undefined) throw new Error(`${what} has an unknown key "${unknown}"; known are ${known?.join(', ')}`)
  return /** @type {Raw} */ (value)
}

/**
 * @param {Raw} from
 * @param {string} key
 * @param {[number, number] | undefined} range
 */
function number(from, key, [least, most] = [0, 0]) {
  const value = from[key]
  if (typeof value !== 'number' || value < least || value > most) {
    throw new Error(`"${key}" must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}
