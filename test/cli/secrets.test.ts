/**
 * A canary stands in every place where a secret can enter; every command runs in text and as JSON, with all debug output
 * on, and none of it may be found in anything that leaves the process or stays behind it.
 */
import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { canary, leaksIn } from '../helpers/canaries.js'
import { repoRoot, runCli, type CliResult } from '../helpers/cli.js'
import { filesIn, secretWorkspace, webhookPath, type SecretWorkspace } from '../helpers/secret-workspace.js'

const session = ['-n', 'tuning', '-l', 'session_id=d29-demo']
const channels = [
  ...['ops', 'leaky', 'leaky-throws', 'leaky-fails', 'leaky-crashes', 'leaky-loads-not', 'not-set'],
  ...['hook', 'hook-proxied', 'slack', 'mail'],
]
const allChannels = channels.flatMap((name) => ['--channel-type', name])
const kubeconfigs = ['hostile', 'basic', 'exec', 'exec-fails', 'exec-odd', 'bad-token', 'bad-key', 'proxy', 'no-yaml']

/** The clusters here speak plain HTTP. */
const insecure = '--insecure-skip-tls-verify'

interface Case {
  args: string[]
  /** The exit codes that it may end with. */
  codes: number[]
  env?: Record<string, string>
  stdin?: string
  /** Runs only behind this one of the same list, e.g. to read what it wrote. */
  after?: true
}

/** The cases of each command; `W` stands for the webhook URL. */
const cases: Record<string, Case[]> = {
  'jobs gen': [
    { args: ['--k8s-config', 'literal.yaml', '--output-dir', 'out'], codes: [3] },
    { args: ['--k8s-config', 'broken-config.yaml', '--output-dir', 'out'], codes: [3] },
  ],
  'jobs validate': [
    { args: ['--jobs-dir', 'jobs', '--output-plan', 'out/plan.txt'], codes: [0] },
    { args: ['--jobs-dir', 'broken', '--output-plan', 'out/broken.txt'], codes: [1] },
  ],
  'jobs apply': [
    { args: ['--jobs-dir', 'jobs', '--output-report', 'out/dry.txt', insecure], codes: [0] },
    { args: ['--jobs-dir', 'jobs', '--apply', '--output-report', 'out/apply.txt', insecure], codes: [0, 1] },
    { args: ['--jobs-dir', 'jobs', '--apply', '--kubeconfig', 'hostile.yaml', insecure], codes: [1, 3] },
    { args: ['--jobs-dir', 'broken', '--apply'], codes: [1, 3] },
  ],
  'jobs watch': [{ args: ['--once', ...session], codes: [0] }],
  'jobs logs': [
    { args: session, codes: [0] },
    { args: ['--follow', ...session], codes: [0] },
  ],
  'health check': [
    { args: ['--explain', ...session, '--output-json', 'out/health.json'], codes: [2] },
    ...kubeconfigs.map((name) => ({ args: [...session, '--kubeconfig', `${name}.yaml`], codes: [3] })),
  ],
  'health record': [
    { args: [...session, '--history-file', 'out/h.jsonl'], codes: [2] },
    { args: [...session, '--history', 'leaky://x'], codes: [3] },
    { args: [...session, '--history', 's3://bucket/x'], codes: [3] },
  ],
  'history show': [
    { args: ['--history-file', 'out/h.jsonl'], codes: [0], after: true },
    { args: ['--history-file', 'out/h.jsonl', '--format', 'csv'], codes: [0], after: true },
    { args: ['--history', 'leaky://x'], codes: [3] },
    { args: ['--history', 's3://bucket/x'], codes: [3] },
  ],
  'history report': [
    { args: ['--history-file', 'out/h.jsonl', '--output', 'out/report.html'], codes: [0], after: true },
  ],
  'history verify': [
    { args: ['--history-file', 'out/h.jsonl'], codes: [0], after: true },
    { args: ['--history', 'leaky://x'], codes: [3] },
  ],
  'history compact': [
    { args: ['--history', 'leaky://x'], codes: [3] },
    { args: ['--history', 's3://bucket/x'], codes: [3] },
  ],
  'history copy': [
    { args: ['out/h.jsonl', 'out/copy.jsonl', '--no-dry-run'], codes: [0], after: true },
    { args: ['out/h.jsonl', 'leaky://x', '--no-dry-run'], codes: [3], after: true },
  ],
  'alerts test': [
    { args: allChannels, codes: [3] },
    ...channels.map((name) => ({ args: ['--channel-type', name, '--no-dry-run'], codes: [0, 1, 3] })),
    { args: ['--channel-type', 'leaky-open', '--webhook-url', 'W'], codes: [0] },
    { args: ['--channel-type', 'leaky-open', '--webhook-url=W', '--no-dry-run'], codes: [0, 1] },
    { args: ['--channel-type', 'leaky-open', '--webhook-url-file', 'secrets/url'], codes: [0] },
    { args: ['--channel-type', 'leaky-open', '--webhook-url-file', '-'], stdin: 'W', codes: [0] },
    { args: ['--channel-type', 'leaky-open'], env: { ARBK8S_WEBHOOK_URL: 'W' }, codes: [0] },
    { args: ['--channel-type', 'leaky-open', '--webhook-url', 'W', '--no-such-flag'], codes: [3] },
    { args: ['--channel-type', 'none-such', '--webhook-url', 'W'], codes: [3] },
  ],
  'alerts send': [
    { args: [...session, '--history-file', 'out/h.jsonl', '--channel-type', 'leaky'], codes: [0], after: true },
    {
      args: [...session, '--history-file', 'out/h.jsonl', ...allChannels, '--no-dry-run'],
      codes: [3],
      after: true,
    },
    { args: [...session, '--history', 'leaky://x', '--channel-type', 'leaky', '--webhook-url', 'W'], codes: [3] },
  ],
  'pipeline run': [
    {
      args: ['--jobs-dir', 'jobs', '--history-file', 'out/p.jsonl', '--enable-alerts', '--channel-type', 'leaky-fails'],
      codes: [1, 2, 3],
    },
    {
      args: ['--jobs-dir', 'jobs', '--history-file', 'out/p2.jsonl', '--enable-apply', '--webhook-url', 'W'],
      codes: [0, 1, 2, 3],
    },
    { args: ['--jobs-dir', 'jobs', '--history-file', 'out/p3.jsonl', '--kubeconfig', 'hostile.yaml'], codes: [3] },
  ],
  doctor: [
    {
      args: ['-n', 'tuning', '--history-file', 'out/h.jsonl', ...allChannels],
      codes: [0, 1],
    },
    { args: ['-n', 'tuning', '--history', 'leaky://x', '--kubeconfig', 'hostile.yaml'], codes: [0, 1] },
  ],
  init: [{ args: ['--dir', 'out/init'], codes: [0, 3] }],
  'sandbox start': [{ args: ['--sandbox-dir', 'sandbox-that-runs'], codes: [0] }],
  'sandbox status': [{ args: ['--sandbox-dir', 'sandbox-that-runs'], codes: [0, 1], after: true }],
  'sandbox stop': [],
  plugins: [
    { args: [], codes: [0, 1] },
    { args: ['--core'], codes: [0, 1] },
  ],
  'plugins new': [{ args: ['notifier', 'pager'], codes: [0, 3] }],
  'plugins install': [{ args: ['no-such-plugin'], codes: [1, 2, 3] }],
  'plugins inspect': [{ args: ['leaky-plugin'], codes: [0] }],
  help: [{ args: ['alerts', 'send'], codes: [0, 3] }],
  'no such command': [{ args: ['--webhook-url', 'W'], codes: [3] }],
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const debug = { DEBUG: '*', NODE_DEBUG: 'http,https,tls,net,undici,fetch,stream' }

/** Each case in text and as JSON, and the sandbox's end. */
const runs = 2 * (Object.values(cases).flat().length + 1)

interface Ran extends CliResult {
  name: string
  codes: number[]
}

describe('secrets', function () {
  this.timeout(240_000)
  let place: SecretWorkspace
  const ran: Ran[] = []

  before(async () => {
    place = await secretWorkspace()
    const all = Object.entries(cases).flatMap(([command, list]) =>
      list.map((each) => ({ ...each, args: [...command.split(' '), ...each.args] })),
    )
    await inParallel(all.filter(({ after }) => !after))
    await inParallel(all.filter(({ after }) => after))
    await runBoth({ args: ['sandbox', 'stop', '--sandbox-dir', 'sandbox-that-runs'], codes: [0, 1] })
  })
  after(async () => {
    await place.close()
    await rm(place.folder, { recursive: true, force: true })
  })

  async function inParallel(list: Case[]): Promise<void> {
    const waiting = [...list]
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await runBoth(next)
    }
    await Promise.all([worker(), worker(), worker(), worker()])
  }

  /** In text with all debug output, and as JSON. */
  async function runBoth({ args, codes, env = {}, stdin }: Case): Promise<void> {
    const filled = (text: string): string => text.replace(/^(--webhook-url=)?W$/, `$1${place.webhookUrl}`)
    const given = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)]))
    for (const [more, extra] of [[[], debug] as const, [['--json'], {}] as const]) {
      const line = [...args.map(filled), ...more]
      const options = { cwd: place.folder, env: { ...place.env, ...given, ...extra } }
      const result = await runCli(line, { ...options, ...(stdin ? { stdin: `${filled(stdin)}\n` } : {}) })
      ran.push({ ...result, name: [...args, ...more].join(' '), codes })
    }
  }

  it('are tried with every command there is', async () => {
    const { commands } = JSON.parse(await readFile(path.join(repoRoot, 'oclif.manifest.json'), 'utf8')) as {
      commands: Record<string, unknown>
    }
    const names = Object.keys(commands).map((id) => id.replaceAll(':', ' '))
    expect(Object.keys(cases)).to.include.members(names)
  })

  it('let every run end as it should', () => {
    const wrong = ran.filter(({ code, codes }) => code === null || !codes.includes(code))
    expect(wrong.map(({ name, code, stderr }) => `${name}: ${code} ${stderr.slice(-600)}`)).to.deep.equal([])
    expect(ran).to.have.length(runs)
  })

  it('did reach those whom they are for', () => {
    const sent = place.sink.requests.map(({ path: asked, headers, body }) => ({ asked, headers, body }))
    expect(sent.map(({ asked }) => asked)).to.include(`/${webhookPath.replace(/\?.*/, '')}`)
    expect(sent.map(({ headers }) => headers.authorization)).to.include(`Bearer ${canary('header')}`)
    for (const { body } of sent) expect(leaksIn(body)).to.deep.equal([])
  })

  it('would be found: each spelling of the leaky plugin is a hit where nothing masks it', async () => {
    const { spellings } = (await import('../fixtures/leaky-plugin/tell.js')) as { spellings: (of: object) => string }
    const said = spellings({ password: canary('smtp') }).split('\n')
    expect(said).to.have.length.greaterThan(10)
    for (const line of said) expect(leaksIn(line), line).to.not.have.length(0)
  })

  it(`are in no output of ${runs} runs of ${Object.keys(cases).length} commands`, () => {
    const found = ran.flatMap(({ name, stdout, stderr }) =>
      [stdout, stderr].flatMap((text) => leaksIn(text).map((leak) => `${name}: ${leak}`)),
    )
    expect(found).to.deep.equal([])
  })

  it('leave JSON that parses', () => {
    const json = ran.filter(({ name }) => name.endsWith('--json') && !/^help|--follow/.test(name))
    const broken = json.filter(({ stdout }) => !isJson(stdout))
    expect(json.length).to.be.greaterThan(runs / 2 - 3)
    expect(broken.map(({ name, stdout }) => `${name}: ${stdout.slice(0, 300)}`)).to.deep.equal([])
  })

  it('are in no file that a command left: history, ledger, report, plan, temporary files', async () => {
    const files = (await filesIn(place.folder)).filter((name) => !place.inputs.has(name) && !/^sandbox/.test(name))
    expect(files.length).to.be.greaterThan(12)
    expect(files).to.include.members([
      'out/plan.txt',
      'out/apply.txt',
      'out/h.jsonl',
      'out/report.html',
      'out/health.json',
    ])
    const found = await Promise.all(
      files.map(async (name) =>
        leaksIn(await readFile(path.join(place.folder, name), 'utf8')).map((leak) => `${name}: ${leak}`),
      ),
    )
    expect(found.flat()).to.deep.equal([])
  })

  it('are shown to be there by their marks', () => {
    const shown = ran.map(({ stdout, stderr }) => stdout + stderr).join('\n')
    expect(shown).to.include('********')
    expect(shown).to.match(/http:\/\/127\.0\.0\.1:\d+\/…#sha256:[0-9a-f]{8}/)
  })
})
