/** The email channel as a user has it: the built CLI, the plugin linked, a named channel in arbk8s.yaml, a real server. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'
import PostalMime from 'postal-mime'

import { makeAuthority } from '../helpers/certificates.js'
import { type CliResult, repoRoot, runCli, runCliJson } from '../helpers/cli.js'
import { login, type MailServer, type MailServerOptions, startMailServer } from '../helpers/smtp.js'

interface Sent {
  alerts: { channel: string; status: string; reason: string; body: string | null }[]
}

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

/** What a message says, without what the time of sending makes of it: its date and when the next one is due. */
async function timeless(message: string | Buffer): Promise<unknown> {
  const { from, to, subject, messageId, text, html } = await PostalMime.parse(message)
  const lasting = html!.replace(/Next word by[^]*?Z;/, 'Next word by;')
  expect(lasting).to.not.equal(html)
  return { from, to, subject, messageId, text, html: lasting }
}

describe('alerts send by email', () => {
  const authority = makeAuthority()
  let folder: string
  let server: MailServer | undefined

  before(async function () {
    this.timeout(60_000)
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-email-'))
    await writeFile(path.join(folder, 'ca.pem'), authority.cert)
    await writeFile(path.join(folder, 'password'), `${login.password}\n`, { mode: 0o600 })
    const plugin = path.join(repoRoot, 'plugins', 'plugin-email')
    expect((await run('plugins', 'link', '--no-install', plugin)).code).to.equal(0)
  })
  beforeEach(() => writeFile(path.join(folder, 'history.jsonl'), `${line(0, 'OK')}\n${line(1, 'ERROR')}\n`))
  afterEach(async () => {
    await server?.close()
    server = undefined
    await rm(path.join(folder, 'history.jsonl.alerts.jsonl'), { force: true })
  })
  after(() => rm(folder, { recursive: true }))

  /** A server, and a channel `ops` that is its own. */
  async function start(options: Partial<MailServerOptions> = {}, ...more: string[]): Promise<MailServer> {
    server = await startMailServer({ certificate: authority.leaf(), ...options })
    const settings = [
      ...['namespace: trading-bots', 'selector: session_id=d29', 'history_file: history.jsonl'],
      ...['channel_type: ops', 'channels:', '  ops:', '    type: email'],
      ...['    allow_private: true', '    host: 127.0.0.1', `    port: ${server.port}`, '    tls: starttls'],
      ...[`    username: ${login.username}`, '    password_file: password', '    smtp_ca_file: ca.pem'],
      ...['    from: alerts@tuning.example', '    to: [oncall@example.com, lead@example.com]', '    timeout: 5s'],
      ...['    deadline: 0s', ...more.map((text) => `    ${text}`)],
    ]
    await writeFile(path.join(folder, 'arbk8s.yaml'), `${settings.join('\n')}\n`)
    return server
  }

  const options = () => ({ cwd: folder, env: { XDG_DATA_HOME: path.join(folder, 'data') } })
  const run = (...args: string[]): Promise<CliResult> => runCli(args, options())
  const send = (...more: string[]) => runCliJson<Sent>(['alerts', 'send', ...more], options())

  function expectNoPassword({ stdout, stderr }: CliResult): void {
    for (const form of [login.password, Buffer.from(login.password).toString('base64')]) {
      expect(stdout + stderr).to.not.include(form)
    }
  }

  it('shows the message and where to, and sends nothing, unless told to', async () => {
    const { mails } = await start()
    const result = await run('alerts', 'send')
    expect(result.code, result.stderr).to.equal(0)
    expect(result.stdout).to.include('→ oncall@example.com, lead@example.com')
    expect(result.stdout).to.include('Message-ID: <').and.include('Content-Type: multipart/alternative')
    expectNoPassword(result)
    expect(mails).to.deep.equal([])
  })

  it('sends over STARTTLS the message that the dry-run shows, but for the time', async () => {
    const { mails } = await start()
    const dry = await send()
    const sent = await send('--no-dry-run')
    expect(sent.code, sent.stdout + sent.stderr).to.equal(0)
    expect(sent.json.alerts[0]).to.include({ channel: 'ops', status: 'delivered' })
    expect(mails).to.have.length(1)
    expect(mails[0]).to.deep.include({ to: ['oncall@example.com', 'lead@example.com'], user: login.username })
    expect(await timeless(mails[0]!.raw)).to.deep.equal(await timeless(dry.json.alerts[0]!.body!))
    expect((await PostalMime.parse(mails[0]!.raw)).subject).to.equal('🚨 K8s Alert: CRITICAL – trading-bots')
    for (const result of [dry, sent]) expectNoPassword(result)
  })

  it('ends with 1 and sends nothing in clear where the server has no STARTTLS', async () => {
    const { mails } = await start({ tls: 'none' })
    const sent = await send('--no-dry-run')
    expect(sent.code).to.equal(1)
    expect(sent.json.alerts[0]!.reason).to.include('mail is never sent in clear')
    expect(mails).to.deep.equal([])
  })

  it('ends with 1 and names the recipient who was refused', async () => {
    const { mails } = await start({ recipient: (to) => (to.startsWith('lead') ? '550 no such user' : undefined) })
    const result = await run('alerts', 'send', '--no-dry-run')
    expect(result.code).to.equal(1)
    expect(result.stdout + result.stderr)
      .to.include('lead@example.com')
      .and.include('550 no such user')
    expect(mails[0]!.to).to.deep.equal(['oncall@example.com'])
    const drill = await run('alerts', 'test', '--no-dry-run')
    expect(drill.code).to.equal(1)
    expect(drill.stdout + drill.stderr)
      .to.include('lead@example.com')
      .and.include('550 no such user')
  })

  it('ends with 1 on a wrong login, with no password in what it says', async () => {
    await start({ login: { username: login.username, password: 'another' } })
    const result = await run('alerts', 'send', '--no-dry-run')
    expect(result.code).to.equal(1)
    expect(result.stdout + result.stderr).to.include('check username and password')
    expectNoPassword(result)
  })

  it('ends with 3 where a setting is wrong, and says which and what to write', async () => {
    await start({}, 'recipients: [a@example.com]')
    const result = await run('alerts', 'send', '--no-dry-run')
    expect(result.code).to.equal(3)
    expect(result.stderr).to.include('recipients').and.include('subject_prefix')
  })

  it('refuses a private address unless the channel allows it', async () => {
    const { mails } = await start()
    const file = path.join(folder, 'arbk8s.yaml')
    await writeFile(file, (await readFile(file, 'utf8')).replace('allow_private: true', 'allow_private: false'))
    const sent = await send('--no-dry-run')
    expect(sent.code).to.equal(1)
    expect(sent.json.alerts[0]!.reason).to.match(/allow_private/)
    expect(mails).to.deep.equal([])
  })
})
