/** `plugins install` with every form of path, and `plugins new` with what it must refuse; no network is asked. */
import { execFile } from 'node:child_process'
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

import { expect } from 'chai'

import { pluginHome, writePlugin, type PluginHome } from '../helpers/plugin-home.js'

const run = promisify(execFile)
const env = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' }

describe('plugins by path', function () {
  this.timeout(60_000)
  let home: PluginHome
  const arbk8s = (...args: string[]) => home.run(args, { env })

  before(async () => {
    home = await pluginHome()
    await pack('pager', 'notifier:pager', '.')
  })
  after(() => home.remove())

  async function pack(name: string, hook: string, to: string): Promise<void> {
    const files = {
      'n.js': 'export default () => ({ apiVersion: 1, preview() {}, send() {}, append() {}, read() {} })',
    }
    const folder = await writePlugin(home.folder, { name, hooks: { [hook]: './n.js' }, files })
    await mkdir(path.join(home.folder, to), { recursive: true })
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', path.join(home.folder, to)], { cwd: folder })
  }

  for (const form of [
    'pager-1.0.0.tgz',
    './pager-1.0.0.tgz',
    'file:./pager-1.0.0.tgz',
    'file:ABS',
    'file://ABS',
    'ABS',
  ]) {
    it(`takes ${form}`, async () => {
      const spec = form.replace('ABS', path.join(home.folder, 'pager-1.0.0.tgz'))
      const { code, stdout, stderr } = await arbk8s('plugins', 'install', spec)
      expect([code, stdout], stderr).to.deep.equal([0, 'installed pager 1.0.0: notifier:pager\n'])
    })
  }

  it('lists it, and takes it away', async () => {
    expect((await arbk8s('plugins')).stdout).to.match(/^pager +1\.0\.0 +installed +notifier:pager +ok/m)
    expect((await arbk8s('plugins', 'uninstall', 'pager')).code).to.equal(0)
    expect((await arbk8s('plugins')).stdout).to.not.include('pager')
  })

  const refused: Record<string, RegExp> = {
    './missing.tgz': /there is no such file/,
    'missing.tgz': /there is no such file/,
    './pager': /is a folder[^]*arbk8s plugins link/,
    './arbk8s.txt': /must end with \.tgz/,
    'https://user:CANARY@example.com/x.tgz?token=CANARY': /https:\/\/example\.com\/x\.tgz: [^]*Download it/,
  }
  for (const [spec, says] of Object.entries(refused)) {
    it(`refuses ${spec.replace(/\?.*/, '')} at once, and says what to do`, async () => {
      await writeFile(path.join(home.folder, 'arbk8s.txt'), '')
      const { code, stdout, stderr } = await arbk8s('plugins', 'install', spec)
      expect([code, stdout]).to.deep.equal([3, ''])
      expect(stderr).to.match(says).and.not.include('CANARY')
    })
  }

  it('does not take two files of one name for one package', async () => {
    await pack('first', 'notifier:first', 'a')
    await pack('second', 'notifier:second', 'b')
    await rename(path.join(home.folder, 'a', 'first-1.0.0.tgz'), path.join(home.folder, 'a', 'same.tgz'))
    await rename(path.join(home.folder, 'b', 'second-1.0.0.tgz'), path.join(home.folder, 'b', 'same.tgz'))
    expect((await arbk8s('plugins', 'install', 'a/same.tgz')).stdout).to.equal(
      'installed first 1.0.0: notifier:first\n',
    )
    const { code, stdout, stderr } = await arbk8s('plugins', 'install', 'b/same.tgz')
    if (code === 0) expect(stdout).to.equal('installed second 1.0.0: notifier:second\n')
    else expect(stderr).to.include('second is not installed').and.include('Rename the file')
  })

  it('says in JSON alone what failed', async () => {
    const { code, stdout } = await arbk8s('plugins', 'install', 'nosuch', '--json')
    expect(code).to.equal(3)
    expect(JSON.parse(stdout)).to.nested.include({ 'error.code': 'ARB_PLUGIN_INSTALL' })
  })

  it('asks for ours by their full name alone, never for a stranger’s', async () => {
    const { stderr } = await arbk8s('plugins', 'install', 'slack')
    expect(stderr).to.include('@arbk8s/plugin-slack: not installed')
  })

  describe('plugins new', () => {
    const cases: Record<string, { args: string[]; says: string }> = {
      'a name of ours': { args: ['notifier', 'slack'], says: '"slack" is taken' },
      'a name that is there': { args: ['store', 'jsonl'], says: 'taken by @arbk8s/plugin-jsonl' },
      'a name that is none': { args: ['notifier', '../evil'], says: 'cannot be the name of a plugin' },
      'a package name that is none': {
        args: ['store', 'x', '--package', '@A/b c'],
        says: 'cannot be the name of a package',
      },
      'another kind': { args: ['cluster', 'x'], says: 'notifier, store' },
      'a folder in use': { args: ['store', 'x', '--dir', 'used'], says: 'the folder is in use' },
    }
    for (const [what, { args, says }] of Object.entries(cases)) {
      it(`refuses ${what} and writes nothing`, async () => {
        await mkdir(path.join(home.folder, 'used'), { recursive: true })
        await writeFile(path.join(home.folder, 'used', 'mine.txt'), '')
        const before = await readdir(home.folder)
        const { code, stderr } = await arbk8s('plugins', 'new', ...args)
        expect(code).to.equal(3)
        expect(stderr).to.include(says)
        expect(await readdir(home.folder)).to.deep.equal(before)
        expect(await readdir(path.join(home.folder, 'used'))).to.deep.equal(['mine.txt'])
      })
    }
  })
})
