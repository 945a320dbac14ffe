import { chmod, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'
import { stringify } from 'yaml'

import { generateFiles, type GeneratedFiles } from '../../../src/manifests/generate-files.js'
import { rejection } from '../../helpers/rejection.js'
import { original } from '../../helpers/session-config.js'

describe('generateFiles', () => {
  let folder: string
  let out: string
  let time = 0
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-gen-'))
    out = path.join(folder, 'out')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const generate = async (more: object = {}, options: object = {}): Promise<GeneratedFiles> => {
    const k8sConfig = path.join(folder, 'k8s.yaml')
    await writeFile(k8sConfig, stringify({ ...original, ...more }))
    return generateFiles({
      k8sConfig,
      outputDir: out,
      now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, time++)),
      ...options,
    })
  }
  const actions = ({ plan }: GeneratedFiles) => plan.files.map((file) => file.action)
  const contents = async () =>
    Object.fromEntries(
      await Promise.all(
        (await readdir(out)).sort().map(async (name) => [name, await readFile(path.join(out, name), 'utf8')]),
      ),
    )

  it('writes the same bytes again, and only what changed', async () => {
    expect(actions(await generate())).to.deep.equal(['create', 'create'])
    const before = await contents()
    expect(actions(await generate())).to.deep.equal(['unchanged', 'unchanged'])
    expect(await contents()).to.deep.equal(before)
    expect(actions(await generate({ workers: 2, image: 'b:2' }))).to.deep.equal(['change', 'change'])
    expect(await contents()).not.to.deep.equal(before)
  })

  it('--check writes nothing and says where the folder differs', async () => {
    const first = await generate({}, { check: true })
    expect(first.differs).to.equal(true)
    expect(await readdir(folder)).to.deep.equal(['k8s.yaml'])
    await generate()
    expect((await generate({}, { check: true })).differs).to.equal(false)
    await writeFile(path.join(out, 'job-00-arb-tuning-d29-k8s--worker-1-0.yaml'), 'edited')
    const edited = await generate({}, { check: true })
    expect([edited.differs, ...actions(edited)]).to.deep.equal([true, 'change', 'unchanged'])
  })

  it('removes with --prune only files of this session that are no longer wanted', async () => {
    await generate({ workers: 3, total_iterations: 6 })
    const third = 'job-02-arb-tuning-d29-k8s--worker-3-2.yaml'
    await writeFile(path.join(out, 'job-09-notes.yaml'), 'mine: true\n')
    await writeFile(path.join(out, 'job-08-other.yaml'), 'metadata: {labels: {session_id: other}}\n')
    const kept = await generate({ workers: 2 })
    expect(kept.plan.stale).to.deep.equal([path.join(out, third)])
    expect(await readdir(out)).to.include(third)
    expect((await generate({ workers: 2 }, { prune: true })).pruned).to.deep.equal([path.join(out, third)])
    expect((await readdir(out)).sort()).to.deep.equal([
      'job-00-arb-tuning-d29-k8s--worker-1-0.yaml',
      'job-01-arb-tuning-d29-k8s--worker-2-1.yaml',
      'job-08-other.yaml',
      'job-09-notes.yaml',
    ])
  })

  it('does not overwrite another session’s Job of the same name', async () => {
    await generate()
    const before = await contents()
    const error = await rejection(generate({ session_id: 'd29-k8s-demo-other' }))
    expect(error.code).to.equal('ARB_SESSION_INVALID')
    expect(error.message).to.include('d29-k8s-demo-session')
    expect(await contents()).to.deep.equal(before)
  })

  it('refuses an output folder that is a file, a link, below a file, or not writable', async () => {
    await writeFile(path.join(folder, 'file'), '')
    await mkdir(path.join(folder, 'real'))
    await symlink(path.join(folder, 'real'), path.join(folder, 'link'))
    for (const [name, message] of [
      ['file', /it is a file, not a folder/],
      ['link', /it is a symbolic link/],
      ['link/', /it is a symbolic link/],
      ['file/below', /a part of the path is a file/],
    ] as const) {
      const error = await rejection(generate({}, { outputDir: `${folder}/${name}` }))
      expect([error.code, message.test(error.message)], name).to.deep.equal(['ARB_OUTPUT_UNWRITABLE', true])
    }
    expect(await readdir(path.join(folder, 'real'))).to.deep.equal([])
    if (process.getuid?.() === 0) return
    await chmod(path.join(folder, 'real'), 0o500)
    expect((await rejection(generate({}, { outputDir: path.join(folder, 'real') }))).code).to.equal(
      'ARB_OUTPUT_UNWRITABLE',
    )
  })

  it('never follows a link within the folder', async () => {
    const victim = path.join(folder, 'victim')
    await writeFile(victim, 'untouched')
    await mkdir(out)
    await symlink(victim, path.join(out, 'job-00-arb-tuning-d29-k8s--worker-1-0.yaml'))
    await generate()
    expect(await readFile(victim, 'utf8')).to.equal('untouched')
  })

  it('refuses parts that Kubernetes would refuse, before anything is written', async () => {
    for (const more of [
      { pod_failure_policy: { rulez: [] } },
      { restart_policy: 'OnFailure', pod_failure_policy: { rules: [] } },
      { tolerations: [{ operator: 'Is' }] },
    ]) {
      expect((await rejection(generate(more))).code).to.equal('ARB_SESSION_INVALID')
      expect(await readdir(folder)).to.deep.equal(['k8s.yaml'])
    }
  })

  it('names file and line of what is wrong with a config', async () => {
    const k8sConfig = path.join(folder, 'bad.yaml')
    const run = async (text: string) => {
      await writeFile(k8sConfig, text)
      return rejection(generateFiles({ k8sConfig, outputDir: out, now: () => new Date(0) }))
    }
    for (const [text, code, message] of [
      ['a: b: c', 'ARB_CONFIG_SYNTAX', /bad\.yaml:1: this is not valid YAML/],
      ['a: 1\na: 2', 'ARB_CONFIG_SYNTAX', /bad\.yaml:2: .*after line 1/],
      ['image: yes', 'ARB_CONFIG_SYNTAX', /bad\.yaml:1: yes is not read the same/],
      ['a: 1\n---\nb: 1', 'ARB_CONFIG_SYNTAX', /bad\.yaml:2: a second document/],
      ['- a', 'ARB_CONFIG_INVALID', /bad\.yaml:1: expected a mapping/],
      ['', 'ARB_CONFIG_INVALID', /found nothing/],
      ['mode: paper\nworkers: many', 'ARB_CONFIG_INVALID', /bad\.yaml:2: workers: expected a whole number/],
      ['mode: paper\nextra_env:\n  A: 1', 'ARB_CONFIG_INVALID', /bad\.yaml:3: extra_env\.A/],
    ] as const) {
      const error = await run(text)
      expect([error.code, error.message], text).to.satisfy(
        ([got, said]: string[]) => got === code && message.test(said!),
      )
    }
    const missing = await rejection(
      generateFiles({ k8sConfig: path.join(folder, 'none'), outputDir: out, now: () => new Date(0) }),
    )
    expect(missing.code).to.equal('ARB_CONFIG_NOT_FOUND')
  })
})
