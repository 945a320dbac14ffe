import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../../../examples/spread-search/src/config.mjs'
import { evaluate } from '../../../examples/spread-search/src/evaluate.mjs'
import type { Figures } from '../../../examples/spread-search/src/evaluate.mjs'
import { readSeries } from '../../../examples/spread-search/src/series.mjs'
import type { Params } from '../../../examples/spread-search/src/search/space.mjs'

/** The example's folder, where its programs run. */
export const folder = fileURLToPath(new URL('../../../examples/spread-search/', import.meta.url))

/** Runs one of the example's programs as a process, with no environment but PATH and what is given. */
export function run(program: string, args: string[], env: Record<string, string> = {}) {
  const done = spawnSync(process.execPath, [join(folder, program), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { code: done.status, stdout: done.stdout, stderr: done.stderr }
}

/** The arguments of a small, complete worker run. */
export function workerArgs(outputCsv: string, more: Record<string, string> = {}): string[] {
  const flags = {
    config: 'configs/quickstart.json',
    iterations: '2',
    optimizer: 'random',
    'session-id': 'test-session',
    'worker-id': 'worker-1',
    'output-csv': outputCsv,
    ...more,
  }
  return Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])
}

/** Gives each test of a suite a folder of its own and removes it afterwards. */
export function tempFolder(): () => string {
  let path = ''
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'spread-search-'))
  })
  afterEach(() => {
    rmSync(path, { recursive: true, force: true })
  })
  return () => path
}

/** The shipped config and a backtest of it without the bootstrap, which takes most of the time and moves no score. */
export async function fastBacktest() {
  const config = { ...(await readConfig(join(folder, 'configs/quickstart.json'))), bootstrap: 0 }
  const series = new Map<string, Awaited<ReturnType<typeof readSeries>>>()
  for (const [pair, path] of Object.entries(config.pairs)) series.set(pair, await readSeries(path))
  const backtest = (params: Params): Figures =>
    evaluate(
      series.get(String(params.pair))!,
      {
        lookback: Number(params.lookback),
        entry: Number(params.entry),
        exit: Number(params.exit),
        stop: Number(params.stop),
      },
      config,
    )
  return { config, series, backtest }
}
