// @ts-check
/** @import { Figures } from './evaluate.mjs' */
/** @import { Params } from './search/space.mjs' */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { exitCodes, messageOf, Problem } from './problem.mjs'

/** One try with what it gave. @typedef {{ params: Params, figures: Figures }} Try */

/** Who made the tries; the first columns of every row. @typedef {Record<string, string | number>} Labels */

/**
 * The tries as CSV text: a header, then one row a try. Figures have four decimals; one that is not known is empty.
 * @param {Labels} labels
 * @param {string[]} parameters names of the parameters, in the order of their columns
 * @param {Try[]} tries
 */
export function toCsv(labels, parameters, tries) {
  const header = [...Object.keys(labels), 'iteration', ...parameters, ...figureNames]
  const rows = tries.map(({ params, figures }, i) => [
    ...Object.values(labels),
    i + 1,
    ...parameters.map((name) => params[name] ?? ''),
    ...figureNames.map((name) => figureText(figures[name])),
  ])
  return [header, ...rows].map((row) => row.map(cell).join(',') + '\n').join('')
}

/** The figures' columns, in order. @type {(keyof Figures)[]} */
export const figureNames = [
  'score',
  'in_sample_sharpe',
  'in_sample_sharpe_worst',
  'in_sample_sharpe_low',
  'in_sample_profit',
  'in_sample_drawdown',
  'in_sample_trades',
  'out_of_sample_sharpe',
  'out_of_sample_profit',
  'out_of_sample_drawdown',
  'out_of_sample_trades',
]

/**
 * Writes a file whole or not at all, and makes its folder: a reader never sees half a row.
 * @param {string} path
 * @param {string} text
 * @throws {Problem} with exit code 1 when it cannot be written
 */
export async function writeWhole(path, text) {
  const draft = `${path}.${process.pid}.part`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(draft, text)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw new Problem(`${path} cannot be written: ${messageOf(error)}`, exitCodes.failed)
  }
}

/**
 * Rows of a CSV file as objects by column name.
 * @param {string} text
 * @returns {{ columns: string[], rows: Record<string, string>[] }}
 */
export function parseCsv(text) {
  const [columns = [], ...cells] = text
    .split('\n')
    .filter((line) => line !== '')
    .map(splitLine)
  const rows = cells.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? ''])))
  return { columns, rows }
}

/** @param {string} line */
function splitLine(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  )
}

/** @param {string | number} value */
function cell(value) {
  const text = String(value).replaceAll(/[\r\n]/g, ' ')
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** @param {number} value */
function figureText(value) {
  return Number.isFinite(value) ? String(Number(value.toFixed(4))) : ''
}
