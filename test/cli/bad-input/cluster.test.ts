import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { runCli, runCliJson } from '../../helpers/cli.js'
import { expectNoStack, expectRefusal, openFolder, sessionFolder, startSandbox } from '../../helpers/refusal.js'

/** Every command that reads a session from a cluster. */
const readers = [
  ['health', 'check'],
  ['health', 'record', '--history-file', 'h.jsonl'],
  ['jobs', 'watch', '--once'],
  ['jobs', 'watch', '--until-done'],
  ['jobs', 'logs'],
  ['jobs', 'logs', '-f'],
]
const pipeline = ['pipeline', 'run', '--jobs-dir', 'jobs', '--history-file', 'h.jsonl', '--enable-apply', '--wait']

interface Steps {
  applied_jobs: number
  exit_code: number
  steps: { name: string; status: string; error: { code: string; message: string; hints: string[] } | null }[]
}

describe('a namespace or a selector that is wrong', function () {
  this.timeout(60_000)
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  let folder: string
  let options: { cwd: string; env: Record<string, string> }
  before(async () => {
    sandbox = await startSandbox(await openFolder('cluster'), ['tuning'])
    folder = await sessionFolder('session')
    options = { cwd: folder, env: { KUBECONFIG: sandbox.kubeconfig } }
  })
  after(async () => {
    await sandbox.stop()
    await rm(folder, { recursive: true, force: true })
  })

  for (const reader of readers)
    it(`${reader.join(' ')} refuses a namespace that does not exist, and one that cannot`, async () => {
      const missing = {
        error: 'ARB_NAMESPACE_NOT_FOUND',
        says: ['"nosuch"', '127.0.0.1', 'kubectl create namespace nosuch'],
      }
      await expectRefusal([...reader, '-n', 'nosuch', '-l', 'a=b'], missing, options)
      const bad = { error: 'ARB_USAGE', says: ['"a/b" is not a namespace', 'lower-case letters'] }
      await expectRefusal([...reader, '-n', 'a/b', '-l', 'a=b'], bad, options)
    })

  for (const reader of [
    ...readers,
    pipeline,
    ['alerts', 'send', '--history-file', 'h.jsonl'],
    ['history', 'show', '--history-file', 'h.jsonl'],
  ])
    it(`${reader.join(' ')} refuses a selector that does not parse before anything is done`, async () => {
      const refusal = { error: 'ARB_SELECTOR_INVALID', says: ['"a in ("', 'position 7', 'kubectl'] }
      // No kubeconfig and no history are there: the selector is found wrong first.
      await expectRefusal([...reader, '-n', 'tuning', '-l', 'a in ('], refusal, { cwd: folder })
      const session = { error: 'ARB_USAGE', says: ['--session: "a,b=c" is not a session id'] }
      await expectRefusal([...reader, '-n', 'tuning', '--session', 'a,b=c'], session, { cwd: folder })
      expect(await readdir(folder)).to.not.include('h.jsonl')
    })

  for (const selector of ['=b', 'a b', 'a=b,,', 'a==b==c', 'a/b/c=d', 'a=ü', 'a>b', '!', `${'a'.repeat(400)}=x`])
    it(`"${selector.slice(0, 10)}" is no selector`, () =>
      expectRefusal(['health', 'check', '-l', selector], { error: 'ARB_SELECTOR_INVALID', says: ['position'] }))

  it('no selector, an empty one, an empty session: told which flags there are', async () => {
    for (const more of [[], ['-l', ' ']])
      await expectRefusal(['health', 'check', ...more], {
        error: 'ARB_USAGE',
        says: ['--selector', '--session', 'ARBK8S_SELECTOR'],
      })
    await expectRefusal(['health', 'check', '--session='], {
      error: 'ARB_USAGE',
      says: ['--session: "" is not a session id'],
    })
  })

  it('apply refuses a namespace that does not exist, with and without --apply, and makes nothing', async () => {
    const other = await sessionFolder('other', 'k8s_namespace: nosuch', ['k8s_namespace'])
    try {
      const refusal = { error: 'ARB_NAMESPACE_NOT_FOUND', says: ['"nosuch"', 'kubectl create namespace nosuch'] }
      for (const more of [[], ['--apply']]) {
        const run = () => runCli(['jobs', 'apply', '--jobs-dir', 'jobs', ...more, '--json'], { ...options, cwd: other })
        const { code, stdout } = await run()
        expect(code, stdout).to.equal(3)
        for (const said of refusal.says)
          (expect(JSON.parse(stdout)).to.nested.property('error.code', refusal.error),
            expect(stdout).to.include(said.replaceAll('"', '\\"')))
      }
      const { code, json } = await runCliJson<Steps>(pipeline, { ...options, cwd: other })
      expect([code, json.exit_code, json.applied_jobs]).to.deep.equal([3, 3, 0])
      const apply = json.steps.find(({ name }) => name === 'apply')
      expect(apply?.error?.code).to.equal('ARB_NAMESPACE_NOT_FOUND')
    } finally {
      await rm(other, { recursive: true, force: true })
    }
  })

  it('doctor names the namespace that does not exist', async () => {
    const result = await runCli(['doctor', '-n', 'nosuch'], options)
    expect(result.code).to.equal(1)
    expect(result.stdout).to.match(/✗ cluster +the namespace "nosuch" does not exist/)
    expectNoStack(result)
  })

  it('the pipeline refuses an unknown channel and an unknown store before it applies anything', async () => {
    const channel = {
      error: 'ARB_PLUGIN_NOT_FOUND',
      says: ['"slakc"', 'Did you mean "slack"?', 'arbk8s plugins install slack'],
    }
    await expectRefusal([...pipeline, '--channel-type', 'slakc'], channel, options)
    const store = { error: 'ARB_PLUGIN_NOT_FOUND', says: ['"s4"', 'Installed: jsonl'] }
    await expectRefusal(['pipeline', 'run', '--jobs-dir', 'jobs', '--history', 's4://b/p'], store, options)
  })

  it('manifests of two sessions are told before any of them is applied', async () => {
    const more = ['--k8s-config', 'two.yaml', '--output-dir', 'jobs']
    const { writeFile } = await import('node:fs/promises')
    const { sessionYaml } = await import('../../helpers/refusal.js')
    await writeFile(path.join(folder, 'two.yaml'), sessionYaml('session_id: another', ['session_id']))
    expect((await runCli(['jobs', 'gen', ...more], options)).code).to.equal(0)
    const { code, json } = await runCliJson<Steps>(pipeline, options)
    expect([code, json.applied_jobs]).to.deep.equal([3, 0])
    expect(json.steps.find(({ name }) => name === 'validate')?.error?.message).to.include('another, d29-demo')
  })
})
