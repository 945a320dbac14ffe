// @ts-check
import { readFile } from 'node:fs/promises'
import { figureNames, parseCsv } from './csv.mjs'
import { exitCodes, messageOf, Problem } from './problem.mjs'

/**
 * The results of several workers.
 * @typedef {object} Results
 * @property {string[]} parameters names of the parameters
 * @property {Record<string, string>[]} rows one a try
 * @property {string[]} workers `session/worker` of each worker that made a try
 */

const labels = ['session_id', 'worker_id', 'optimizer', 'mode', 'env', 'iteration']

/**
 * Reads the CSV files of the workers of a search.
 * @param {string[]} paths
 * @returns {Promise<Results>}
 * @throws {Problem} when a file cannot be read, is no such CSV, has other columns than the first, or no file has a try
 */
export async function readResults(paths) {
  const files = await Promise.all(paths.map(readTable))
  const columns = files[0]?.columns ?? []
  const other = files.find((file) => file.columns.join() !== columns.join())
  if (other) throw failed(`${other.path} has other columns than ${paths[0]}: they are not of one search`)
  const rows = files.flatMap((file) => file.rows)
  if (rows.length === 0) throw failed(`no tries in ${paths.join(', ')}`)
  return {
    parameters: columns.filter(
      (name) => !labels.includes(name) && !(/** @type {string[]} */ (figureNames).includes(name)),
    ),
    rows,
    workers: [...new Set(rows.map((row) => `${row.session_id}/${row.worker_id}`))],
  }
}

/**
 * The best tries by one figure, highest first (for a drawdown: lowest first). A parameter set that several workers tried
 * counts once.
 * @param {Results} results
 * @param {string} by name of a figure
 * @param {number} top how many
 */
export function bestOf({ rows, parameters }, by, top) {
  const sign = by.endsWith('drawdown') ? 1 : -1
  const known = rows.filter((row) => row[by] !== '')
  const sorted = known.sort((a, b) => sign * (Number(a[by]) - Number(b[by])))
  const seen = new Set()
  const different = sorted.filter((row) => {
    const key = parameters.map((name) => row[name]).join('\n')
    return !seen.has(key) && seen.add(key)
  })
  return different.slice(0, top)
}

/** @param {string} path */
async function readTable(path) {
  const table = parseCsv(await readText(path))
  const lacking = [...labels, ...figureNames].find((name) => !table.columns.includes(name))
  if (lacking) throw failed(`${path} has no column ${lacking}: it is no result of a worker`)
  return { path, ...table }
}

/** @param {string} path */
async function readText(path) {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw failed(`${path} cannot be read: ${messageOf(error)}`)
  }
}

/** @param {string} message */
function failed(message) {
  return new Problem(message, exitCodes.failed)
}
