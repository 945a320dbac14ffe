import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { repoRoot, runCli, runCliJson } from '../helpers/cli.js'

const original = path.join(repoRoot, 'examples', 'sessions', 'original', 'k8s.yaml')
const example = path.join(repoRoot, 'test', 'fixtures', 'session', 'job-00-arb-tuning-d29-k8s--worker-1-0.yaml')

describe('jobs gen', () => {
  let cwd: string
  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'arbk8s-gen-'))
  })
  afterEach(() => rm(cwd, { recursive: true, force: true }))

  it('writes the original example, created_at aside, and prints the summary', async () => {
    const { code, stdout, stderr } = await runCli(['jobs:gen', '--k8s-config', original, '--output-dir', 'out'], {
      cwd,
    })
    expect([code, stderr]).to.deep.equal([0, ''])
    for (const line of [
      '  jobs:       2',
      '  iterations: 6 (worker-1 to worker-2: 3 each)',
      '  requests:   cpu 1, memory 1Gi',
    ])
      expect(stdout.split('\n')).to.include(line)
    expect((await readdir(path.join(cwd, 'out'))).sort()).to.deep.equal([
      'job-00-arb-tuning-d29-k8s--worker-1-0.yaml',
      'job-01-arb-tuning-d29-k8s--worker-2-1.yaml',
    ])
    const written = await readFile(path.join(cwd, 'out', path.basename(example)), 'utf8')
    const createdAt = /created_at: "(.*?)"/.exec(written)![1]!
    expect(Number.isNaN(Date.parse(createdAt))).to.equal(false)
    expect(written.replace(createdAt, '2025-11-16T18:21:45.906585')).to.equal(await readFile(example, 'utf8'))
  })

  it('--check exits 1 where the folder differs and 0 where it does not, in text and JSON', async () => {
    const args = ['jobs', 'gen', '--k8s-config', original, '--output-dir', 'out']
    expect((await runCli([...args, '--check'], { cwd })).code).to.equal(1)
    expect((await runCli(args, { cwd })).code).to.equal(0)
    const { code, json } = await runCliJson<{ differs: boolean; files: { action: string }[] }>([...args, '--check'], {
      cwd,
    })
    expect([code, json.differs, json.files.map((file) => file.action)]).to.deep.equal([
      0,
      false,
      ['unchanged', 'unchanged'],
    ])
    await rm(path.join(cwd, 'out', path.basename(example)))
    expect((await runCliJson([...args, '--check'], { cwd })).code).to.equal(1)
  })

  it('warns of idle workers on stderr, and within the object with --json', async () => {
    const config = (await readFile(original, 'utf8')).replace('workers: 2', 'workers: 9')
    await writeFile(path.join(cwd, 'k8s.yaml'), config)
    const args = ['jobs', 'gen', '--k8s-config', 'k8s.yaml', '--output-dir', 'out']
    const text = await runCli(args, { cwd })
    expect(text.code).to.equal(0)
    expect(text.stderr).to.match(/^Warning: 9 workers are more than the 6 iterations/)
    const { json, stderr } = await runCliJson<{ warnings: string[]; jobs: number }>(args, { cwd })
    expect([json.jobs, json.warnings.length, stderr]).to.deep.equal([6, 1, ''])
  })

  it('ends with 3 and one clear message for bad input, writing nothing', async () => {
    const config = await readFile(original, 'utf8')
    const cases: [string, RegExp][] = [
      [config.replace('workers: 2', 'workers: 0'), /k8s\.yaml:\d+: workers: expected a whole number from 1/],
      [config.replace('workers: 2', 'wrokers: 2'), /unknown key "wrokers"[\s\S]*Did you mean "workers"\?/],
      [config.replace('session_id: d29-k8s-demo-session', 'session_id: ../../etc/passwd'), /cannot be used/],
      [config.replace('APP_ENV: docker', 'API_TOKEN: CANARY'), /secret_env:/],
      ['a: b: c', /k8s\.yaml:1: this is not valid YAML/],
    ]
    for (const [text, message] of cases) {
      await writeFile(path.join(cwd, 'k8s.yaml'), text)
      const { code, stdout, stderr } = await runCli(
        ['jobs', 'gen', '--k8s-config', 'k8s.yaml', '--output-dir', 'out'],
        { cwd },
      )
      expect([code, stdout]).to.deep.equal([3, ''])
      expect(stderr).to.match(message)
      expect(stderr).not.to.match(/CANARY|\bat .*\.js:/)
      expect(await readdir(cwd)).to.deep.equal(['k8s.yaml'])
    }
    const missing = await runCliJson<{ error: { code: string } }>(
      ['jobs', 'gen', '--k8s-config', 'none.yaml', '--output-dir', 'out'],
      { cwd },
    )
    expect([missing.code, missing.json.error.code]).to.deep.equal([3, 'ARB_CONFIG_NOT_FOUND'])
    expect((await runCli(['jobs', 'gen', '--output-dir', 'out'], { cwd })).stderr).to.match(/--k8s-config is missing/)
  })
})
