import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { cliEnv, repoRoot, runCli, runCliJson } from '../helpers/cli.js'

const line = (minute: number, health: string): string =>
  JSON.stringify({
    timestamp: `2025-11-16T10:0${minute}:00Z`,
    namespace: 'trading-bots',
    selector: 'session_id=d29',
    overall_health: health,
    jobs_ok: 1,
    jobs_warn: 0,
    jobs_error: health === 'ERROR' ? 1 : 0,
    raw_snapshot: null,
  })

const alert = [
  '🚨 K8s Alert: CRITICAL – trading-bots',
  '',
  'Health transitioned from OK to ERROR. 1 job(s) in ERROR state.',
  '',
  'Namespace: trading-bots',
  'Selector: session_id=d29',
  'Health: OK → ERROR',
  'Jobs: 1 OK, 0 WARN, 1 ERROR',
  'Started: 2025-11-16T10:01:00Z',
].join('\n')

describe('alerts send', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-alerts-'))
    file = path.join(folder, 'history.jsonl')
    await record('OK', 'ERROR')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const record = (...healths: string[]) =>
    writeFile(file, `${healths.map((health, i) => line(i, health)).join('\n')}\n`)
  const args = (...more: string[]) => [
    ...['alerts', 'send', '--history-file', file, '-n', 'trading-bots', '-l', 'session_id=d29'],
    ...more,
  ]

  /** What the ledger says came of each attempt. */
  const statuses = async (): Promise<string[]> =>
    (await readFile(`${file}.alerts.jsonl`, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as { phase: string; status: string })
      .flatMap(({ phase, status }) => (phase === 'outcome' ? [status] : []))

  it('shows the exact payload by default, sends nothing and leaves no ledger', async () => {
    const { code, stdout } = await runCli(args())
    expect(code).to.equal(0)
    expect(stdout).to.include('console: would send to stdout').and.include(alert).and.include('--no-dry-run sends')
    expect(await stat(`${file}.alerts.jsonl`).catch(() => 'none')).to.equal('none')
  })

  it('says where nothing has been recorded for a day, and only there', async () => {
    const stale =
      /^Nothing has been recorded since 2025-11-16T10:00:00Z, for more than a day: does health record still run\?$/m
    await record('OK')
    expect((await runCli(args())).stdout).to.match(stale)
    await writeFile(file, line(0, 'OK').replace('2025-11-16T10:00:00Z', new Date().toISOString()) + '\n')
    expect((await runCli(args())).stdout).to.equal('No incident: health is OK.\n')
  })

  it('does not say that all is well where the records are too few for an incident', async () => {
    const { code, stdout } = await runCli(args('--open-after', '2'))
    expect(code).to.equal(0)
    expect(stdout).to.match(/^No incident yet: health is ERROR, in fewer records in a row than open_after asks for\.$/m)
  })

  it('sends once, repeats after the interval, tells the end, from a ledger of mode 0600', async () => {
    const first = await runCli(args('--no-dry-run'))
    expect(first.code).to.equal(0)
    expect(first.stdout).to.include(alert).and.include('console: delivered (opened')
    const second = await runCli(args('--no-dry-run'))
    expect(second.code).to.equal(0)
    expect(second.stdout).to.not.include('🚨')
    expect(second.stdout).to.include('console: nothing to send: it was sent')
    const repeated = await runCli(args('--no-dry-run', '--repeat-interval', '1ms'))
    expect(repeated.stdout).to.include('The incident is still open.').and.include('delivered (repeated')
    await record('OK', 'ERROR', 'OK')
    const resolved = await runCli(args('--no-dry-run'))
    expect(resolved.stdout).to.include('ℹ️ K8s Alert: INFO – trading-bots').and.include('Health is OK again')
    expect((await stat(`${file}.alerts.jsonl`)).mode & 0o777).to.equal(0o600)
    expect((await readFile(`${file}.alerts.jsonl`, 'utf8')).trimEnd().split('\n')).to.have.length(12)
  })

  it('takes several channels from a variable, and the flag over it', async () => {
    const env = { ARBK8S_CHANNEL_TYPE: 'console, nonesuch' }
    const { code, stdout } = await runCli(args(), { env })
    expect(code).to.equal(3)
    expect(stdout).to.include('console: would send to stdout')
    expect(stdout).to.include('no installed plugin provides the alert channel "nonesuch"')
    expect((await runCli(args('--channel-type', 'console'), { env })).code).to.equal(0)
  })

  it('keeps stdout to one object with --json', async () => {
    const { code, json, stderr } = await runCliJson(args('--no-dry-run'))
    expect(code).to.equal(0)
    expect(json).to.have.nested.property('alerts[0].status', 'delivered')
    expect(json)
      .to.have.nested.property('incident.id')
      .that.matches(/^[0-9a-f]{12}$/)
    expect(stderr).to.include(alert)
  })

  it('has delivered nothing to a console that nobody reads any more, and sends again', async () => {
    const gone = await runCli(args('--no-dry-run'), { onStart: (child) => void child.stdout.destroy() })
    expect(gone.code).to.equal(1)
    expect(await statuses()).to.deep.equal(['failed'])
    expect((await runCli(args('--no-dry-run'))).stdout)
      .to.include(alert)
      .and.include('console: delivered')
    expect(await statuses()).to.deep.equal(['failed', 'delivered'])
  })

  it('has delivered nothing to a full disk, and sends again', async function () {
    if (!existsSync('/dev/full')) {
      console.warn('      SKIPPED: there is no /dev/full')
      return this.skip()
    }
    const full = openSync('/dev/full', 'w')
    const command = [path.join(repoRoot, 'bin/run.js'), ...args('--no-dry-run')]
    const { status, stderr } = spawnSync(process.execPath, command, {
      env: cliEnv(folder),
      stdio: ['ignore', full, 'pipe'],
    })
    closeSync(full)
    expect(status).to.equal(3)
    expect(String(stderr)).to.include('ARB_OUTPUT_UNWRITABLE')
    expect(await statuses()).to.deep.equal(['failed'])
    expect((await runCli(args('--no-dry-run'))).stdout)
      .to.include(alert)
      .and.include('console: delivered')
  })

  it('refuses intervals and timeouts that no clock has', async () => {
    for (const [flag, longest] of [
      ['--repeat-interval', '87600h'],
      ['--timeout-seconds', '596h'],
    ] as const) {
      const { code, stderr } = await runCli(args(flag, '9999999999999h'))
      expect(code).to.equal(3)
      expect(stderr).to.include(`${flag}: "9999999999999h" is too long; the longest is ${longest}`)
    }
    expect((await runCli(args('--repeat-interval', '700h'))).code).to.equal(0)
  })

  it('says so when there is no incident', async () => {
    await record('ERROR', 'OK')
    const { code, stdout } = await runCli(args('--no-dry-run'))
    expect({ code, first: stdout.split('\n')[0] }).to.deep.equal({ code: 0, first: 'No incident: health is OK.' })
  })

  it('ends with 3 where nothing is known', async () => {
    const other = await runCli(['alerts', 'send', '--history-file', file, '-n', 'x', '-l', 'y'])
    expect(other.code).to.equal(3)
    expect(other.stderr).to.include('the history has no record of namespace x with selector y')
    const missing = await runCli(['alerts', 'send', '--history-file', `${file}.none`, '-n', 'x', '-l', 'y'])
    expect(missing.code).to.equal(3)
    expect(missing.stderr).to.include('it does not exist')
    const usage = await runCli(['alerts', 'send', '--history-file', file])
    expect(usage.code).to.equal(3)
    expect(usage.stderr).to.include('--namespace is missing')
  })

  it('names the plugin to install, by the original name of the channel too, and still serves the others', async () => {
    const alone = await runCli(
      args('--channel-type', 'slack_webhook', '--webhook-url', 'https://hooks.example.com/secret'),
    )
    expect(alone.code).to.equal(3)
    expect(alone.stderr).to.include('ARB_PLUGIN_NOT_FOUND').and.include('arbk8s plugins install slack')
    expect(alone.stderr + alone.stdout).to.not.include('secret')
    const both = await runCli(args('--no-dry-run', '--channel-type', 'generic_webhook', '--channel-type', 'console'))
    expect(both.code).to.equal(3)
    expect(both.stdout)
      .to.include('console: delivered')
      .and.include('generic_webhook: NOT delivered: no installed plugin')
  })

  it('sends a drill only when asked to send', async () => {
    const shown = await runCli(['alerts', 'test'])
    expect(shown.code).to.equal(0)
    expect(shown.stdout).to.include('would send to stdout').and.include('This is a drill')
    const sent = await runCli(['alerts', 'test', '--channel', 'console', '--no-dry-run'])
    expect(sent.code).to.equal(0)
    expect(sent.stdout).to.include('ℹ️ K8s Alert: INFO – default (drill)').and.include('console: delivered')
  })

  it('replays the past, sends nothing, writes nothing, and does not go with --no-dry-run', async () => {
    await record('OK', 'ERROR', 'ERROR', 'OK')
    const since = ['--since', '2025-11-16']
    const { code, json } = await runCliJson(args('--replay', ...since, '--channel-type', 'console'))
    expect(code).to.equal(0)
    expect(json).to.deep.include({ mode: 'replay', records: 4, since: '2025-11-16T00:00:00.000Z' })
    expect((json.alerts as { kind: string }[]).map(({ kind }) => kind)).to.deep.equal(['opened', 'resolved'])
    const slow = await runCli(args('--replay', ...since, '--open-after', '3'))
    expect(slow.stdout).to.equal(
      '4 records since 2025-11-16T00:00:00.000Z: 0 alerts would have been sent.\n' +
        'Replay: nothing was sent, nothing was written.\n',
    )
    const refused = await runCli(args('--replay', '--no-dry-run'))
    expect(refused.code).to.equal(3)
    expect(refused.stderr).to.include('--replay shows what would have been sent')
    expect(await stat(`${file}.alerts.jsonl`).catch(() => 'none')).to.equal('none')
  })

  it('goes by the routes, silences and fallbacks of the settings', async () => {
    const settings = (text: string) => writeFile(path.join(folder, 'arbk8s.yaml'), text)
    const send = (...more: string[]) => runCliJson(args('--no-dry-run', ...more), { cwd: folder })
    const channels = 'channels: {team: {type: console}, gone: {type: beacon, fallback: team}}\n'
    await settings(`${channels}routes: [{match: {severity: WARN}, channels: [team]}]\n`)
    const nobody = await send()
    expect(nobody.code).to.equal(0)
    expect(nobody.json.alerts).to.deep.equal([])
    expect(String(nobody.json.notes)).to.match(/^No route fits incident [0-9a-f]{12}: nobody is told/)
    const until = new Date(Date.now() + 3_600_000).toISOString()
    await settings(`${channels}silences: [{match: {}, until: "${until}", reason: new disks}]\n`)
    const silent = await send('--channel', 'team')
    expect(silent.json).to.have.nested.property('alerts[0].status', 'silenced')
    expect(silent.json).to.have.nested.property('notes[0]').that.includes('CRITICAL').and.includes('new disks')
    const shown = await runCliJson(args('--channel', 'team'), { cwd: folder })
    expect(shown.json).to.have.nested.property('alerts[0].status', 'silenced')
    expect(shown.json).to.have.nested.property('alerts[0].body').that.includes(alert)
    await settings(`${channels}routes: [{channels: [gone]}]\n`)
    const stood = await send()
    expect(stood.code).to.equal(3)
    expect(stood.json).to.have.nested.property('alerts[0].status', 'failed')
    expect(stood.json).to.deep.nested.include({ 'alerts[1].channel': 'team', 'alerts[1].stands_in_for': ['gone'] })
    expect(stood.stderr).to.include('This channel stands in for gone, which could not be reached.')
    const again = await send()
    expect((again.json.alerts as unknown[]).length).to.equal(1)
  })

  it('tells the end to a channel that no route names any more, while it is in the settings', async () => {
    const settings = (channels: string) =>
      writeFile(path.join(folder, 'arbk8s.yaml'), `channels: {${channels}}\nroutes: [{channels: [team]}]\n`)
    const send = (...more: string[]) => runCliJson(args('--no-dry-run', ...more), { cwd: folder })
    const [team, ops] = ['team: {type: console}', 'ops: {type: console}']
    await settings(`${team}, ${ops}`)
    await send('--channel', 'ops')
    await record('OK', 'ERROR', 'OK')
    const kept = await send('--channel', 'team')
    expect(String(kept.json.notes)).to.include('Channel ops was told')
    await settings(team)
    expect(String((await send()).json.notes)).to.include('Channel ops was told')
    await settings(`${team}, ${ops}`)
    const { json, code } = await send()
    expect(code).to.equal(0)
    expect(json).to.deep.nested.include({ 'alerts[0].channel': 'ops', 'alerts[0].kind': 'resolved' })
    expect((json.alerts as unknown[]).length).to.equal(1)
    expect(String(json.notes)).to.not.include('Channel ops')
  })

  it('says that its ledger is damaged, once, and sends again', async () => {
    await runCli(args('--no-dry-run'))
    const ledger = `${file}.alerts.jsonl`
    await writeFile(ledger, (await readFile(ledger, 'utf8')).replaceAll(/^./gm, 'X'))
    const damaged =
      /4 damaged entries in the delivery ledger skipped \(byte \d+: .*\): what was sent may be sent once more\./
    const text = await runCli(args())
    expect(text.stderr).to.match(damaged)
    expect(text.stdout).to.not.include('damaged')
    const sent = await runCliJson(args('--no-dry-run'))
    expect(sent.stderr).to.match(damaged)
    expect(sent.json).to.have.nested.property('alerts[0].kind', 'opened')
    expect(String(sent.json.notes)).to.match(damaged)
  })

  it('is reminded by doctor of what never arrived', async () => {
    await runCli(args('--no-dry-run'), { onStart: (child) => void child.stdout.destroy() })
    const doctor = await runCli(['doctor', '--history-file', file])
    expect(doctor.stdout).to.match(
      /^! alerts +console: NEVER delivered: CRITICAL incident [0-9a-f]{12} of trading-bots session_id=d29/m,
    )
    await runCli(args('--no-dry-run'))
    expect((await runCli(['doctor', '--history-file', file])).stdout).to.match(/^✓ alerts +none is left undelivered$/m)
  })

  it('sends a drill to every channel of the settings', async () => {
    const text = 'channels: {team: {type: console}, ops: {type: console}}\nroutes: [{channels: [console]}]\n'
    await writeFile(path.join(folder, 'arbk8s.yaml'), text)
    const named = async (...more: string[]) => {
      const { json } = await runCliJson(['alerts', 'test', ...more], { cwd: folder })
      return (json.alerts as { channel: string }[]).map(({ channel }) => channel)
    }
    expect(await named()).to.deep.equal(['team', 'ops', 'console'])
    expect(await named('--channel', 'ops')).to.deep.equal(['ops'])
  })
})
