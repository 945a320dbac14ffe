import { execFileSync } from 'node:child_process'
import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { runCli, runCliJson } from '../../helpers/cli.js'
import { expectNoStack, expectRefusal, sessionFolder } from '../../helpers/refusal.js'

interface Validation {
  summary: { total: number; valid: number; invalid: number }
  findings: { file: string; line: number; rule: string; message: string }[]
}

describe('a bad jobs folder', function () {
  this.timeout(60_000)
  let folder: string
  let job: string
  before(async () => {
    folder = await sessionFolder('manifests')
    const [first] = await readdir(path.join(folder, 'jobs'))
    job = await readFile(path.join(folder, 'jobs', first!), 'utf8')
    await mkdir(path.join(folder, 'empty'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const commands = [
    ['jobs', 'validate'],
    ['jobs', 'apply'],
    ['jobs', 'apply', '--apply'],
  ]
  for (const command of commands) {
    const name = command.join(' ')
    const run = (where: string, ...says: string[]) => {
      const error = says.shift()!
      return expectRefusal([...command, '--jobs-dir', where], { error, says }, { cwd: folder })
    }
    it(`${name}: missing, empty, without a document`, async () => {
      await run('nowhere', 'ARB_JOBS_DIR_MISSING', 'nowhere', 'it does not exist')
      await run('empty', 'ARB_JOBS_DIR_EMPTY', 'empty', 'no manifest', 'arbk8s jobs gen')
      await mkdir(path.join(folder, 'blank'), { recursive: true })
      await writeFile(path.join(folder, 'blank', 'x.yaml'), '# nothing\n---\n')
      await run('blank', 'ARB_JOBS_DIR_EMPTY', 'blank', 'no manifest')
      await run('-', 'ARB_JOBS_DIR_EMPTY', 'stdin', 'no manifest')
    })
  }

  it('with a pipe or a link to nowhere in it is not waited for', async () => {
    await mkdir(path.join(folder, 'odd'))
    execFileSync('mkfifo', [path.join(folder, 'odd', 'p.yaml')])
    const pipe = { error: 'ARB_JOBS_DIR_MISSING', says: ['odd/p.yaml', 'not a regular file'] }
    await expectRefusal(['jobs', 'validate', '--jobs-dir', 'odd'], pipe, { cwd: folder })
    await rm(path.join(folder, 'odd', 'p.yaml'))
    await symlink('/no-such-file', path.join(folder, 'odd', 'l.yaml'))
    const link = { error: 'ARB_JOBS_DIR_MISSING', says: ['odd/l.yaml', 'does not exist'] }
    await expectRefusal(['jobs', 'validate', '--jobs-dir', 'odd'], link, { cwd: folder })
  })

  const findings: [what: string, text: () => string | Buffer, rule: string, message: RegExp][] = [
    ['not a Job', () => 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n', 'schema/kind', /ConfigMap, not Job/],
    ['two Jobs without ---', () => job + job, 'yaml/duplicate-key', /stands here a second time/],
    ['bytes that are no text', () => Buffer.from([0xc3, 0x28, 0xa0, 0xff]), 'yaml/encoding', /not UTF-8/],
    ['3 MB of one word', () => 'a'.repeat(3_000_000), 'yaml/size', /3000000 characters/],
    ['text only', () => 'hello\n', 'schema/manifest', /not a mapping/],
    ['not YAML', () => 'a: [b\n', 'yaml/syntax', /not valid YAML/],
  ]
  for (const [what, text, rule, message] of findings)
    it(`a manifest that is ${what} is a finding: validate and apply end with 1`, async () => {
      await writeFile(path.join(folder, 'x.yaml'), text())
      const options = { cwd: folder }
      const { code, json } = await runCliJson<Validation>(['jobs', 'validate', '--jobs-dir', 'x.yaml'], options)
      expect(code).to.equal(1)
      const found = json.findings.find((finding) => finding.rule === rule)
      expect(found, JSON.stringify(json.findings)).to.include({ file: 'x.yaml' })
      expect(found?.message).to.match(message)
      const validated = await runCli(['jobs', 'validate', '--jobs-dir', 'x.yaml'], options)
      const applied = await runCli(['jobs', 'apply', '--jobs-dir', 'x.yaml', '--apply'], options)
      expect([validated.code, applied.code]).to.deep.equal([1, 1])
      expect(validated.stdout).to.include(`x.yaml:${found?.line}`)
      expectNoStack(validated)
      expectNoStack(applied)
    })

  it('two documents in one file are two Jobs', async () => {
    await writeFile(path.join(folder, 'x.yaml'), `${job}---\n${job.replaceAll('worker-1', 'worker-9')}`)
    const { code, json } = await runCliJson<Validation>(['jobs', 'validate', '--jobs-dir', 'x.yaml'], { cwd: folder })
    expect([code, json.summary.valid]).to.deep.equal([0, 2])
  })

  it('a Kubernetes version that is not known is told with those that are', async () => {
    const refusal = { error: 'ARB_KUBE_VERSION_UNKNOWN', says: ['"9.9"', /1\.20 to 1\.\d+/] }
    await expectRefusal(['jobs', 'validate', '--jobs-dir', 'jobs', '--kube-version', '9.9'], refusal, { cwd: folder })
  })
})
