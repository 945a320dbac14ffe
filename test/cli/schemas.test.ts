import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { Ajv, type ValidateFunction } from 'ajv'
import { expect } from 'chai'

import { repoRoot, runCli, runCliJson } from '../helpers/cli.js'

const run = promisify(execFile)
const manifest = JSON.parse(readFileSync(path.join(repoRoot, 'oclif.manifest.json'), 'utf8')) as {
  commands: Record<string, unknown>
}
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true })
const schemaNames = readdirSync(path.join(repoRoot, 'schemas')).map((name) => name.replace('.json', ''))

function validator(name: string): ValidateFunction {
  return (
    ajv.getSchema(`urn:arbk8s:schema:${name}`) ??
    ajv.compile(JSON.parse(readFileSync(path.join(repoRoot, 'schemas', `${name}.json`), 'utf8')) as object)
  )
}

function expectShape(name: string, value: unknown): void {
  const validate = validator(name)
  validate(value)
  expect(validate.errors ?? [], JSON.stringify(value, null, 1).slice(0, 3000)).to.deep.equal([])
}

function schemaOf(id: string): string {
  return id.startsWith('sandbox:') ? 'sandbox-status' : id.replaceAll(':', '-')
}

interface Case {
  args: string
  code: number
  /** True where the command tells in its own result what could not be done, not in an error. */
  own?: boolean
  /** Where it is not the command's usual one. */
  schema?: string
}

/** Real input for every command, in the order of a session; words in capitals are filled in. */
const cases: Record<string, Case[]> = {
  init: [
    { args: '--dir project', code: 0 },
    { args: '--dir project', code: 3 },
  ],
  'sandbox:start': [
    { args: '--sandbox-dir sandbox --sandbox-image IMAGE -n tuning', code: 0 },
    { args: '--sandbox-dir other --sandbox-image nonsense', code: 3 },
  ],
  'sandbox:status': [
    { args: '--sandbox-dir sandbox', code: 0 },
    { args: '--sandbox-dir elsewhere', code: 0 },
    { args: '--no-such-flag', code: 3 },
  ],
  'jobs:gen': [
    { args: '--k8s-config SESSION --output-dir jobs', code: 0 },
    { args: '--k8s-config SESSION --output-dir elsewhere --check', code: 1 },
    { args: '--k8s-config missing.yaml --output-dir jobs', code: 3 },
  ],
  'jobs:validate': [
    { args: '--jobs-dir jobs', code: 0 },
    { args: '-f bad.yaml', code: 1 },
    { args: '--jobs-dir missing', code: 3 },
  ],
  'jobs:apply': [
    { args: '--jobs-dir jobs KUBECONFIG', code: 0 },
    { args: '--jobs-dir bad.yaml KUBECONFIG', code: 1 },
    { args: '--jobs-dir jobs --kubeconfig missing', code: 3 },
    { args: '--jobs-dir jobs KUBECONFIG --apply', code: 0 },
    { args: '--jobs-dir changed KUBECONFIG', code: 0 },
    { args: '--jobs-dir changed KUBECONFIG --apply', code: 1 },
  ],
  'jobs:watch': [
    { args: '-n tuning --session spread-failing --once KUBECONFIG', code: 0 },
    { args: '-n tuning --session spread-failing --until-done --timeout 2m KUBECONFIG', code: 2 },
    { args: '-n nowhere --session spread-failing --once KUBECONFIG', code: 3 },
  ],
  'jobs:logs': [
    { args: '-n tuning --session spread-failing --tail 3 KUBECONFIG', code: 0 },
    { args: '-n nowhere --session spread-failing KUBECONFIG', code: 3 },
  ],
  'health:check': [
    { args: '-n tuning --session spread-failing KUBECONFIG', code: 2 },
    { args: '-n tuning --session nobody --strict KUBECONFIG', code: 1 },
    { args: '-n tuning -l !! KUBECONFIG', code: 3 },
  ],
  'health:record': [
    { args: '-n tuning --session spread-failing --history-file h.jsonl KUBECONFIG', code: 2 },
    { args: '-n tuning --session spread-failing --history-file jobs KUBECONFIG', code: 3 },
  ],
  'history:show': [
    { args: '--history-file h.jsonl', code: 0 },
    { args: '--history-file h.jsonl --summary-only', code: 0 },
    { args: '--history-file damaged.jsonl', code: 0 },
    { args: '--history-file missing.jsonl', code: 3 },
  ],
  'history:report': [
    { args: '--history-file h.jsonl --output report.html', code: 0 },
    { args: '--history-file missing.jsonl --output report.html', code: 3 },
  ],
  'history:verify': [
    { args: '--history-file h.jsonl', code: 0 },
    { args: '--history-file damaged.jsonl', code: 1 },
    { args: '--history-file missing.jsonl', code: 3 },
  ],
  'history:copy': [
    { args: 'h.jsonl copy.jsonl', code: 0 },
    { args: 'h.jsonl copy.jsonl --no-dry-run', code: 0 },
    { args: 'damaged.jsonl copy.jsonl --no-dry-run', code: 1 },
    { args: 'missing.jsonl copy.jsonl', code: 3 },
  ],
  'history:compact': [{ args: '--history-file h.jsonl', code: 3 }],
  'alerts:send': [
    { args: '--history-file h.jsonl -n tuning --session spread-failing', code: 0 },
    { args: '--history-file h.jsonl -n tuning --session spread-failing --no-dry-run', code: 0 },
    { args: '--history-file h.jsonl -n tuning --session nobody', code: 3 },
    {
      args: '--history-file h.jsonl -n tuning --session spread-failing --replay --since 30d',
      code: 0,
      schema: 'alerts-replay',
    },
  ],
  'alerts:test': [
    { args: '', code: 0 },
    { args: '--no-dry-run', code: 0 },
    { args: '--channel-type nobody', code: 3 },
  ],
  'pipeline:run': [
    { args: '--jobs-dir jobs --history-file p.jsonl --enable-apply --wait KUBECONFIG', code: 2 },
    { args: '--jobs-dir bad.yaml --history-file p.jsonl -n tuning --session nobody KUBECONFIG', code: 1 },
    { args: '--jobs-dir jobs --history-file p.jsonl --kubeconfig missing', code: 3, own: true },
    { args: '--jobs-dir jobs', code: 3 },
  ],
  doctor: [
    { args: '-n tuning --history-file h.jsonl KUBECONFIG', code: 0 },
    { args: '--kubeconfig missing', code: 1 },
    { args: '--no-such-flag', code: 3 },
  ],
  plugins: [
    { args: '', code: 0 },
    { args: '--no-such-flag', code: 3 },
  ],
  'plugins:install': [
    { args: 'TARBALL', code: 0 },
    { args: './missing.tgz', code: 3 },
  ],
  'plugins:new': [
    { args: 'notifier team-pager', code: 0 },
    { args: 'notifier team-pager', code: 3 },
  ],
  'sandbox:stop': [
    { args: '--sandbox-dir sandbox', code: 0 },
    { args: '--no-such-flag', code: 3 },
  ],
}

const oneRecord =
  '{"timestamp": "2025-11-16T10:00:00Z", "namespace": "n", "selector": "s", "overall_health": "OK", "jobs_ok": 1, ' +
  '"jobs_warn": 0, "jobs_error": 0, "raw_snapshot": null}'

describe('what --json prints', function () {
  this.timeout(180_000)
  let folder: string
  const started = () => path.join(folder, 'sandbox')

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-schemas-'))
    const session = path.join(repoRoot, 'examples/sessions/failing/k8s.yaml')
    await writeFile(path.join(folder, 'bad.yaml'), 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec: {}\n')
    await writeFile(path.join(folder, 'damaged.jsonl'), `${oneRecord}\nno record\n`)
    // The same Jobs with another argument, which a Job that is there never takes.
    const changed = (await readFile(session, 'utf8')).replace("- '2'", "- '3'")
    await writeFile(path.join(folder, 'changed.yaml'), changed)
    const made = await runCli(['jobs', 'gen', '--k8s-config', 'changed.yaml', '--output-dir', 'changed'], {
      cwd: folder,
    })
    expect(made.code, made.stderr).to.equal(0)
    const plugin = path.join(repoRoot, 'plugins/plugin-webhook')
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: plugin })
  })

  after(async () => {
    await runCli(['sandbox', 'stop', '--sandbox-dir', started()])
    await rm(folder, { recursive: true })
  })

  const filled = (args: string): string[] => {
    const image = `arbk8s-example/spread-search:1.0=${path.join(repoRoot, 'examples/spread-search')}`
    return args
      .split(' ')
      .filter(Boolean)
      .flatMap((word) => {
        if (word === 'SESSION') return [path.join(repoRoot, 'examples/sessions/failing/k8s.yaml')]
        if (word === 'IMAGE') return [image]
        if (word === 'TARBALL') return readdirSync(folder).filter((name) => name.endsWith('.tgz'))
        return word === 'KUBECONFIG' ? ['--kubeconfig', path.join(started(), 'kubeconfig.yaml')] : [word]
      })
  }

  it('has a schema for every command, and no schema is left over', () => {
    const ids = Object.keys(manifest.commands)
    expect(Object.keys(cases)).to.have.members(ids)
    const others = ['alerts-replay', 'error', 'k8s-config', 'orchestrator-config']
    expect(schemaNames).to.have.members([...new Set(ids.map(schemaOf)), ...others])
  })

  for (const [id, list] of Object.entries(cases)) {
    for (const { args, code, own = code !== 3, schema = schemaOf(id) } of list) {
      it(`${id} ${args} (${code})`, async () => {
        const { json, ...result } = await runCliJson([...id.split(':'), ...filled(args)], { cwd: folder })
        expect(result.code, result.stderr + result.stdout).to.equal(code)
        expectShape(own ? schema : 'error', json)
      })
    }
  }
})

describe('the schemas', () => {
  it('are closed: a field that the type does not have is refused', () => {
    const good = { running: false, pid: null, server: null, kubeconfig: null, started_at: null }
    expectShape('sandbox-status', good)
    expect(validator('sandbox-status')({ ...good, more: 1 })).to.equal(false)
  })
})
