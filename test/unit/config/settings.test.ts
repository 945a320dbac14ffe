import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { loadSettings, settingOf, settingsUnion } from '../../../src/config/settings.js'

describe('settings files', () => {
  let home: string
  let project: string
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'arbk8s-settings-'))
    project = path.join(home, 'project')
    mkdirSync(path.join(project, 'deep', 'er'), { recursive: true })
    mkdirSync(path.join(home, 'config'))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  const load = (cwd = project) => loadSettings({ cwd, configDir: path.join(home, 'config') })
  const write = (text: string) => writeFileSync(path.join(project, 'arbk8s.yaml'), text)

  async function failure(text: string): Promise<string> {
    write(text)
    return load().then(
      () => expect.fail('accepted'),
      (error: Error & { hints: string[] }) => [error.message, ...error.hints].join('\n'),
    )
  }

  it('joins a list over all files, so that none takes away from another', async () => {
    writeFileSync(path.join(home, 'config', 'config.yaml'), 'protected_contexts: ["*prod*", both]\n')
    expect(settingsUnion(await load(), 'protected_contexts')).to.deep.equal(['*prod*', 'both'])
    write('protected_contexts: []\n')
    expect(settingsUnion(await load(), 'protected_contexts')).to.deep.equal(['*prod*', 'both'])
    write('protected_contexts: [both, staging]\n')
    expect(settingsUnion(await load(), 'protected_contexts')).to.deep.equal(['both', 'staging', '*prod*'])
    expect(settingsUnion(await load(), 'channel_type')).to.deep.equal([])
  })

  it('finds the project file upwards, and puts it over the user’s', async () => {
    write('namespace: from-project\nkubeconfig: k/config\n')
    writeFileSync(path.join(home, 'config', 'config.yaml'), 'namespace: from-user\ncontext: c\n')
    const files = await load(path.join(project, 'deep', 'er'))
    expect(settingOf(files, 'namespace')?.value).to.equal('from-project')
    expect(settingOf(files, 'context')?.file.scope).to.equal('user')
    expect(settingOf(files, 'kubeconfig')?.value).to.equal(path.join(project, 'k', 'config'))
    expect(settingOf(files, 'history')).to.equal(undefined)
  })

  it('is content with none, and with an empty one', async () => {
    expect(await load()).to.deep.equal([])
    write('')
    expect(settingOf(await load(), 'namespace')).to.equal(undefined)
  })

  it('names the line and the nearest key of an unknown one', async () => {
    const text = await failure('namespace: x\nprotected_context: [prod]\n')
    expect(text)
      .to.contain('arbk8s.yaml:2:')
      .and.to.contain('"protected_context"')
      .and.to.contain('Did you mean "protected_contexts"?')
  })

  it('says what was expected of a wrong type', async () => {
    expect(await failure('namespace: [a]\n')).to.contain('arbk8s.yaml:1: "namespace" must be text')
    expect(await failure('channels: 3\n')).to.contain('must be a mapping')
  })

  it('refuses what is not YAML, duplicate keys and tags', async () => {
    expect(await failure('namespace: [a\n')).to.contain('arbk8s.yaml:')
    expect(await failure('namespace: a\nnamespace: b\n')).to.contain('arbk8s.yaml:2')
    expect(await failure('namespace: !!js/function a\n')).to.contain('arbk8s.yaml:1')
    expect(await failure('- a\n')).to.contain('must be a mapping')
  })
})
