/** Nine packages whose oclif hooks do harm, each beside three commands: the result stays true, or the code is not 0. */
import { cp, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { type CliResult, repoRoot } from '../helpers/cli.js'
import { fakeSession, type FakeSession } from '../helpers/fake-session.js'
import { pluginHome, type PluginHome } from '../helpers/plugin-home.js'
import { fixture } from '../unit/health/objects.js'

const forEver = 'new Promise(() => undefined)'

/** Name to the body of the hook, which runs at init and again at prerun; `options` is what oclif hands it. */
const evils: Record<string, { body: string; top?: string; ends?: 'must' }> = {
  throws: { body: `throw new Error('evil throw')` },
  'exits-0': { body: `process.exit(0)` },
  hangs: { body: `await ${forEver}` },
  // Nothing within the process can end this one; whoever waits for it can.
  spins: { body: `for (;;);`, ends: 'must' },
  'eats-memory': { body: `const all = []; for (;;) all.push(new Array(1e6).fill({}))`, ends: 'must' },
  prints: {
    top: `console.log('evil at import')`,
    body: `console.log('{"evil": true}'); process.stdout.write('evil\\n')`,
  },
  'pushes-argv': { body: `options.argv?.push('--no-dry-run', '--apply', '--strict'); options.argv?.reverse()` },
  'throws-later': { body: `setTimeout(() => { throw new Error('evil later') }, 1)` },
  'kills-itself': { body: `process.kill(process.pid, 'SIGKILL')`, ends: 'must' },
}

describe('packages whose hooks do harm', function () {
  this.timeout(120_000)
  let session: FakeSession
  let jobs: string
  const homes: PluginHome[] = []
  let spinning = ''
  const honest: Record<string, CliResult> = {}

  const commands: Record<string, (home: PluginHome) => Promise<CliResult>> = {
    'alerts send': (home) =>
      run(home, [
        'alerts',
        'send',
        '--history-file',
        path.join(home.folder, 'h.jsonl'),
        '-n',
        'a',
        '-l',
        'b=c',
        '--json',
      ]),
    'health check': (home) =>
      run(home, ['health', 'check', '-n', 'trading', '-l', 'app=x', '--kubeconfig', session.kubeconfig, '--json']),
    'jobs validate': (home) => run(home, ['jobs', 'validate', '--jobs-dir', jobs, '--json']),
  }
  const run = (home: PluginHome, args: string[]) =>
    home.run(args, {
      timeoutMs: home.folder === spinning ? 3000 : 30_000,
      env: { NODE_OPTIONS: '--max-old-space-size=96' },
    })

  async function home(): Promise<PluginHome> {
    const made = await pluginHome()
    homes.push(made)
    const record = {
      ...{ timestamp: '2025-11-16T10:00:00Z', namespace: 'a', selector: 'b=c', overall_health: 'ERROR' },
      ...{ jobs_ok: 0, jobs_warn: 0, jobs_error: 1, raw_snapshot: null },
    }
    await writeFile(path.join(made.folder, 'h.jsonl'), `${JSON.stringify(record)}\n`)
    return made
  }

  before(async () => {
    session = await fakeSession()
    const shot = fixture('exit3')
    Object.assign(session.state, { jobs: shot.jobs, pods: shot.pods, events: shot.events })
    const clean = await home()
    jobs = path.join(clean.folder, 'jobs')
    await mkdir(jobs)
    await cp(path.join(repoRoot, 'examples', 'sessions', 'quickstart', 'k8s.yaml'), path.join(jobs, 'no-job.yaml'))
    for (const [name, command] of Object.entries(commands)) honest[name] = await command(clean)
  })
  after(async () => {
    await session.close()
    await Promise.all(homes.map((each) => each.remove()))
  })

  it('compares with runs that say something', () => {
    expect(Object.values(honest).map(({ code }) => code)).to.deep.equal([0, 2, 1])
    for (const { stdout } of Object.values(honest)) expect(JSON.parse(stdout)).to.be.an('object')
  })

  for (const [name, { body, top = '', ends }] of Object.entries(evils)) {
    it(`${name}: changes no result, or the code is not 0`, async () => {
      const victim = await home()
      if (name === 'spins') spinning = victim.folder
      const hook = `${top}\nexport default async function (options) { ${body} }\n`
      await victim.link({
        name: `evil-${name}`,
        hooks: { init: './hook.js', prerun: './hook.js' },
        files: { 'hook.js': hook },
      })
      const runs = await Promise.all(
        Object.entries(commands).map(async ([command, start]) => ({ command, result: await start(victim) })),
      )
      for (const { command, result } of runs) judge(name, ends === 'must', result, honest[command]!)
    })
  }

  function judge(name: string, mayEnd: boolean, result: CliResult, expected: CliResult): void {
    const shown = `${result.code} ${result.signal}\n${result.stdout}\n${result.stderr}`
    if (mayEnd) {
      expect(result.code, shown).to.not.equal(0)
      expect(result.stdout, shown).to.equal('')
      return
    }
    expect(lasting(result.stdout), shown).to.equal(lasting(expected.stdout))
    if (name === 'throws-later') expect(result.code, shown).to.equal(3)
    else expect(result.code, shown).to.equal(expected.code)
    // argv is a copy: pushing to it is nothing that could be told.
    if (name !== 'pushes-argv') expect(result.stderr).to.include(`evil-${name}`)
  }

  /** What does not change from run to run. */
  function lasting(json: string): string {
    return json.replace(/"(timestamp|detected_at|checked_at)": "[^"]*"/g, '"$1"')
  }

  it('does not apply because a hook pushed --apply', async () => {
    const victim = await home()
    const hook = `export default async ({ argv }) => { argv.push('--apply') }`
    await victim.link({
      name: 'evil-apply',
      hooks: { init: './hook.js', prerun: './hook.js' },
      files: { 'hook.js': hook },
    })
    await writeFile(path.join(victim.folder, 'k8s.yaml'), sessionYaml)
    expect((await victim.run(['jobs', 'gen', '--k8s-config', 'k8s.yaml', '--output-dir', 'out'])).code).to.equal(0)
    // Without a cluster a dry-run says so and ends well; an apply could not.
    const { stdout, code } = await victim.run(['jobs', 'apply', '--jobs-dir', 'out', '--json'])
    expect(JSON.parse(stdout), stdout).to.have.property('mode', 'dry_run')
    expect(code).to.equal(0)
  })

  it('lets a hook refuse a command, which then ends with 3', async () => {
    const victim = await home()
    const hook = `export default async function () { this.error('not on Fridays', { exit: 1 }) }`
    await victim.link({ name: 'policy', hooks: { prerun: './hook.js' }, files: { 'hook.js': hook } })
    const { code, stderr } = await commands['jobs validate']!(victim).then(async () =>
      victim.run(['jobs', 'validate', '--jobs-dir', jobs]),
    )
    expect(code).to.equal(3)
    expect(stderr).to.include('plugin policy stopped the command in its prerun hook: not on Fridays')
  })

  it('keeps core commands and says which of a package’s are not used', async () => {
    const victim = await home()
    const command = `export default class Apply { static id = 'jobs:validate'; static run() { console.log('hijacked') } }`
    await victim.link({
      name: 'hijack',
      hooks: { command_not_found: './hook.js' },
      files: { 'hook.js': 'export default async () => true', 'commands/jobs/validate.js': command },
      more: { oclif: { commands: './commands' } },
    })
    const { stdout, code } = await commands['jobs validate']!(victim)
    expect([code, lasting(stdout)]).to.deep.equal([1, lasting(honest['jobs validate']!.stdout)])
    expect((await victim.run(['jobs', 'aply'])).code).to.equal(3)
    const listing = await victim.run(['plugins'])
    expect(listing.code).to.equal(1)
    expect(listing.stdout).to.include('hijack: its command "jobs validate" is not used')
    expect(listing.stdout).to.include('hijack: its command_not_found hook is not run')
    expect((await victim.run(['doctor'])).stdout).to.include(
      '! plugins    hijack (linked): its command "jobs validate"',
    )
  })
})

const sessionYaml = [
  'session_id: demo',
  'k8s_namespace: trading',
  'image: registry.example/app:1.0',
  'mode: paper',
  'env: docker',
  'total_iterations: 2',
  'workers: 1',
  'optimizer: grid',
  'config_path: c.yaml',
  'resources: {requests: {cpu: 1m, memory: 1Mi}, limits: {cpu: 1m, memory: 1Mi}}',
].join('\n')
