import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCsv } from '../../../examples/spread-search/src/csv.mjs'
import { folder, run, tempFolder, workerArgs } from './helpers.js'

describe('example worker', () => {
  const temp = tempFolder()
  const csvOf = (name: string) => parseCsv(readFileSync(join(temp(), name), 'utf8'))

  it('prints a line a try and the best, and writes the CSV that the arguments name, whole', () => {
    const done = run('worker.mjs', workerArgs(join(temp(), 'out/a.csv'), { iterations: '3' }))
    expect(done.code, done.stderr).to.equal(0)
    const lines = done.stdout.trim().split('\n')
    expect(lines).to.have.lengthOf(5)
    expect(lines[1]).to.match(
      /^worker-1 1\/3 pair=\S+ lookback=\d+ .* \| profit -?\d.*% sharpe .* drawdown .* \| best /,
    )
    expect(lines[4]).to.match(/^best of 3 tries: try \d, .* 3 rows in /)
    expect(readdirSync(join(temp(), 'out'))).to.deep.equal(['a.csv'])
    const { columns, rows } = csvOf('out/a.csv')
    expect(columns.slice(0, 11).join()).to.equal(
      'session_id,worker_id,optimizer,mode,env,iteration,pair,lookback,entry,exit,stop',
    )
    expect(rows.map((row) => row.iteration)).to.deep.equal(['1', '2', '3'])
    for (const row of rows) {
      expect(row.session_id).to.equal('test-session')
      for (const name of columns.slice(7)) expect(row[name], name).to.match(/^-?\d+(\.\d+)?$/)
      expect(Number(row.in_sample_sharpe_worst)).to.be.at.most(Number(row.in_sample_sharpe))
    }
  })

  it('writes the same bytes for the same session and worker, others for another worker or SEED', () => {
    const bytes = (more: Record<string, string>, env = {}) => {
      expect(run('worker.mjs', workerArgs(join(temp(), 'x.csv'), more), env).code).to.equal(0)
      return readFileSync(join(temp(), 'x.csv'), 'utf8').replaceAll('worker-2', 'worker-1')
    }
    const first = bytes({})
    expect(bytes({})).to.equal(first)
    expect(bytes({ 'worker-id': 'worker-2' })).to.not.equal(first)
    expect(bytes({}, { SEED: '7' })).to.not.equal(first)
  })

  it('takes from the environment what the arguments leave open, and arguments first', () => {
    const env = { SESSION_ID: 'of-env', WORKER_ID: 'worker-9', MODE: 'shadow', APP_ENV: 'stage' }
    const flags = ['--config', 'configs/broken-feed.json', '--iterations', '1', '--optimizer', 'grid']
    const indexed = { ...env, JOB_COMPLETION_INDEX: '1', WORKERS: '2' }
    const done = run('worker.mjs', [...flags, '--output-csv', join(temp(), 'e.csv'), '--mode', 'live'], indexed)
    expect(done.code, done.stderr).to.equal(0)
    expect(csvOf('e.csv').rows[0]).to.include({
      session_id: 'of-env',
      worker_id: 'worker-9',
      mode: 'live',
      env: 'stage',
      pair: 'east-west',
      lookback: '240',
    })
  })

  const wrong: [string, Record<string, string>, RegExp][] = [
    [
      'an unknown optimizer',
      { optimizer: 'genetic' },
      /--optimizer "genetic" is not known: use grid, random, bayesian/,
    ],
    ['no iterations', { iterations: '0' }, /--iterations must be a whole number from 1, not "0"/],
    ['an unknown argument', { verbose: '1' }, /--verbose/],
    ['an index beyond the workers', { index: '2', workers: '2' }, /--index 2 is not below --workers 2/],
    ['an empty session id', { 'session-id': '' }, /--session-id is missing/],
    ['a config that is not there', { config: 'configs/none.json' }, /config configs\/none\.json: ENOENT/],
  ]
  for (const [what, flags, message] of wrong) {
    it(`ends with 2 and one line for ${what}`, () => {
      const done = run('worker.mjs', workerArgs(join(temp(), 'x.csv'), flags))
      expect(done.code).to.equal(2)
      expect(done.stderr).to.match(message)
      expect(done.stderr.trim().split('\n')).to.have.lengthOf(1)
      expect(done.stdout).to.equal('')
      expect(existsSync(join(temp(), 'x.csv'))).to.be.false
    })
  }

  it('ends with 2 for a config with a wrong key, naming it', () => {
    const config = JSON.parse(readFileSync(join(folder, 'configs/quickstart.json'), 'utf8'))
    const check = (changed: object, message: string) => {
      writeFileSync(join(temp(), 'c.json'), JSON.stringify(changed))
      const done = run('worker.mjs', workerArgs(join(temp(), 'x.csv'), { config: join(temp(), 'c.json') }))
      expect(done.code).to.equal(2)
      expect(done.stderr).to.contain(message)
    }
    check({ ...config, fold: 3 }, 'unknown key "fold"')
    check({ ...config, folds: '4' }, '"folds" must be a number from 1 to 50, not "4"')
    check({ ...config, space: { ...config.space, pair: { values: ['moon'] } } }, '"pair" names moon')
    check({ ...config, space: { pair: config.space.pair } }, '"space" has no "lookback"')
  })

  it('ends with 1 before any work when the CSV cannot be written', () => {
    writeFileSync(join(temp(), 'file'), '')
    const done = run('worker.mjs', workerArgs(join(temp(), 'file/x.csv')))
    expect(done.code).to.equal(1)
    expect(done.stderr).to.contain('file/x.csv cannot be written')
    expect(done.stdout).to.equal('')
  })

  it('leaves no draft behind when the CSV is a folder', () => {
    mkdirSync(join(temp(), 'x.csv'))
    expect(run('worker.mjs', workerArgs(join(temp(), 'x.csv'))).code).to.equal(1)
    expect(readdirSync(temp())).to.deep.equal(['x.csv'])
  })

  it('stops with 3 at the try that meets a hole in the prices, and keeps the tries before it', () => {
    const flags = { config: 'configs/broken-feed.json', iterations: '6', optimizer: 'grid', workers: '2' }
    expect(run('worker.mjs', workerArgs(join(temp(), '1.csv'), { ...flags, index: '0' })).code).to.equal(0)
    const done = run('worker.mjs', workerArgs(join(temp(), '2.csv'), { ...flags, index: '1' }))
    expect(done.code).to.equal(3)
    expect(done.stderr.trim().split('\n').at(-1)).to.match(
      /^error: try 3\/6 needs up-down: up-down\.csv line 2818 \(2025-04-14T08:00Z\): left price is missing; the 2 tries before/,
    )
    expect(csvOf('2.csv').rows).to.have.lengthOf(2)
  })

  const signals = [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const
  for (const [signal, code] of signals) {
    it(`keeps its tries and ends with ${code} on ${signal}`, async () => {
      const args = workerArgs(join(temp(), 's.csv'), { iterations: '5000' })
      const child = spawn(process.execPath, ['worker.mjs', ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
      const exited = once(child, 'exit')
      await new Promise<void>((resolve) => {
        let out = ''
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          out += text
          if (out.includes('worker-1 2/')) resolve()
        })
      })
      child.kill(signal)
      expect(await exited).to.deep.equal([code, null])
      expect(csvOf('s.csv').rows.length).to.be.within(2, 4999)
    })
  }
})
