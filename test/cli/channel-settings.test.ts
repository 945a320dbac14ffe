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
