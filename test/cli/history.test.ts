import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { runCli, runCliJson } from '../helpers/cli.js'

/** A line as the original tool wrote it. */
const original = (minute: number, health: string, more: Record<string, string> = {}): string =>
  `{"timestamp": "2025-11-16T10:0${minute}:00Z", "namespace": "${more.namespace ?? 'trading-bots'}", ` +
  `"selector": "${more.selector ?? 'app=arbitrage-tuning'}", "overall_health": "${health}", "jobs_ok": 2, "jobs_warn": 0, ` +
  `"jobs_error": ${health === 'ERROR' ? 1 : 0}, "raw_snapshot": null}`

describe('history show and report', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-history-'))
    file = path.join(folder, 'history.jsonl')
    await writeFile(file, `${[original(0, 'OK'), original(1, 'WARN'), 'garbage', original(2, 'ERROR')].join('\n')}\n`)
  })
  afterEach(() => rm(folder, { recursive: true }))

  const show = (...args: string[]) => runCli(['history', 'show', '--history-file', file, ...args])

  it('shows the records of the original tool as a table, with a sparkline and a summary', async () => {
    const { code, stdout, stderr } = await show()
    expect(code).to.equal(0)
    expect(stdout.trimEnd().split('\n')).to.deep.equal([
      '#   TIMESTAMP              HEALTH   OK   WARN   ERR   NAMESPACE      SELECTOR',
      '1   2025-11-16T10:00:00Z   OK        2      0     0   trading-bots   app=arbitrage-tuning',
      '2   2025-11-16T10:01:00Z   WARN      2      0     0   trading-bots   app=arbitrage-tuning',
      '3   2025-11-16T10:02:00Z   ERROR     2      0     1   trading-bots   app=arbitrage-tuning',
      '',
      '▁▄█  oldest to newest',
      '',
      'Records: 3, from 2025-11-16T10:00:00Z to 2025-11-16T10:02:00Z',
      'OK 1, WARN 1, ERROR 1',
      'Last: 2025-11-16T10:02:00Z ERROR (2 OK, 0 WARN, 1 ERROR) trading-bots app=arbitrage-tuning',
    ])
    expect(stderr).to.match(/^Warning: 1 damaged entry in the history skipped \(byte \d+: it is not JSON\)\n$/)
  })

  it('gives JSON by each of its names, and the same exit code', async () => {
    const outputs = await Promise.all(
      [['--json'], ['-o', 'json'], ['--format', 'json'], ['--format=json']].map((args) =>
        show('--limit', '2', ...args),
      ),
    )
    const [first, ...others] = outputs.map(({ stdout }) => JSON.parse(stdout) as Record<string, unknown>)
    for (const other of others) expect(other).to.deep.equal(first)
    expect(first).to.have.nested.property('records[0].timestamp', '2025-11-16T10:01:00Z')
    expect(first).to.have.nested.property('summary.counts').that.deep.equals({ OK: 0, WARN: 1, ERROR: 1 })
    expect(first).to.have.nested.property('damaged.count', 1)
    expect(outputs.map(({ code }) => code)).to.deep.equal([0, 0, 0, 0])
  })

  it('gives CSV in which no cell can become a formula, and Markdown', async () => {
    await writeFile(file, `${original(0, 'OK', { namespace: '=1+1', selector: 'a|b,\\"c\\"' })}\n`)
    const csv = await show('--format', 'csv')
    expect(csv.stdout).to.equal(
      '"timestamp","namespace","selector","overall_health","jobs_ok","jobs_warn","jobs_error"\n' +
        `"2025-11-16T10:00:00Z","'=1+1","a|b,""c""","OK",2,0,0\n`,
    )
    const md = await show('--format', 'md')
    expect(md.stdout.split('\n')[2]).to.equal('| 1 | 2025-11-16T10:00:00Z | OK | 2 | 0 | 0 | =1+1 | a\\|b,"c" |')
  })

  it('limits, filters and sums up', async () => {
    expect((await show('--summary-only')).stdout).to.match(/^Records: 3, .*\nOK 1, WARN 1, ERROR 1\nLast: /)
    expect((await show('--summary-only', '--limit', '1')).stdout).to.match(/^Records: 1, /)
    expect((await show('-n', 'other')).stdout).to.equal('No record fits.\n')
    expect((await show('--since', '24h')).stdout).to.equal('No record fits.\n')
    expect((await show('--since', '2025-11-16T10:02:00Z', '--summary-only')).stdout).to.match(/^Records: 1, /)
    const usage = await show('--since', 'yesterday')
    expect(usage.code).to.equal(3)
    expect(usage.stderr).to.include('"yesterday" is neither a duration nor a time')
  })

  it('ends with 3 and says what to do where there is no history to read', async () => {
    const unreadable = path.join(folder, 'unreadable.jsonl')
    await writeFile(unreadable, '')
    await chmod(unreadable, 0)
    const folderAsFile = path.join(folder, 'folder.jsonl')
    await mkdir(folderAsFile)
    const cases: [string, string][] = [
      [path.join(folder, 'missing.jsonl'), 'it does not exist; check the path'],
      [folderAsFile, 'it is a folder; name a regular file'],
      ...(process.getuid?.() === 0 ? [] : [[unreadable, 'permission denied'] as [string, string]]),
    ]
    for (const [location, message] of cases) {
      const { code, stdout, stderr } = await runCli(['history', 'show', '--history-file', location])
      expect({ code, stdout }, location).to.deep.equal({ code: 3, stdout: '' })
      expect(stderr).to.include(message).and.include('ARB_HISTORY_UNREADABLE').and.not.include('    at ')
      const asJson = await runCliJson(['history', 'show', '--history-file', location])
      expect(asJson.code).to.equal(3)
      expect(asJson.json).to.have.nested.property('error.code', 'ARB_HISTORY_UNREADABLE')
    }
    const none = await runCli(['history', 'show'])
    expect(none.code).to.equal(3)
    expect(none.stderr).to.include('no history: where are the records?')
    const s3 = await runCli(['history', 'show', '--history', 's3://bucket/prefix'])
    expect(s3.code).to.equal(3)
    expect(s3.stderr)
      .to.include('no installed plugin provides the history store "s3"')
      .and.include('plugins install s3')
  })

  it('refuses a --since that no calendar has', async () => {
    for (const when of ['999999999d', '9999999999999h']) {
      const { code, stdout, stderr } = await show('--since', when)
      expect({ code, stdout }, when).to.deep.equal({ code: 3, stdout: '' })
      expect(stderr).to.include(`--since: "${when}"`).and.include('ARB_USAGE')
    }
    expect((await show('--since', '36500d')).code).to.equal(0)
  })

  it('ends with 3 where there is something and none of it is a record, as report and alerts do', async () => {
    await writeFile(file, Buffer.from(Array.from({ length: 100_000 }, (_none, i) => (i * 7919) % 256)))
    const alerts = ['alerts', 'send', '-n', 'trading-bots', '-l', 'app=arbitrage-tuning']
    const report = ['history', 'report', '--output', path.join(folder, 'report.html')]
    for (const args of [['history', 'show'], ['history', 'show', '--since', '24h'], report, alerts]) {
      const { code, stdout, stderr } = await runCli([...args, '--history-file', file])
      expect({ code, stdout }, args.join(' ')).to.deep.equal({ code: 3, stdout: '' })
      expect(stderr).to.match(
        /nothing in the history can be read: all \d+ entries are damaged \(.*ARB_HISTORY_UNREADABLE/,
      )
    }
    await writeFile(file, '')
    expect(await show()).to.include({ code: 0, stdout: 'No record fits.\n' })
    await writeFile(file, `${original(0, 'OK')}\ngarbage\n`)
    expect(await show('--since', '24h')).to.include({ code: 0, stdout: 'No record fits.\n' })
  })

  it('writes the report as one file', async () => {
    const output = path.join(folder, 'out', 'report.html')
    const { code, json } = await runCliJson(['history', 'report', '--history-file', file, '--output', output])
    expect(code).to.equal(0)
    expect(json).to.deep.include({ output, records: 3, incidents: 1, bytes: (await stat(output)).size })
    expect(await readFile(output, 'utf8')).to.match(/^<!doctype html>[^]*<\/html>\n$/)
    const empty = await runCli(['history', 'report', '--history-file', file, '-n', 'other', '--output', output])
    expect(empty.code).to.equal(3)
    expect(empty.stderr).to.include('there is no record to report on')
  })
})
