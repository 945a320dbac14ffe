// @ts-check
import { parseArgs } from 'node:util'
import { exitCodes, messageOf, Problem } from './problem.mjs'

/**
 * What one worker was asked to do.
 * @typedef {object} WorkerArgs
 * @property {string} config path of the search's config file
 * @property {number} iterations tries of this worker
 * @property {string} mode paper, shadow or live; kept in the results, since a backtest trades nothing
 * @property {string} env docker, local, stage or prod; kept in the results
 * @property {'grid' | 'random' | 'bayesian'} optimizer
 * @property {string} sessionId
 * @property {string} workerId
 * @property {string} outputCsv path of the file to write
 * @property {number} index this worker's place among the workers, from 0
 * @property {number} workers how many workers share the search
 * @property {string} seed text that the random seed is made from
 */

const choices = {
  mode: ['paper', 'shadow', 'live'],
  env: ['docker', 'local', 'stage', 'prod'],
  optimizer: ['grid', 'random', 'bayesian'],
}

const options = /** @type {const} */ ({
  config: { type: 'string' },
  iterations: { type: 'string' },
  mode: { type: 'string' },
  env: { type: 'string' },
  optimizer: { type: 'string' },
  'session-id': { type: 'string' },
  'worker-id': { type: 'string' },
  'output-csv': { type: 'string' },
  index: { type: 'string' },
  workers: { type: 'string' },
})

/**
 * Reads the arguments, then the environment (MODE, APP_ENV, SESSION_ID, WORKER_ID, JOB_COMPLETION_INDEX, WORKERS,
 * TOTAL_ITERATIONS, SEED)
 * for what they leave open.
 * @param {string[]} argv
 * @param {Record<string, string | undefined>} environment
 * @returns {WorkerArgs}
 * @throws {Problem} with exit code 2, in one line, for anything missing or wrong
 */
export function readArgs(argv, environment) {
  const given = parse(argv)
  const sessionId = required('--session-id', given['session-id'] ?? environment.SESSION_ID)
  const workerId = required('--worker-id', given['worker-id'] ?? environment.WORKER_ID)
  const workers = whole('--workers', given.workers ?? environment.WORKERS ?? '1', 1)
  const index = whole('--index', given.index ?? environment.JOB_COMPLETION_INDEX ?? '0', 0)
  if (index >= workers) throw usage(`--index ${index} is not below --workers ${workers}: indexes start at 0`)
  return {
    config: required('--config', given.config),
    iterations: iterationsOf(given.iterations, environment.TOTAL_ITERATIONS, { index, workers }),
    mode: oneOf('mode', given.mode ?? environment.MODE ?? 'paper'),
    env: oneOf('env', given.env ?? environment.APP_ENV ?? 'local'),
    optimizer: /** @type {WorkerArgs['optimizer']} */ (oneOf('optimizer', given.optimizer ?? 'random')),
    sessionId,
    workerId,
    outputCsv: required('--output-csv', given['output-csv']),
    index,
    workers,
    // SEED is usually the same for all workers of a session, so it joins the ids rather than replacing them.
    seed: [environment.SEED ?? '', sessionId, workerId, index].join('\n'),
  }
}

/** @param {string[]} argv */
function parse(argv) {
  try {
    return parseArgs({ args: argv, options, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw usage(messageOf(error).split('. ')[0] ?? 'the arguments cannot be read')
  }
}

/**
 * This worker's tries: as told, or its share of the session's, of which the first `total mod workers` workers make one more.
 * @param {string | undefined} own
 * @param {string | undefined} total
 * @param {{ index: number, workers: number }} place
 */
function iterationsOf(own, total, { index, workers }) {
  if (own !== undefined || total === undefined) return whole('--iterations', required('--iterations', own), 1)
  const all = whole('TOTAL_ITERATIONS', total, 1)
  const share = Math.floor(all / workers) + (index < all % workers ? 1 : 0)
  if (share === 0) throw usage(`TOTAL_ITERATIONS ${all} leaves none for worker ${index + 1} of ${workers}`)
  return share
}

/**
 * @param {string} flag
 * @param {string | undefined} value
 */
function required(flag, value) {
  if (value === undefined || value === '') throw usage(`${flag} is missing`)
  return value
}

/**
 * @param {string} flag
 * @param {string} text
 * @param {number} least
 */
function whole(flag, text, least) {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) {
    throw usage(`${flag} must be a whole number from ${least}, not "${text}"`)
  }
  return Number(text)
}

/**
 * @param {keyof typeof choices} name
 * @param {string} value
 */
function oneOf(name, value) {
  if (!choices[name].includes(value)) {
    throw usage(`--${name} "${value}" is not known: use ${choices[name].join(', ')}`)
  }
  return value
}

/** @param {string} message */
function usage(message) {
  return new Problem(message, exitCodes.usage)
}
