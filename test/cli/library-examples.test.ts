import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

import { expect } from 'chai'

import { cliEnv, repoRoot, runCliJson } from '../helpers/cli.js'

const tsx = pathToFileURL(createRequire(path.join(repoRoot, 'package.json')).resolve('tsx')).href
const examples = path.join(repoRoot, 'examples')
const failing = path.join(examples, 'sessions/failing/k8s.yaml')
const image = `arbk8s-example/spread-search:1.0=${path.join(examples, 'spread-search')}`
const session = ['tuning', 'session_id=spread-failing']

interface Run {
  code: number
  lines: string[]
}

/** The examples as they stand, against the built package by its own name, one after the other as its stages go. */
describe('the examples of the library', function () {
  this.timeout(180_000)
  let folder: string
  const run = new Set<string>()

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-library-'))
    const start = ['sandbox', 'start', '--sandbox-dir', folder, '--sandbox-image', image, '-n', 'tuning']
    const { code, stderr } = await runCliJson(start)
    expect(code, stderr).to.equal(0)
  })

  after(async () => {
    await runCliJson(['sandbox', 'stop', '--sandbox-dir', folder])
    await rm(folder, { recursive: true })
  })

  const example = async (name: string, ...args: string[]): Promise<Run> => {
    run.add(name)
    const command = ['--import', tsx, path.join(examples, 'library', name), ...args]
    const env = cliEnv(folder, { KUBECONFIG: path.join(folder, 'kubeconfig.yaml') })
    const result = await promisify(execFile)(process.execPath, command, { cwd: folder, env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
    expect(result.stderr).to.equal('')
    return { code: result.code, lines: result.stdout.trimEnd().split('\n') }
  }

  it('generate.ts makes Jobs from an object and from files', async () => {
    const { code, lines } = await example('generate.ts', failing, 'jobs')
    expect(code).to.equal(0)
    expect(lines).to.deep.equal([
      '3 Jobs, 1500m CPU: 4 + 3 + 3',
      'apiVersion: batch/v1',
      'kind: Job',
      'metadata:',
      '  name: arb-tuning-d30-spre-worker-1-0',
      'create jobs/job-00-arb-tuning-spread-f-worker-1-0.yaml',
      'create jobs/job-01-arb-tuning-spread-f-worker-2-1.yaml',
    ])
  })

  it('validate.ts gives findings with their places', async () => {
    const good = await example('validate.ts', 'jobs')
    expect(good.lines).to.deep.equal(['2 of 2 valid, 0 errors, 0 warnings'])
    const bad = await example('validate.ts', failing)
    expect(bad.lines[0]).to.match(/k8s\.yaml:\d+:\d+: error schema\/kind: kind is missing\. Add kind: Job\./)
    expect(bad.lines.at(-1)).to.equal('0 of 1 valid, 1 errors, 0 warnings')
  })

  it('apply.ts plans and applies, and changes nothing the second time', async () => {
    const first = await example('apply.ts', 'jobs')
    expect(first.lines).to.deep.equal([
      'would create arb-tuning-spread-f-worker-1-0, 0 changes',
      'would create arb-tuning-spread-f-worker-2-1, 0 changes',
      'SUCCESS arb-tuning-spread-f-worker-1-0: created',
      'SUCCESS arb-tuning-spread-f-worker-2-1: created',
      '2 of 2 applied',
    ])
    const second = await example('apply.ts', 'jobs')
    expect(second.lines.filter((line) => line.endsWith(': unchanged'))).to.have.length(2)
  })

  it('snapshot-and-judge.ts waits for the Jobs and says which one failed and why', async () => {
    const { code, lines } = await example('snapshot-and-judge.ts', ...session)
    expect(code).to.equal(2)
    expect(lines).to.have.length(3)
    expect(lines[0]).to.equal('done: ERROR')
    expect(lines[1]).to.match(/^worker-1 SUCCEEDED OK {2}\| best of 6 tries: /)
    expect(lines[2]).to.match(/^worker-2 FAILED ERROR job_failed\S* \| error: try 3\/6 needs up-down/)
  })

  it('history.ts appends, reads and sums up', async () => {
    const first = await example('history.ts', 'history.jsonl', ...session)
    expect(first.lines).to.deep.equal(['1 records: OK 0, WARN 0, ERROR 1; 0 damaged', 'last: ERROR, 1 OK, 1 ERROR'])
    const second = await example('history.ts', 'history.jsonl', ...session)
    expect(second.lines[0]).to.equal('2 records: OK 0, WARN 0, ERROR 2; 0 damaged')
  })

  it('alert.ts sends the incident once', async () => {
    const first = await example('alert.ts', 'history.jsonl', ...session)
    expect(first.lines[0]).to.match(/^[0-9a-f]{12}: 🚨 K8s Alert: CRITICAL – tuning$/)
    expect(first.lines.at(-1)).to.equal('console: delivered, the incident is new')
    const second = await example('alert.ts', 'history.jsonl', ...session)
    expect(second.lines).to.have.length(2)
    expect(second.lines[0]).to.equal(first.lines[0])
    expect(second.lines[1]).to.match(/^console: not_due, it was sent \S+ ago/)
  })

  it('pipeline.ts takes a session through all stages', async () => {
    const quickstart = path.join(examples, 'sessions/quickstart/k8s.yaml')
    const { code, lines } = await example('pipeline.ts', quickstart, 'more-jobs', 'more.jsonl')
    expect(code).to.equal(0)
    expect(lines).to.have.length(8)
    expect(lines.slice(0, 7).map((line) => line.split(':')[0])).to.deep.equal([
      '1 generate done',
      '2 validate done',
      '3 apply done',
      '4 monitor done',
      '5 health done',
      '6 record done',
      '7 alert done',
    ])
    expect(lines[7]).to.equal('full_alerts: 2 applied, health OK')
  })

  it('has run every example there is', () => {
    expect([...run].sort()).to.deep.equal(readdirSync(path.join(examples, 'library')).sort())
  })
})
