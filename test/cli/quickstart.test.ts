import { execFile } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

import { expect } from 'chai'

import { repoRoot } from '../helpers/cli.js'

interface Run {
  code: number
  output: string
}

/** What a person sees: both streams, as they come. */
async function quickstart(...args: string[]): Promise<Run> {
  const command = ['-c', 'exec "$0" scripts/quickstart.mjs "$@" 2>&1', process.execPath, ...args]
  const env = { ...process.env, NODE_ENV: undefined }
  return promisify(execFile)('sh', command, { cwd: repoRoot, env }).then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, output: error.stdout }),
  )
}

/** Ports, times and durations differ from run to run, and how the Jobs' ends fall together. */
function lasting(text: string): string[] {
  return text
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\(\d+(ms|s)\)/g, '(DURATION)')
    .split('\n')
    .filter((line) => !/Installing|Building|of 2 Jobs have ended$/.test(line))
    .map((line) => line.trimEnd())
}

describe('the first run', function () {
  this.timeout(180_000)

  it('prints what the README shows, with seven steps and the SUMMARY', async () => {
    const { code, output } = await quickstart()
    const readme = readFileSync(path.join(repoRoot, 'README.md'), 'utf8')
    const shown = /<!-- quickstart -->\n```\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
    expect(lasting(output.trim())).to.deep.equal(lasting(shown.trim()))
    expect(code).to.equal(0)
    for (const step of ['generate', 'validate', 'apply', 'monitor', 'health', 'record', 'alert']) {
      expect(output).to.match(new RegExp(`^\\[\\d/7\\] ${step} ✓`, 'm'))
    }
    const csv = readdirSync(path.join(repoRoot, '.arbk8s/quickstart/sandbox'), { recursive: true, encoding: 'utf8' })
    expect(csv.filter((name) => /outputs\/.*\.csv$/.test(name))).to.have.length(2)
  })

  it('shows a worker that fails: exit 2, the reason, its last lines, an incident', async () => {
    const { code, output } = await quickstart('--failing')
    expect(code).to.equal(2)
    expect(output).to.contain('job_failed').and.to.contain('error: try 3/6 needs up-down')
    // At once: a signal that comes in the last stage loses no alert.
    expect(output).to.match(/^\[7\/7\] alert …\n\n?🚨 [^]*^\[7\/7\] alert ✓/m)
    expect(output).to.contain('🚨 K8s Alert: CRITICAL – tuning').and.to.contain('incidents sent:   1')
  })
})
