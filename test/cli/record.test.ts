import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { runCli, runCliJson } from '../helpers/cli.js'

describe('health record', function () {
  this.timeout(60_000)
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-record-'))
    file = path.join(folder, 'deep', 'history.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const record = (...args: string[]) => [
    'health',
    'record',
    '--sandbox',
    '-n',
    'demo',
    '-l',
    'session_id=none',
    ...args,
  ]

  it('appends what it judged, and history show reads it', async () => {
    const { code, json } = await runCliJson(record('--history-file', file), { cwd: folder })
    expect(code).to.equal(0)
    expect(json).to.deep.include({ history: file })
    expect(json).to.have.nested.property('record.overall_health', 'WARN')
    expect(JSON.parse(await readFile(file, 'utf8'))).to.deep.equal((json as { record: unknown }).record)
    expect((await stat(file)).mode & 0o777).to.equal(0o600)
    const health = path.join(folder, 'health.json')
    const strict = await runCli(record('--history-file', file, '--strict', '--output-json', health), { cwd: folder })
    expect(strict.code).to.equal(1)
    expect(strict.stdout).to.match(
      /^WARN: demo session_id=none: 0 OK, 0 WARN, 0 ERROR\n {2}no Job was found\nRecorded /,
    )
    expect(JSON.parse(await readFile(health, 'utf8'))).to.include({ overall_health: 'WARN' })
    const shown = await runCli(['history', 'show', '--history-file', file, '--summary-only'])
    expect(shown.stdout).to.match(/^Records: 2, /)
  })

  it('does not lose the record to a torn tail', async () => {
    file = path.join(folder, 'torn.jsonl')
    await writeFile(file, '{"timestamp": "2025-11-16T10')
    expect((await runCli(record('--history-file', file), { cwd: folder })).code).to.equal(0)
    const shown = await runCli(['history', 'show', '--history-file', file, '--summary-only'])
    expect(shown.stdout).to.match(/^Records: 1, /)
    expect(shown.stderr).to.include('1 damaged entry').and.include('line 1')
  })

  it('ends with 3 and says that nothing was stored where it cannot be', async () => {
    const { code, stderr, stdout } = await runCli(record('--history-file', folder), { cwd: folder })
    expect({ code, stdout }).to.deep.equal({ code: 3, stdout: '' })
    expect(stderr).to.include('was NOT stored').and.include('it is a folder').and.include('ARB_HISTORY_UNWRITABLE')
  })

  it('stores nothing about a cluster that cannot be read', async () => {
    const kubeconfig = path.join(folder, 'kubeconfig')
    const { code } = await runCli(
      ['health', 'record', '--kubeconfig', kubeconfig, '-n', 'x', '-l', 'a=b', '--history-file', file],
      { cwd: folder },
    )
    expect(code).to.equal(3)
    expect(await stat(file).catch(() => 'none')).to.equal('none')
  })
})
