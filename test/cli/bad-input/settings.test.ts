import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { runCli, runCliJson } from '../../helpers/cli.js'
import { expectRefusal, openFolder, type Refusal } from '../../helpers/refusal.js'

interface Doctor {
  settings: { name: string; value: string | null; from: string; file: string | null }[]
}

describe('settings', function () {
  this.timeout(60_000)
  let folder: string
  let project: string
  let user: string
  let deep: string
  before(async () => {
    folder = await openFolder('settings')
    project = path.join(folder, 'arbk8s.yaml')
    user = path.join(folder, 'xdg', 'arbk8s', 'config.yaml')
    deep = path.join(folder, 'a', 'b')
    await mkdir(path.dirname(user), { recursive: true })
    await mkdir(deep, { recursive: true })
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const env = (more: Record<string, string> = {}) => ({ XDG_CONFIG_HOME: path.join(folder, 'xdg'), ...more })

  it('come from flag over variable over project file over user file, and doctor says which', async () => {
    const namespace = async (args: string[], more: Record<string, string> = {}) => {
      const { json } = await runCliJson<Doctor>(['doctor', ...args], { cwd: deep, env: env(more) })
      const { value, from, file } = json.settings.find(({ name }) => name === 'namespace')!
      return [value, from, file]
    }
    expect(await namespace([])).to.deep.equal([null, 'unset', null])
    await writeFile(user, 'namespace: of-user\n')
    expect(await namespace([])).to.deep.equal(['of-user', 'user', user])
    await writeFile(project, 'namespace: of-project\n')
    expect(await namespace([])).to.deep.equal(['of-project', 'project', project])
    const variable = { ARBK8S_NAMESPACE: 'of-variable' }
    expect(await namespace([], variable)).to.deep.equal(['of-variable', 'variable', null])
    expect(await namespace(['-n', 'of-flag'], variable)).to.deep.equal(['of-flag', 'flag', null])
    const text = await runCli(['doctor'], { cwd: deep, env: env() })
    expect(text.stdout).to.match(/^namespace +of-project +project file .*arbk8s\.yaml$/m)
  })

  const bad = (...says: Refusal['says']): Refusal => ({ error: 'ARB_CONFIG_INVALID', says: ['arbk8s.yaml', ...says] })
  const cases: [text: string, refusal: Refusal][] = [
    ['namepsace: x', bad(':1', '"namepsace"', 'Did you mean "namespace"?')],
    ['namespace: [a]', bad(':1', '"namespace" must be text')],
    ['protected_contexts: 3', bad(':1', 'must be text or a list of texts')],
    ['request_timeout: 5', bad(':1', 'a duration such as 30s')],
    ['request_timeout: 5x', bad('"request_timeout": "5x" is not a duration', 'for example 30s')],
    ['request_timeout: 700h', bad('"request_timeout": "700h" is too long; the longest is 596h')],
    ['- a', bad(':1', 'must be a mapping')],
    ['namespace: {', { error: 'ARB_CONFIG_SYNTAX', says: [/arbk8s\.yaml:\d/] }],
  ]
  for (const [text, refusal] of cases)
    it(`with "${text}" in the project file are told with the file`, async () => {
      await writeFile(project, `${text}\n`)
      await expectRefusal(['health', 'check', '-l', 'a=b'], refusal, { cwd: deep, env: env() })
      // Help is what one needs then.
      const help = await runCli(['health', 'check', '--help'], { cwd: deep, env: env() })
      expect(help.code).to.equal(0)
    })

  it('in a variable are told with its name', async () => {
    await rm(project)
    const refusal = { error: 'ARB_USAGE', says: ['"zz" is not a duration', 'variable ARBK8S_REQUEST_TIMEOUT'] }
    const options = { cwd: deep, env: env({ ARBK8S_REQUEST_TIMEOUT: 'zz' }) }
    await expectRefusal(['health', 'check', '-l', 'a=b'], refusal, options)
    const flag = await runCli(['health', 'check', '-l', 'a=b', '--request-timeout', 'yy'], options)
    expect(flag.stderr).to.include('"yy" is not a duration').and.to.not.include('variable')
  })

  it('file that is a folder is told', async () => {
    await mkdir(project)
    const refusal = { error: 'ARB_CONFIG_UNREADABLE', says: ['arbk8s.yaml', 'it is a folder'] }
    await expectRefusal(['health', 'check', '-l', 'a=b'], refusal, { cwd: deep, env: env() })
  })
})
