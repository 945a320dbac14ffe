#!/usr/bin/env node
// @ts-check
/** One worker's share of a parameter search: see README.md for its arguments, its environment and its exit codes. */
import { performance } from 'node:perf_hooks'
import { readArgs } from './src/args.mjs'
import { runWorker } from './src/main.mjs'
import { exitCodes, messageOf, Problem } from './src/problem.mjs'

const stop = new AbortController()
process.on('SIGTERM', () => stop.abort(exitCodes.terminated))
// A second Ctrl-C ends the worker at once.
process.once('SIGINT', () => stop.abort(exitCodes.interrupted))

try {
  const args = readArgs(process.argv.slice(2), process.env)
  await runWorker(args, {
    print: (line) => console.log(line),
    now: () => performance.now(),
    signal: stop.signal,
  })
} catch (error) {
  console.error(`error: ${messageOf(error)}`)
  process.exitCode = error instanceof Problem ? error.exitCode : exitCodes.failed
}
