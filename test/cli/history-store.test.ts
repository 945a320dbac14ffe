import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { jsonlStore } from '../../plugins/plugin-jsonl/src/store.js'
import { sampleRecord } from '../../plugins/plugin-kit/src/testing/index.js'
import { runCli, runCliJson } from '../helpers/cli.js'

describe('history verify, copy and compact', () => {
  let folder: string
  let options: { cwd: string }

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-history-'))
    options = { cwd: folder }
  })
  afterEach(() => rm(folder, { recursive: true }))

  const fill = async (name: string, settings: Record<string, unknown>, count = 10): Promise<void> => {
    const store = jsonlStore(path.join(folder, name), { settings })
    for (let minute = 0; minute < count; minute++) await store.append(sampleRecord(minute))
  }
  const verify = (...args: string[]) => runCliJson(['history', 'verify', '--history-file', 'h.jsonl', ...args], options)

  it('verify says whole, what is wrong and where, and what cannot be looked at', async () => {
    await fill('h.jsonl', { chain: true, rotate: { size: 1000 } })
    const whole = await verify()
    expect(whole.code).to.equal(0)
    expect(whole.json).to.deep.include({ records: 10, chained: 10, torn: 0, problems: [], verified_by: 'store' })
    const head = String(whole.json.head)
    expect(head).to.match(/^[0-9a-f]{64}$/)
    const text = await runCli(['history', 'verify', '--history-file', 'h.jsonl', '--head', head], options)
    expect(text).to.include({ code: 0, stdout: `h.jsonl: 10 records, 10 in the chain: whole\nHead: ${head}\n` })

    const closed = (await readdir(folder)).filter((name) => name.startsWith('h-')).sort()[1]!
    const changed = await readFile(path.join(folder, closed), 'utf8')
    await writeFile(path.join(folder, closed), changed.replace('"jobs_ok":2', '"jobs_ok":3'))
    const found = await runCli(['history', 'verify', '--history-file', 'h.jsonl'], options)
    expect(found.code).to.equal(1)
    expect(found.stdout).to.include(`1 problem\n  ✗ ${closed}:1: it was changed, or lines before it are missing`)
    expect(await verify()).to.have.property('code', 1)

    await writeFile(path.join(folder, closed), changed)
    await writeFile(path.join(folder, 'h.jsonl'), '')
    expect(await verify()).to.have.property('code', 0)
    expect((await verify('--head', head)).json).to.have.nested.property('problems[0].where', 'h.jsonl')

    const missing = await runCliJson(['history', 'verify', '--history-file', 'missing.jsonl'], options)
    expect(missing.code).to.equal(3)
    expect(missing.json).to.have.nested.property('error.code', 'ARB_HISTORY_UNREADABLE')
  })

  it('takes the chain and the rotation from arbk8s.yaml, and names a setting that is wrong', async () => {
    const settings = (text: string): Promise<void> =>
      writeFile(path.join(folder, 'arbk8s.yaml'), `history_file: to.jsonl\nstores:\n  jsonl: ${text}\n`)
    await fill('from.jsonl', {})
    await settings('{chain: true, rotate: {size: 1kB}}')
    expect(await runCli(['history', 'copy', 'from.jsonl', 'to.jsonl', '--no-dry-run'], options)).to.include({ code: 0 })
    expect((await readdir(folder)).filter((name) => name.startsWith('to-'))).to.not.be.empty
    expect((await runCliJson(['history', 'verify'], options)).json).to.include({ records: 10, chained: 10 })
    await settings('{rotate: {size: huge}}')
    const wrong = await runCliJson(['history', 'show'], options)
    expect(wrong.code).to.equal(3)
    expect(wrong.json).to.have.nested.property('error.code', 'ARB_PLUGIN_SETTINGS')
    expect(wrong.json).to.have.nested.property('error.message').that.includes('stores.jsonl.rotate.size must be bytes')
    await settings('[chain]')
    expect((await runCli(['history', 'show'], options)).stderr).to.include('"stores.jsonl" must be a mapping')
  })

  it('copy shows what it would do, does it, proves it, and does it once', async () => {
    await fill('from.jsonl', {})
    await fill('to.jsonl', { chain: true }, 3)
    const copy = (...args: string[]) => runCliJson(['history', 'copy', 'from.jsonl', 'to.jsonl', ...args], options)
    const before = await readFile(path.join(folder, 'to.jsonl'))
    const dry = await copy()
    expect(dry.code).to.equal(0)
    expect(dry.json).to.deep.include({ dry_run: true, records: 10, before: 3, present: 3, copied: 7, after: null })
    expect(await readFile(path.join(folder, 'to.jsonl'))).to.deep.equal(before)
    const done = await copy('--no-dry-run')
    expect(done.json).to.deep.include({ dry_run: false, copied: 7, after: 10, proof: dry.json.digest })
    expect((await copy('--no-dry-run')).json).to.deep.include({ present: 10, copied: 0, after: 10 })
    const text = await runCli(['history', 'copy', 'from.jsonl', 'to.jsonl'], options)
    expect(text.stdout).to.equal(
      `From from.jsonl: 10 records, digest ${String(dry.json.digest)}\n` +
        'To to.jsonl: 10 records before, 10 of these among them\n' +
        'Would copy 0 records. Nothing was written: add --no-dry-run.\n',
    )
  })

  it('copy names what is damaged, leaves it out and ends with 1; what cannot be done is 3', async () => {
    await fill('from.jsonl', {}, 2)
    await appendFile(path.join(folder, 'from.jsonl'), 'garbage\n')
    const damaged = await runCli(['history', 'copy', 'from.jsonl', 'new/to.jsonl', '--no-dry-run'], options)
    expect(damaged.code).to.equal(1)
    expect(damaged.stdout)
      .to.include('Copied 2 records.')
      .and.include('Not copied: 1 damaged entry (line 3: it is not JSON)')
    const cases: [string[], string][] = [
      [['from.jsonl', './from.jsonl'], 'FROM and TO are the same history'],
      [['from.jsonl', `jsonl://${folder}/from.jsonl`], 'FROM and TO are the same history'],
      [['missing.jsonl', 'to.jsonl'], 'missing.jsonl: it does not exist'],
      [['from.jsonl', '.', '--no-dry-run'], 'it is a folder'],
      [['from.jsonl'], 'Missing 1 required arg'],
      [['from.jsonl', 'nowhere://x'], 'no installed plugin provides the history store "nowhere"'],
    ]
    for (const [args, says] of cases) {
      const { code, stdout, stderr } = await runCli(['history', 'copy', ...args], options)
      expect({ code, stdout }, args.join(' ')).to.deep.equal({ code: 3, stdout: '' })
      expect(stderr).to.include(says).and.not.include('    at ')
    }
  })

  it('compact says where there is nothing to compact', async () => {
    await fill('h.jsonl', {}, 1)
    const { code, stderr } = await runCli(['history', 'compact', '--history-file', 'h.jsonl'], options)
    expect(code).to.equal(3)
    expect(stderr).to.include('the store of h.jsonl has nothing to compact')
  })
})
