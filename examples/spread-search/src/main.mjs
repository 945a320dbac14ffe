// @ts-check
/** @import { WorkerArgs } from './args.mjs' */
/** @import { SearchConfig } from './config.mjs' */
/** @import { Try } from './csv.mjs' */
/** @import { PairSeries } from './series.mjs' */
import { setImmediate } from 'node:timers/promises'
import { readConfig } from './config.mjs'
import { toCsv, writeWhole } from './csv.mjs'
import { evaluate } from './evaluate.mjs'
import { exitCodes, messageOf, Problem } from './problem.mjs'
import { bestLine, startLine, tryLine } from './report.mjs'
import { makeSearch } from './search/index.mjs'
import { readSeries } from './series.mjs'

/** The results so far are written at the start, every so many tries, and at the end, however it comes. */
const triesPerSave = 25

/**
 * Makes one worker's share of the search and writes its CSV.
 * @param {WorkerArgs} args
 * @param {{ print: (line: string) => void, now: () => number, signal: AbortSignal }} surroundings
 *   now in milliseconds; the signal's reason is the exit code to stop with
 * @throws {Problem} when the work could not be done; the tries made before are in the CSV
 */
export async function runWorker(args, { print, now, signal }) {
  const config = await readConfig(args.config)
  const search = makeSearch(config.space, args)
  const seriesOf = seriesReader(config)
  /** @type {Try[]} */
  const tries = []
  const names = config.space.map((dimension) => dimension.name)
  const save = () => writeWhole(args.outputCsv, toCsv(labelsOf(args), names, tries))

  await save()
  print(startLine(args, search.tries))
  let best = { number: 0, score: -Infinity }
  try {
    while (tries.length < search.tries) {
      // A pause of one turn, so that a signal is heard between two tries.
      await setImmediate()
      if (signal.aborted) throw new Problem(`stopped by a signal after ${tries.length} tries`, signal.reason)
      const started = now()
      const params = search.next(tries.map((one) => ({ params: one.params, score: one.figures.score })))
      const series = await seriesOf(String(params.pair)).catch((error) => {
        throw new Problem(
          `try ${tries.length + 1}/${search.tries} needs ${params.pair}: ${messageOf(error)}; ` +
            `the ${tries.length} tries before it are in ${args.outputCsv}`,
          exitCodes.badData,
        )
      })
      const made = { params, figures: evaluate(series, rulesOf(params), config) }
      tries.push(made)
      const number = tries.length
      if (made.figures.score > best.score) best = { number, score: made.figures.score }
      print(tryLine({ workerId: args.workerId, number, tries: search.tries, made, best, ms: now() - started }))
      if (number % triesPerSave === 0) await save()
    }
  } finally {
    await save()
  }
  const winner = tries[best.number - 1]
  if (winner) print(bestLine(winner, { number: best.number, tries: tries.length, outputCsv: args.outputCsv }))
}

/**
 * Reads each pair's series when a try first asks for it.
 * @param {SearchConfig} config
 * @returns {(pair: string) => Promise<PairSeries>}
 */
function seriesReader(config) {
  /** @type {Map<string, PairSeries>} */
  const read = new Map()
  return async (pair) => {
    const series = read.get(pair) ?? (await readSeries(config.pairs[pair] ?? pair))
    read.set(pair, series)
    return series
  }
}

/** @param {WorkerArgs} args */
function labelsOf({ sessionId, workerId, optimizer, mode, env }) {
  return { session_id: sessionId, worker_id: workerId, optimizer, mode, env }
}

/** @param {import('./search/space.mjs').Params} params */
function rulesOf(params) {
  return {
    lookback: Number(params.lookback),
    entry: Number(params.entry),
    exit: Number(params.exit),
    stop: Number(params.stop),
  }
}
