import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readFileSync } from 'node:fs'

import { expect } from 'chai'

import { repoRoot, runCli, type CliOptions } from '../helpers/cli.js'
import { expectNoStack, expectRefusal } from '../helpers/refusal.js'

interface Manifest {
  commands: Record<
    string,
    {
      id: string
      pluginName: string
      hidden?: boolean
      examples?: unknown[]
      flags: Record<string, { type: string; hidden?: boolean }>
      args?: Record<string, unknown>
    }
  >
}
const manifest = JSON.parse(readFileSync(path.join(repoRoot, 'oclif.manifest.json'), 'utf8')) as Manifest
const commands = Object.values(manifest.commands).filter(({ hidden }) => !hidden)

const takesArguments = (id: string) => Object.keys(manifest.commands[id]!.args ?? {}).length > 0

describe('the exit codes of usage errors', function () {
  this.timeout(60_000)
  let options: CliOptions
  before(async () => (options = { cwd: await mkdtemp(path.join(tmpdir(), 'arbk8s-usage-')) }))
  after(() => rm(options.cwd!, { recursive: true, force: true }))
  const usage = (args: string[], ...says: (string | RegExp)[]) =>
    expectRefusal(args, { error: 'ARB_USAGE', says }, options)

  for (const { id, flags } of commands) {
    const words = id.split(':')
    it(`${words.join(' ')}: unknown flag, missing value, extra argument: 3 in text and in JSON`, async () => {
      const withValue = Object.keys(flags).find((name) => flags[name]!.type === 'option' && name !== 'output')
      await Promise.all([
        usage([...words, '--no-such-flag'], '--no-such-flag', '--help'),
        takesArguments(id) ? undefined : usage([...words, 'surplus'], '"surplus"', 'too many'),
        withValue ? usage([...words, `--${withValue}`], `--${withValue} expects a value`) : undefined,
      ])
    })
    it(`${words.join(' ')} --help and -h end with 0 and show an example`, async () => {
      const results = await Promise.all(['--help', '-h'].map((flag) => runCli([...words, flag], options)))
      for (const result of results) {
        expect([result.code, result.stderr]).to.deep.equal([0, ''])
        expect(result.stdout)
          .to.match(/^EXAMPLES$/m)
          .and.to.include(`$ arbk8s ${words.join(' ')}`)
      }
    })
  }

  it('what was probably meant is named', async () => {
    await usage(['jobs', 'gne'], 'no command "jobs gne"', 'Did you mean "arbk8s jobs gen"?')
    await usage(['jbos'], 'Did you mean "arbk8s jobs"?')
    await usage(['nonsense'], 'no command "nonsense"', 'arbk8s help')
    await usage(['jobs', 'gen', '--chekc'], 'Did you mean --check?')
    await usage(['history', 'show', '--limti', '3'], 'Did you mean --limit?')
    await usage(['--no-color', 'doctor'], '"--no-color"', 'Flags come after the command')
  })

  it('values that do not fit are told with the flag', async () => {
    await usage(['history', 'show', '--limit', 'x'], '--limit: expected an integer')
    await usage(['history', 'show', '--since', 'yesterday'], '--since: "yesterday"', '24h')
    await usage(['history', 'show', '--format', 'xml'], '--format=xml', 'table, json, csv, md')
    await usage(['jobs', 'apply', '--concurrency', '900'], '--concurrency', '64')
    await usage(['jobs', 'watch', '--timeout', '5x'], '--timeout: "5x" is not a duration', '30s')
    await usage(['jobs', 'gen', '--check', '--prune'], '--check', '--prune')
    await usage(['alerts', 'send', '--events-limit', '-1'], '--events-limit')
  })

  it('commands of other packages keep the contract too', async () => {
    await usage(['plugins', 'install'], 'required arg')
    const help = await runCli(['help', 'nosuch'], options)
    expect([help.code, help.stdout]).to.deep.equal([3, ''])
    expect(help.stderr).to.include('no command "nosuch"')
    await usage(['autocomplete', 'fish'], 'bash')
    // It asks a registry for the package: one that is not there, so that no test waits for a network.
    const noRegistry = { npm_config_registry: 'http://127.0.0.1:1/', npm_config_fetch_retries: '0' }
    const inspect = await runCli(['plugins', 'inspect', 'nosuch', '--json'], { ...options, env: noRegistry })
    expect(inspect.code).to.equal(3)
    expect(JSON.parse(inspect.stdout)).to.nested.include({ 'error.code': 'ARB_PLUGIN_FAILED', 'error.exit_code': 3 })
    expectNoStack(inspect)
  })

  it('help, version, topics and plugins end with 0', async () => {
    for (const args of [
      ['help'],
      ['--help'],
      ['-h'],
      ['--version'],
      ['jobs'],
      ['jobs', '--help'],
      ['help', 'jobs', 'gen'],
      ['plugins'],
    ]) {
      const result = await runCli(args, options)
      expect([result.code, result.stderr], args.join(' ')).to.deep.equal([0, ''])
      expect(result.stdout).to.not.equal('')
    }
    const core = await runCli(['plugins', '--core'], options)
    expect(core.stdout).to.include('sandbox').and.to.include('jsonl')
  })
})
