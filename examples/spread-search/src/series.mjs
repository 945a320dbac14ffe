// @ts-check
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { exitCodes, messageOf, Problem } from './problem.mjs'

/**
 * Two price series on the same bars, as logarithms.
 * @typedef {object} PairSeries
 * @property {Float64Array} left
 * @property {Float64Array} right
 */

/**
 * Reads `timestamp,left,right` rows. A row that is not complete stops the reader: a backtest over a hole would give
 * figures that mean nothing.
 * @param {string} path
 * @returns {Promise<PairSeries>}
 * @throws {Problem} with exit code 3, naming the file, the line and its timestamp
 */
export async function readSeries(path) {
  const lines = (await text(path)).split('\n')
  if (lines.at(-1) === '') lines.pop()
  if (lines[0] !== 'timestamp,left,right')
    throw bad(`${basename(path)} line 1: expected the columns timestamp,left,right`)
  const left = new Float64Array(lines.length - 1)
  const right = new Float64Array(lines.length - 1)
  for (let row = 1; row < lines.length; row++) {
    const [timestamp = '', leftText = '', rightText = ''] = (lines[row] ?? '').split(',')
    const where = `${basename(path)} line ${row + 1} (${timestamp})`
    left[row - 1] = Math.log(price(leftText, `${where}: left`))
    right[row - 1] = Math.log(price(rightText, `${where}: right`))
  }
  return { left, right }
}

/** @param {string} path */
async function text(path) {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw bad(`price series ${path} cannot be read: ${messageOf(error)}`)
  }
}

/**
 * @param {string} value
 * @param {string} where
 */
function price(value, where) {
  const parsed = value.trim() === '' ? NaN : Number(value)
  if (!(parsed > 0 && parsed < Infinity))
    throw bad(`${where} price is ${value.trim() === '' ? 'missing' : `"${value}", not a number above 0`}`)
  return parsed
}

/** @param {string} message */
function bad(message) {
  return new Problem(message, exitCodes.badData)
}
