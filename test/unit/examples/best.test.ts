import { expect } from 'chai'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCsv, toCsv } from '../../../examples/spread-search/src/csv.mjs'
import { run, tempFolder, workerArgs } from './helpers.js'

describe('example best.mjs', () => {
  const temp = tempFolder()
  const path = (name: string) => join(temp(), name)

  it('merges the files of the workers and ranks their tries', () => {
    for (const worker of ['worker-1', 'worker-2']) {
      expect(
        run('worker.mjs', workerArgs(path(`${worker}.csv`), { 'worker-id': worker, iterations: '3' })).code,
      ).to.equal(0)
    }
    const files = [path('worker-1.csv'), path('worker-2.csv')]
    const done = run('best.mjs', [...files, '--top', '4', '--by', 'in_sample_sharpe'])
    expect(done.code, done.stderr).to.equal(0)
    const [title, header, ...rows] = done.stdout.trim().split('\n')
    expect(title).to.equal('6 tries of 2 workers in 2 files, best by in_sample_sharpe')
    const at = header!.trim().split(/\s+/).indexOf('in_sample_sharpe')
    const shown = rows.map((row) => Number(row.trim().split(/\s+/)[at]))
    const all = files.flatMap((file) =>
      parseCsv(readFileSync(file, 'utf8')).rows.map((row) => Number(row.in_sample_sharpe)),
    )
    const best = all.sort((a, b) => b - a).slice(0, 4)
    expect(shown).to.deep.equal(best.map((value) => Number(value.toFixed(2))))
  })

  it('counts a parameter set that two workers tried once', () => {
    expect(run('worker.mjs', workerArgs(path('a.csv'))).code).to.equal(0)
    copyFileSync(path('a.csv'), path('b.csv'))
    const done = run('best.mjs', [path('a.csv'), path('b.csv')])
    expect(done.stdout.trim().split('\n')).to.have.lengthOf(2 + 2)
  })

  it('fails clearly on nothing, on files without tries and on other files', () => {
    const fails = (args: string[], code: number, message: string) => {
      const done = run('best.mjs', args)
      expect(done.code).to.equal(code)
      expect(done.stderr).to.contain(message)
      expect(done.stdout).to.equal('')
    }
    writeFileSync(
      path('empty.csv'),
      toCsv({ session_id: 's', worker_id: 'w', optimizer: 'grid', mode: 'paper', env: 'local' }, ['pair'], []),
    )
    writeFileSync(path('other.csv'), 'a,b\n1,2\n')
    fails([], 2, 'name one or more CSV files')
    fails([path('none.csv')], 1, 'none.csv cannot be read')
    fails([path('empty.csv')], 1, 'no tries in')
    fails([path('other.csv')], 1, 'other.csv has no column session_id')
    fails([path('empty.csv'), '--by', 'luck'], 2, '--by "luck" is not known')
    fails([path('empty.csv'), '--top', '0'], 2, '--top must be a whole number from 1')
  })

  it('reads back what it writes, quotes and commas too', () => {
    const text = toCsv({ session_id: 'a,"b"', worker_id: '' }, [], [])
    expect(parseCsv(text).rows).to.deep.equal([])
    expect(parseCsv('a,b,c\n"x,""y""",,2\n').rows).to.deep.equal([{ a: 'x,"y"', b: '', c: '2' }])
  })
})
