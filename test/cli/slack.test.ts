/** Alerts in Slack as a user sends them: the built CLI, the linked plugin, a small Slack on loopback. */
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { sampleFailedJob } from '../../plugins/plugin-kit/src/testing/index.js'
import { repoRoot, runCli, type CliResult } from '../helpers/cli.js'
import { botToken, startSlack, webhookPath, type SlackServer } from '../helpers/slack-server.js'

describe('alerts in Slack', function () {
  this.timeout(60_000)
  let folder: string
  let slack: SlackServer
  let minute: number

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-slack-'))
    slack = await startSlack()
    minute = 0
    const plugin = { name: '@arbk8s/plugin-slack', type: 'link', root: path.join(repoRoot, 'plugins', 'plugin-slack') }
    await mkdir(path.join(folder, 'data', 'arbk8s'), { recursive: true })
    await writeFile(
      path.join(folder, 'data', 'arbk8s', 'package.json'),
      JSON.stringify({ private: true, dependencies: {}, oclif: { schema: 1, plugins: [plugin] } }),
    )
    await configure()
  })
  afterEach(async () => {
    await slack.close()
    await rm(folder, { recursive: true })
  })

  const configure = (allow = 'true') =>
    writeFile(
      path.join(folder, 'arbk8s.yaml'),
      [
        'channels:',
        `  hook: {type: slack, webhook_url: '\${HOOK}', allow_private: ${allow}}`,
        `  bot: {type: slack, bot_token: '\${TOKEN}', channel: C0123456789, api_url: '${slack.url}/api', allow_private: true}`,
      ].join('\n'),
    )
  const env = () => ({
    XDG_DATA_HOME: path.join(folder, 'data'),
    HOOK: `${slack.url}${webhookPath}`,
    TOKEN: botToken,
  })
  const run = async (...args: string[]): Promise<CliResult> => {
    const result = await runCli(args, { cwd: folder, env: env() })
    for (const secret of [webhookPath, 'aBcDeFgHiJkLmNoPqRsTuVwX', botToken])
      expect(result.stdout + result.stderr).to.not.include(secret)
    return result
  }
  const send = (channel: string, ...more: string[]) =>
    run(
      ...['alerts', 'send', '--history-file', 'history.jsonl', '-n', 'trading-bots', '-l', 'session_id=d29'],
      ...['--channel', channel, ...more],
    )
  const record = (health: 'OK' | 'WARN' | 'ERROR') => {
    const { job_name, worker_id, reasons, cause } = sampleFailedJob()
    const job = { job_name, worker_id, reasons, cause, phase: 'FAILED', duration_seconds: 1, retries: 0, uid: 'u' }
    const wire = {
      timestamp: new Date(Date.now() - 600_000 + minute++ * 1000).toISOString(),
      ...{ namespace: 'trading-bots', selector: 'session_id=d29', overall_health: health, raw_snapshot: null },
      ...{ jobs_ok: 1, jobs_warn: health === 'WARN' ? 1 : 0, jobs_error: health === 'ERROR' ? 1 : 0 },
      jobs: health === 'OK' ? [] : [{ ...job, health }],
    }
    return appendFile(path.join(folder, 'history.jsonl'), `${JSON.stringify(wire)}\n`)
  }

  it('sends by webhook what the dry run showed, once, with the evidence', async () => {
    await record('OK')
    await record('ERROR')
    const dry = await send('hook')
    expect([dry.code, slack.requests]).to.deep.equal([0, []])
    expect(dry.stdout).to.include(`would send to ${slack.url}/…`)
    const sent = await send('hook', '--no-dry-run')
    expect([sent.code, sent.stderr]).to.deep.equal([0, ''])
    const [attachment] = slack.messages[0]!.attachments
    expect(dry.stdout).to.include(`\n${slack.bodies[0]}\n`)
    expect(attachment!).to.include({ color: 'danger' })
    expect(attachment!.text)
      .to.include('exit code 3')
      .and.include('  | error: up-down.csv is missing')
      .and.include('Look further: arbk8s health check -n trading-bots -l session_id=d29 --explain')
    expect((await send('hook', '--no-dry-run')).code).to.equal(0)
    expect(slack.requests).to.deep.equal([webhookPath])
  })

  it('tells what the owner must do where the webhook is dead, and ends with 1', async () => {
    await record('ERROR')
    slack.faults.push({ status: 404, body: 'no_service' })
    const { code, stdout, stderr } = await send('hook', '--no-dry-run')
    expect(code).to.equal(1)
    expect(stdout + stderr).to.include('no_service (the webhook is dead: make a new one and put it in webhook_url)')
    expect(slack.requests).to.have.length(1)
  })

  it('does not take 200 with an error for delivered, and tries again what passes', async () => {
    await record('ERROR')
    slack.faults.push({ status: 200, body: 'invalid_payload' })
    expect((await send('hook', '--no-dry-run')).code).to.equal(1)
    slack.faults.push({ status: 429, body: '', headers: { 'retry-after': '0' } }, { status: 503, body: 'busy' })
    expect((await send('hook', '--no-dry-run')).code).to.equal(0)
    expect([slack.requests.length, slack.messages.length]).to.deep.equal([4, 1])
  })

  it('reaches no address of this machine unless the channel allows it', async () => {
    await configure('false')
    await record('ERROR')
    expect((await send('hook', '--no-dry-run')).code).to.equal(1)
    expect(slack.requests).to.deep.equal([])
  })

  it('keeps one message an incident by bot token: posted, updated, threaded, closed', async () => {
    await record('WARN')
    expect((await send('bot', '--no-dry-run')).code).to.equal(0)
    await record('ERROR')
    expect((await send('bot', '--no-dry-run')).code).to.equal(0)
    await record('OK')
    expect((await send('bot', '--no-dry-run')).code).to.equal(0)
    const [first, worse, resolved] = slack.messages
    expect(slack.messages).to.have.length(3)
    expect(first!.attachments[0]!.color).to.equal('good')
    expect(worse).to.include({
      thread_ts: first!.ts,
      reply_broadcast: true,
      text: '🚨 K8s Alert: CRITICAL – trading-bots',
    })
    expect(resolved).to.include({ thread_ts: first!.ts, text: 'ℹ️ K8s Alert: INFO – trading-bots' })
    expect(slack.requests.map((request) => request.slice(5))).to.deep.equal([
      ...['chat.postMessage', 'chat.update', 'chat.postMessage', 'chat.update', 'chat.postMessage'],
    ])
  })

  it('gives the runner of a CI job no command', async () => {
    await record('ERROR')
    const text = '::error::x ##[error]x ##vso[task.complete]x'
    const wire = {
      type: 'Warning',
      reason: text,
      message: text,
      involved_kind: 'Job',
      involved_name: 'j',
      involved_namespace: 'n',
    }
    const events = [{ ...wire, first_timestamp: null, last_timestamp: null, count: 1, raw: null }]
    const stored = await readFile(path.join(folder, 'history.jsonl'), 'utf8')
    await writeFile(path.join(folder, 'history.jsonl'), `${JSON.stringify({ ...JSON.parse(stored), events })}\n`)
    const { code, stdout } = await runCli(
      [
        'alerts',
        'send',
        '--history-file',
        'history.jsonl',
        '-n',
        'trading-bots',
        '-l',
        'session_id=d29',
        '--channel',
        'hook',
        '--channel',
        'console',
      ],
      { cwd: folder, env: { ...env(), GITHUB_ACTIONS: 'true' } },
    )
    expect(code).to.equal(0)
    expect(stdout)
      .to.include('task.complete')
      .and.not.match(/##\w*\[|^\s*::/m)
  })

  it('knows the name of the original', async () => {
    await record('ERROR')
    const { code, stdout } = await run(
      ...['alerts', 'send', '--history-file', 'history.jsonl', '-n', 'trading-bots', '-l', 'session_id=d29'],
      ...[
        '--channel-type',
        'slack_webhook',
        '--webhook-url',
        'https://hooks.slack.com/services/T1/B1/zYxWvUtSrQpOnMlKjI',
      ],
    )
    expect([code, stdout.includes('zYxWvUtSrQpOnMlKjI')]).to.deep.equal([0, false])
    expect(stdout).to.include('would send to https://hooks.slack.com/…')
  })
})
