#!/usr/bin/env node
// @ts-check
/** Merges the CSV files of a session's workers and prints the best parameter sets: best.mjs CSV… [--top 5] [--by FIGURE] */
import { parseArgs } from 'node:util'
import { figureNames } from './src/csv.mjs'
import { bestOf, readResults } from './src/merge.mjs'
import { exitCodes, messageOf, Problem } from './src/problem.mjs'

const shown = /** @type {string[]} */ ([
  'score',
  'in_sample_sharpe',
  'out_of_sample_sharpe',
  'out_of_sample_profit',
  'out_of_sample_drawdown',
])

try {
  const { paths, top, by } = readCommandLine(process.argv.slice(2))
  const results = await readResults(paths)
  const columns = ['worker_id', 'iteration', ...results.parameters, ...new Set([by, ...shown])]
  const rows = bestOf(results, by, top).map((row) => columns.map((name) => display(name, row[name] ?? '')))
  const read = [count(results.rows.length, 'tries', 'try'), count(results.workers.length, 'workers', 'worker')]
  console.log(`${read.join(' of ')} in ${count(paths.length, 'files', 'file')}, best by ${by}`)
  for (const line of table([columns, ...rows])) console.log(line)
} catch (error) {
  console.error(`error: ${messageOf(error)}`)
  process.exitCode = error instanceof Problem ? error.exitCode : exitCodes.usage
}

/** @param {string[]} argv */
function readCommandLine(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { top: { type: 'string', default: '5' }, by: { type: 'string', default: 'score' } },
  })
  if (positionals.length === 0) throw new Problem('name one or more CSV files of workers', exitCodes.usage)
  const top = Number(values.top)
  if (!Number.isInteger(top) || top < 1) throw new Problem('--top must be a whole number from 1', exitCodes.usage)
  if (!(/** @type {string[]} */ (figureNames).includes(values.by))) {
    throw new Problem(`--by "${values.by}" is not known: use one of ${figureNames.join(', ')}`, exitCodes.usage)
  }
  return { paths: positionals, top, by: values.by }
}

/**
 * @param {number} number
 * @param {string} many
 * @param {string} one
 */
function count(number, many, one) {
  return `${number} ${number === 1 ? one : many}`
}

/**
 * @param {string} name of the column
 * @param {string} value
 */
function display(name, value) {
  return shown.includes(name) && value !== '' ? Number(value).toFixed(2) : value
}

/** @param {string[][]} rows */
function table(rows) {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((value, i) => (/^-?[\d.]+$/.test(value) ? value.padStart(widths[i] ?? 0) : value.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
