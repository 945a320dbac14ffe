/** A channel's settings as the built CLI obeys them, with the webhook plugin linked and a receiver on loopback. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { repoRoot, runCli, runCliJson } from '../helpers/cli.js'
import { type Sink, startSink } from '../helpers/http-sink.js'

interface Sent {
  alerts: { channel: string; status: string; reason: string; destination: string | null }[]
}

describe('settings of alert channels', function () {
  this.timeout(60_000)
  let home: string
  let env: Record<string, string>
  const sinks: Sink[] = []
  const sink = async (): Promise<Sink> => {
    const started = await startSink()
    sinks.push(started)
    return started
  }
  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'arbk8s-channels-'))
    env = { XDG_DATA_HOME: path.join(home, 'data') }
    const linked = await runCli(['plugins', 'link', '--no-install', path.join(repoRoot, 'plugins/plugin-webhook')], {
      env,
    })
    expect(linked.code, linked.stderr).to.equal(0)
  })
  afterEach(() => Promise.all(sinks.splice(0).map((each) => each.close())))
  after(() => rm(home, { recursive: true, force: true }))

  /** A drill to channels of an arbk8s.yaml. */
  const drill = async (channels: Record<string, unknown>, args: string[] = [], more: Record<string, string> = {}) => {
    const cwd = await mkdtemp(path.join(home, 'run-'))
    await writeFile(path.join(cwd, 'arbk8s.yaml'), JSON.stringify({ channels, channel_type: Object.keys(channels) }))
    return runCliJson<Sent>(['alerts', 'test', '--no-dry-run', ...args], { cwd, env: { ...env, ...more } })
  }

  it('a webhook URL of the environment is for channels without one, and overrides none', async () => {
    const [own, given] = [await sink(), await sink()]
    const channel = { type: 'webhook', allow_private: true, deadline: 0 }
    const variable = { ARBK8S_WEBHOOK_URL: `${given.url}/given` }
    const both = await drill({ one: { ...channel, webhook_url: `${own.url}/own` }, two: channel }, [], variable)
    expect(both.code, both.stdout).to.equal(0)
    expect(both.stderr).to.not.include('not used')
    expect([own, given].map(({ requests }) => requests.map(({ path: at }) => at))).to.deep.equal([['/own'], ['/given']])
    const alone = await drill({ one: { ...channel, webhook_url: `${own.url}/own` } }, [], variable)
    expect(alone.code).to.equal(0)
    expect(alone.stderr).to.include('The webhook URL that was given is not used')
    expect(own.requests).to.have.length(2)
    expect(given.requests).to.have.length(1)
  })

  it('private addresses are refused, with all that is needed to allow them, and nothing connects', async () => {
    const { url, connections } = await sink()
    const named = await drill({ ops: { type: 'webhook', webhook_url: url.replace('http:', 'https:') } }, [
      '--allow-private-addresses',
    ])
    expect(named.code).to.equal(1)
    expect(named.json.alerts[0]!.reason).to.include('127.0.0.1 is refused').and.include('allow_private')
    const unnamed = await runCliJson<Sent>(['alerts', 'test', '--no-dry-run', '--channel-type', 'webhook'], {
      env: { ...env, ARBK8S_WEBHOOK_URL: url },
    })
    expect(unnamed.code).to.equal(1)
    expect(unnamed.json.alerts[0]!.reason).to.include('only https:// is used without allow_private')
    expect(connections()).to.equal(0)
    const allowed = await runCliJson<Sent>(
      ['alerts', 'test', '--no-dry-run', '--channel-type', 'generic_webhook', '--allow-private-addresses'],
      { env: { ...env, ARBK8S_WEBHOOK_URL: url } },
    )
    expect(allowed.code, allowed.stdout).to.equal(0)
    expect(connections()).to.equal(1)
  })

  it('a channel that cannot be used is told by its key, and the others have their alert', async () => {
    const { url, requests } = await sink()
    const good = { type: 'webhook', webhook_url: url, allow_private: true }
    const { code, json } = await drill({
      good,
      late: { ...good, timeout: 'soon' },
      ca: { ...good, ca_file: 'arbk8s.yaml' },
      header: { ...good, headers: { Host: 'x' } },
    })
    expect(code).to.equal(3)
    const reasons = Object.fromEntries(json.alerts.map(({ channel, reason }) => [channel, reason]))
    expect(reasons.late).to.include('arbk8s.yaml: channels.late.timeout must be a duration such as 5s or 1m')
    expect(reasons.ca).to.include('arbk8s.yaml: it holds no certificate in PEM form')
    expect(reasons.header).to.include('Host is set by the channel itself')
    expect(requests).to.have.length(1)
  })

  it('doctor fails where a fallback is no channel, and names a channel once', async () => {
    const cwd = await mkdtemp(path.join(home, 'run-'))
    const channels = { ops: { type: 'console', fallback: 'temm' }, hook: { type: 'webhook' } }
    await writeFile(path.join(cwd, 'arbk8s.yaml'), JSON.stringify({ channels }))
    const { code, stdout } = await runCli(['doctor'], { cwd, env })
    expect(code).to.equal(1)
    expect(stdout).to.match(/✗ channels +temm: no installed plugin provides the alert channel "temm"/)
    expect(stdout).to.match(/✗ channels +hook: notifier:webhook/)
  })

  it('wrong settings are told with the name of the channel', async () => {
    const { code, stdout } = await drill({ ops: { type: 'webhook', fallbck: 'team' } })
    expect(code).to.equal(3)
    expect(stdout).to.include('channels.ops: ').and.include('\\"fallbck\\" is not one of its settings')
  })

  it('a channel without a type is told so, not to install a plugin of its name', async () => {
    const { code, stdout } = await drill({ ops: { webhook_url: 'https://hooks.example.com/x' } })
    expect(code).to.equal(3)
    expect(stdout).to.include('channels.ops has no type').and.not.include('plugins install ops')
  })

  it('what is to be done about a channel stands in sentences', async () => {
    const { json } = await drill({ good: { type: 'console' }, pager: { type: 'pagr' } })
    expect(json.alerts[1]!.reason).to.match(
      /alert channel "pagr"\. Install it: arbk8s plugins install pagr\. Installed: /,
    )
  })

  it('a dry-run, doctor and plugins say of an address what its sending would say, and ask no network', async () => {
    const cwd = await mkdtemp(path.join(home, 'run-'))
    const addresses = {
      plain: ['http://hooks.example.com/x', 'only https:// is used without allow_private'],
      login: ['https://user:gEhEiM@hooks.example.com/x', 'holds a login'],
      inside: ['https://10.0.0.7/x', '10.0.0.7 is refused: it is not a public address'],
      own: ['https://localhost/x', 'localhost is refused'],
    }
    const named = Object.entries(addresses).map(([name, [url]]) => [name, { type: 'webhook', webhook_url: url }])
    const channels: Record<string, unknown> = Object.fromEntries(named)
    channels.fine = { type: 'webhook', webhook_url: 'http://10.0.0.7/x', allow_private: true }
    await writeFile(path.join(cwd, 'arbk8s.yaml'), JSON.stringify({ channels, channel_type: Object.keys(channels) }))
    const drilled = await runCliJson<Sent>(['alerts', 'test'], { cwd, env })
    expect(drilled.code, drilled.stdout).to.equal(1)
    const [doctor, plugins] = [await runCli(['doctor'], { cwd, env }), await runCli(['plugins'], { cwd, env })]
    expect([doctor.code, plugins.code]).to.deep.equal([1, 1])
    for (const [name, [, reason]] of Object.entries(addresses)) {
      const told = drilled.json.alerts.find(({ channel }) => channel === name)!
      expect(told.status, name).to.equal('failed')
      expect(told.reason).to.include(reason)
      expect(doctor.stdout, name)
        .to.match(new RegExp(`✗ channels +${name}: `))
        .and.include(reason)
      expect(plugins.stdout, name).to.include(reason)
    }
    expect(drilled.json.alerts.at(-1)).to.include({ channel: 'fine', status: 'would_send' })
    expect(doctor.stdout).to.match(/✓ channels +fine: webhook, complete/)
    expect(drilled.stdout + doctor.stdout + plugins.stdout).to.not.include('gEhEiM')
  })

  it('an unknown name that is nearly that of a channel is told so, with the file that it stands in', async () => {
    const cwd = await mkdtemp(path.join(home, 'run-'))
    const settings = (more: Record<string, unknown>): Promise<void> =>
      writeFile(path.join(cwd, 'arbk8s.yaml'), JSON.stringify({ channels: { ops: { type: 'console' } }, ...more }))
    const says = /no installed plugin provides the alert channel "opps"[^]*Did you mean "ops"\?[^]*plugins install opps/
    await settings({ channel_type: 'opps' })
    const asked = ['alerts', 'send', '-n', 'n', '-l', 'a=b', '--history-file', 'h.jsonl']
    const pipeline = ['pipeline', 'run', '--jobs-dir', 'jobs', '-n', 'n', '-l', 'a=b', '--history-file', 'h.jsonl']
    for (const args of [asked, pipeline]) {
      const { code, stderr } = await runCli(args, { cwd, env })
      expect(code).to.equal(3)
      expect(stderr)
        .to.match(says)
        .and.match(/arbk8s\.yaml: no installed plugin/)
    }
    await settings({ routes: [{ channels: ['opps'] }] })
    const routed = await runCli(asked, { cwd, env })
    expect(routed.stderr).to.match(says)
    expect(routed.stderr).to.match(/arbk8s\.yaml: no installed plugin/)
    const routedDrill = await runCliJson<Sent>(['alerts', 'test'], { cwd, env })
    expect(routedDrill.json.alerts.find(({ channel }) => channel === 'opps')!.reason).to.match(
      /arbk8s\.yaml: no installed plugin provides the alert channel "opps"\. Did you mean "ops"\? Install it: /,
    )
    const flagged = await runCli([...asked, '--channel-type', 'opps'], { cwd, env })
    expect(flagged.stderr).to.match(says).and.not.include('arbk8s.yaml: ')
    await settings({
      channel_type: 'team',
      channels: { ops: { type: 'console' }, team: { type: 'console', fallback: 'opps' } },
    })
    const drilled = await runCliJson<Sent>(['alerts', 'test'], { cwd, env })
    expect(drilled.json.alerts.find(({ channel }) => channel === 'opps')!.reason)
      .to.match(says)
      .and.match(/arbk8s\.yaml: no installed plugin/)
  })

  it('many channels at once leave no word of Node on stderr', async () => {
    const { url } = await sink()
    const channel = { type: 'webhook', webhook_url: url, allow_private: true }
    const { code, stderr } = await drill(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`c${i}`, channel])))
    expect(code).to.equal(0)
    expect(stderr).to.equal('')
  })

  it('a dry-run shows where to without the path, and sends nothing', async () => {
    const { json, stdout, stderr } = await runCliJson<Sent>(['alerts', 'test', '--channel-type', 'webhook'], {
      env: { ...env, ARBK8S_WEBHOOK_URL: 'https://hooks.example.com/services/gEhEiMgEhEiM' },
    })
    expect(json.alerts[0]).to.include({ status: 'would_send', destination: 'https://hooks.example.com/…' })
    expect(stdout + stderr).to.not.include('gEhEiM')
  })
})
