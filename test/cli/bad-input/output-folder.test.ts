import { spawnSync } from 'node:child_process'
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { repoRoot, runCli } from '../../helpers/cli.js'
import { expectNoStack, expectRefusal, openFolder, sessionYaml, type Refusal } from '../../helpers/refusal.js'

const isRoot = process.getuid?.() === 0
const nobody = 65534
const gen = (folder: string, ...more: string[]) => [
  'jobs',
  'gen',
  '--k8s-config',
  'k8s.yaml',
  '--output-dir',
  folder,
  ...more,
]
const unwritable = (...says: Refusal['says']): Refusal => ({ error: 'ARB_OUTPUT_UNWRITABLE', says })

describe('an output that cannot be written', function () {
  this.timeout(60_000)
  let folder: string
  before(async () => {
    folder = await openFolder('output')
    await writeFile(path.join(folder, 'k8s.yaml'), sessionYaml())
    await writeFile(path.join(folder, 'file'), 'precious')
    await mkdir(path.join(folder, 'elsewhere'))
    await symlink('elsewhere', path.join(folder, 'link'))
    await symlink('/no-such-place', path.join(folder, 'dangling'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const cases: [what: string, output: string, says: string[]][] = [
    ['a file', 'file', ['it is a file, not a folder', '--output-dir']],
    ['below a file', 'file/sub', ['a part of the path is a file']],
    ['a symbolic link to elsewhere', 'link', ['it is a symbolic link; name the folder that it leads to']],
    ['a symbolic link to nowhere', 'dangling', ['it is a symbolic link']],
    ['a name of 300 characters', 'n'.repeat(300), ['the name is too long']],
    ['in /proc', '/proc/arbk8s-test', ['/proc']],
  ]
  for (const [what, output, says] of cases)
    it(`is told where the folder is ${what}`, async () => {
      await expectRefusal(gen(output), unwritable(...says), { cwd: folder })
      expect(await readdir(path.join(folder, 'elsewhere'))).to.deep.equal([])
      expect(await readFile(path.join(folder, 'file'), 'utf8')).to.equal('precious')
    })

  it('is told before any work where it is a report: a folder, a device, this process’s own output', async () => {
    await runCli(gen('jobs'), { cwd: folder })
    for (const [output, says] of [
      ['elsewhere', 'it is a folder'],
      ['/dev/null', 'no regular file'],
      ['/dev/stdout', 'no regular file'],
      ['file/x', 'a part of the path is a file'],
    ] as const)
      for (const args of [
        ['jobs', 'validate', '--jobs-dir', 'jobs', '--output-plan', output],
        ['jobs', 'apply', '--jobs-dir', 'jobs', '--output-report', output],
        ['history', 'report', '--history-file', 'none.jsonl', '--output', output],
        ['health', 'check', '-l', 'a=b', '--output-json', output],
      ])
        await expectRefusal(args, unwritable(output, says), { cwd: folder })
    expect((await stat('/dev/null')).isCharacterDevice()).to.equal(true)
  })

  it('is told to a user without the right', async function () {
    if (!isRoot) {
      await mkdir(path.join(folder, 'ro'))
      await chmod(path.join(folder, 'ro'), 0o555)
      return expectRefusal(gen('ro'), unwritable('permission denied'), { cwd: folder })
    }
    // Root may write anywhere: the command runs as a user who may not, from a copy of nothing but the built package.
    const run = spawnSync(process.execPath, [path.join(repoRoot, 'bin', 'run.js'), ...gen(path.join(folder, 'new'))], {
      cwd: folder,
      uid: nobody,
      gid: nobody,
      env: { PATH: process.env.PATH, HOME: folder },
      encoding: 'utf8',
    })
    expect(run.status, run.error?.message ?? run.stderr).to.equal(3)
    expect(run.stderr).to.include('permission denied').and.to.include('ARB_OUTPUT_UNWRITABLE')
    expectNoStack({ code: 3, signal: null, stdout: run.stdout, stderr: run.stderr })
    expect(await readdir(folder)).to.not.include('new')
  })

  it('on a full disk leaves no part of the session', async function () {
    const disk = path.join(folder, 'disk')
    await mkdir(disk)
    const mounted = isRoot && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk]).status === 0
    if (!mounted) {
      console.warn('      SKIPPED: a full disk needs root and the right to mount a tmpfs')
      return this.skip()
    }
    try {
      await copyFile(path.join(folder, 'k8s.yaml'), path.join(folder, 'many.yaml'))
      await writeFile(path.join(folder, 'many.yaml'), sessionYaml('workers: 6', ['workers']))
      const args = ['jobs', 'gen', '--k8s-config', 'many.yaml', '--output-dir', 'disk/jobs']
      await expectRefusal(args, unwritable('no space left', 'Free some space'), { cwd: folder })
      expect(await readdir(path.join(disk, 'jobs'))).to.deep.equal([])
    } finally {
      spawnSync('umount', [disk])
    }
  })
})
