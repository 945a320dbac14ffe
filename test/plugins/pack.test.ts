import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { expect } from 'chai'

import { cliEnv, repoRoot } from '../helpers/cli.js'

const run = promisify(execFile)

describe('the packed CLI', function () {
  this.timeout(300_000)
  let folder: string
  let bin: string

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-pack-'))
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: repoRoot })
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'))
    const app = path.join(folder, 'app')
    await mkdir(app)
    await writeFile(path.join(app, 'package.json'), '{"private": true, "type": "module"}')
    await run('npm', ['install', '--no-audit', '--no-fund', path.join(folder, tarball!)], { cwd: app })
    bin = path.join(app, 'node_modules', '.bin', 'arbk8s')
  })

  after(async () => rm(folder, { recursive: true, force: true }))

  const arbk8s = (...args: string[]) => run(bin, args, { cwd: path.join(folder, 'app'), env: cliEnv(folder) })

  it('installs with nothing else published and knows its commands', async () => {
    const { stdout } = await arbk8s('--help')
    expect(stdout).to.contain('pipeline').and.to.contain('sandbox')
  })

  it('has its own store, channel and sandbox with it', async () => {
    const { stdout } = await arbk8s('doctor', '--json', '--sandbox', '--history-file', 'h.jsonl')
    const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: { detail: string }[] }
    expect(ok).to.equal(true)
    const text = checks.map(({ detail }) => detail).join('\n')
    expect(text).to.contain('store:jsonl by @arbk8s/plugin-jsonl').and.to.contain('notifier:console by arbk8s')
    expect(text).to.contain('cluster:sandbox by @arbk8s/plugin-sandbox').and.to.contain('Kubernetes v')
  })

  it('can be imported, prints nothing and has types', async () => {
    const app = path.join(folder, 'app')
    const program = `import * as arbk8s from 'arbk8s'; console.log(typeof arbk8s.generateJobs, typeof arbk8s.runPipeline)`
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: app })
    expect([stdout, stderr]).to.deep.equal(['function function\n', ''])
    expect(await readdir(path.join(app, 'node_modules', 'arbk8s', 'dist'))).to.include('index.d.ts')
  })

  it('has types with which a strict consumer compiles, with nothing skipped', async () => {
    const app = path.join(folder, 'app')
    const types = { typeRoots: [path.join(repoRoot, 'node_modules', '@types')], types: ['node'] }
    const compilerOptions = { strict: true, exactOptionalPropertyTypes: true, module: 'NodeNext', target: 'ES2022' }
    await cp(path.join(repoRoot, 'examples', 'library'), path.join(app, 'library'), { recursive: true })
    await writeFile(
      path.join(app, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: { ...compilerOptions, ...types, skipLibCheck: false, noEmit: true },
        include: ['library'],
      }),
    )
    const tsc = path.join(repoRoot, 'node_modules', 'typescript', 'bin', 'tsc')
    await run(process.execPath, [tsc, '-p', app]).catch((error: { stdout: string }) =>
      expect(error.stdout).to.equal(''),
    )
  })

  it('carries no test, source map or file of the developer’s', async () => {
    const names = await readdir(path.join(folder, 'app', 'node_modules', 'arbk8s'), { recursive: true })
    expect(
      names.filter(
        (name) => /(^|\/)(test|bench|\.arbk8s|\.tsbuildinfo)($|\/)/.test(name) && !name.startsWith('node_modules'),
      ),
    ).to.deep.equal([])
  })
})
