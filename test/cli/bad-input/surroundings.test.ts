import { spawnSync } from 'node:child_process'
import { readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { repoRoot } from '../../helpers/cli.js'
import { sessionFolder } from '../../helpers/refusal.js'

const bin = path.join(repoRoot, 'bin', 'run.js')
const escape = String.fromCharCode(27)
const hasScript = spawnSync('script', ['--version']).status === 0

describe('odd surroundings', function () {
  this.timeout(60_000)
  let folder: string
  before(async () => {
    folder = await sessionFolder('surroundings')
    const record = { timestamp: '2025-11-16T10:00:00Z', namespace: 'n', selector: 's=1', overall_health: 'ERROR' }
    await writeFile(
      path.join(folder, 'h.jsonl'),
      `${JSON.stringify({ ...record, jobs_ok: 0, jobs_warn: 0, jobs_error: 1 })}\n`,
    )
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('as in cron, with a PATH and nothing else, the whole pipeline runs', async () => {
    const args = ['pipeline', 'run', '--k8s-config', 'k8s.yaml', '--jobs-dir', 'jobs', '--history-file', 'cron.jsonl']
    const more = ['--sandbox', '--sandbox-dir', 'sandbox', '--enable-apply', '--wait']
    const path_ = `${path.dirname(process.execPath)}:/usr/bin:/bin`
    const run = spawnSync(process.execPath, [bin, ...args, ...more], {
      cwd: folder,
      env: { PATH: path_ },
      encoding: 'utf8',
    })
    expect(run.status, run.stderr).to.equal(0)
    expect(run.stdout).to.match(/health: +OK/)
    expect(await readdir(folder)).to.include('cron.jsonl')
  })

  it('a home that is not there is no reason to fail', () => {
    const env = { PATH: process.env.PATH, HOME: '/nonexistent' }
    const run = spawnSync(process.execPath, [bin, 'jobs', 'validate', '--jobs-dir', 'jobs'], {
      cwd: folder,
      env,
      encoding: 'utf8',
    })
    expect(run.status, run.stderr).to.equal(0)
    expect(run.stderr).to.equal('')
  })

  const onTerminal = (args: string, env: Record<string, string>): string =>
    spawnSync('script', ['-qec', `${process.execPath} ${bin} ${args}`, '/dev/null'], {
      ...{ cwd: folder, encoding: 'utf8', input: '' },
      env: { PATH: process.env.PATH, TERM: 'xterm', ...env },
    }).stdout.toString()

  it('colours come on a terminal alone, and never with NO_COLOR, --no-color or TERM=dumb', function () {
    if (!hasScript) {
      console.warn('      SKIPPED: there is no script(1) to play a terminal with')
      return this.skip()
    }
    const show = 'history show --history-file h.jsonl'
    expect(onTerminal(show, {})).to.include(`${escape}[31mERROR`)
    expect(onTerminal(show, { NO_COLOR: '1' }))
      .to.include('ERROR')
      .and.to.not.include(escape)
    expect(onTerminal(`${show} --no-color`, {}))
      .to.include('ERROR')
      .and.to.not.include(escape)
    expect(onTerminal(show, { TERM: 'dumb' }))
      .to.include('ERROR')
      .and.to.not.include(escape)
    expect(onTerminal('jobs gen --help', { TERM: 'dumb' }))
      .to.include('EXAMPLES')
      .and.to.not.include(escape)
  })
})
