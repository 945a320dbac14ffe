import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { repoRoot, runCli, runCliJson } from '../helpers/cli.js'

const example = path.join(repoRoot, 'test', 'fixtures', 'session', 'job-00-arb-tuning-d29-k8s--worker-1-0.yaml')

interface View {
  summary: { total: number; valid: number; invalid: number; errors: number; warnings: number }
  findings: { file: string; line: number; column: number; rule: string; severity: string; fix: string }[]
}

describe('jobs validate', () => {
  let cwd: string
  let good: string
  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'arbk8s-validate-'))
    await mkdir(path.join(cwd, 'out'))
    good = await readFile(example, 'utf8')
    await writeFile(path.join(cwd, 'out', 'a.yaml'), good)
  })
  afterEach(() => rm(cwd, { recursive: true, force: true }))

  it('exits 0 with warnings and 1 with --strict, alike in text and JSON', async () => {
    const args = ['jobs:validate', '--jobs-dir', 'out']
    const text = await runCli(args, { cwd })
    expect([text.code, text.stderr]).to.deep.equal([0, ''])
    expect(text.stdout).to.match(/^\[SUMMARY\]/)
    expect(text.stdout).to.match(/out\/a\.yaml:16:16: .*tagged latest \[job\/image-latest\]\n {6}→ /)
    expect((await runCli([...args, '--strict'], { cwd })).code).to.equal(1)
    const { code, json } = await runCliJson<View>(args, { cwd })
    expect([code, json.summary.warnings, json.findings[0]!.rule]).to.deep.equal([0, 1, 'job/image-latest'])
    expect((await runCliJson<View>([...args, '--strict'], { cwd })).code).to.equal(1)
    const format = await runCli([...args, '--format', 'json'], { cwd })
    expect((JSON.parse(format.stdout) as View).summary.total).to.equal(1)
  })

  it('points at the line of an error, and says what to do', async () => {
    await writeFile(
      path.join(cwd, 'out', 'b.yaml'),
      good.replace('backoffLimit', 'backofLimit').replaceAll('worker-1', 'worker-2'),
    )
    const { code, stdout } = await runCli(['jobs', 'validate', '--jobs-dir', 'out'], { cwd })
    expect(code).to.equal(1)
    expect(stdout).to.match(
      /out\/b\.yaml:9:3: spec\.backofLimit: unknown field "backofLimit" \[schema\/unknown-field\]\n.*Did you mean "backoffLimit"\?/,
    )
    expect(stdout).to.match(/\[INVALID JOBS\]\n {2}✗ arb-tuning-d29-k8s--worker-2-0/)
  })

  it('reads files and stdin', async () => {
    const many = `${good}---\n${good.replaceAll('worker-1', 'worker-2')}`
    const stdin = await runCliJson<View>(['jobs', 'validate', '-f', '-'], { cwd, stdin: many })
    expect([stdin.code, stdin.json.summary.total, stdin.json.findings[0]!.file]).to.deep.equal([0, 2, '-'])
    const file = await runCliJson<View>(['jobs', 'validate', '-f', 'out/a.yaml', '-f', example], { cwd })
    expect([file.code, file.json.findings.map(({ rule }) => rule)]).to.deep.equal([
      1,
      ['job/image-latest', 'session/duplicate-name', 'job/image-latest'],
    ])
  })

  it('writes the plan to a file', async () => {
    const { stdout } = await runCli(['jobs', 'validate', '--jobs-dir', 'out', '--output-plan', 'plan.txt'], { cwd })
    expect(await readFile(path.join(cwd, 'plan.txt'), 'utf8')).to.equal(stdout)
  })

  it('checks against the version that is asked for', async () => {
    await writeFile(
      path.join(cwd, 'out', 'a.yaml'),
      good.replace('backoffLimit: 0', 'backoffLimit: 0\n  suspend: true'),
    )
    const version = (number: string) =>
      runCli(['jobs', 'validate', '--jobs-dir', 'out', '--kube-version', number], { cwd })
    expect((await version('1.31')).code).to.equal(0)
    const old = await version('1.20')
    expect([old.code, /came with Kubernetes 1\.21/.test(old.stdout)]).to.deep.equal([1, true])
    const unknown = await version('1.99')
    expect([unknown.code, /ARB_KUBE_VERSION_UNKNOWN[\s\S]*1\.20 to 1\.\d\d/.test(unknown.stderr)]).to.deep.equal([
      3,
      true,
    ])
  })

  it('ends with 3 where there is nothing to validate', async () => {
    await mkdir(path.join(cwd, 'empty'))
    await writeFile(path.join(cwd, 'comments.yaml'), '# nothing\n---\n')
    for (const [name, code] of [
      ['empty', 'ARB_JOBS_DIR_EMPTY'],
      ['comments.yaml', 'ARB_JOBS_DIR_EMPTY'],
      ['missing', 'ARB_JOBS_DIR_MISSING'],
    ] as const) {
      const result = await runCliJson<{ error: { code: string } }>(['jobs', 'validate', '--jobs-dir', name], { cwd })
      expect([result.code, result.json.error.code], name).to.deep.equal([3, code])
    }
  })

  it('takes bytes that are no text for a finding, and never shows a control character', async () => {
    await writeFile(path.join(cwd, 'out', 'b.yaml'), Buffer.from([0xff, 0xfe, 0x61, 0x00]))
    await writeFile(path.join(cwd, 'out', 'c.yaml'), good.replace('name: arb', 'name: "\\e[31m\\u202earb"  #'))
    const { code, stdout } = await runCli(['jobs', 'validate', '--jobs-dir', 'out'], { cwd })
    expect(code).to.equal(1)
    expect(stdout).to.match(/b\.yaml:1:1: the file is UTF-16/)
    expect(stdout).to.include('U+001B')
    // eslint-disable-next-line no-control-regex
    expect(stdout).not.to.match(/[\u001b\u202e]/)
  })
})
