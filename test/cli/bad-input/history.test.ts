import { execFileSync, spawnSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { repoRoot, runCli } from '../../helpers/cli.js'
import { expectRefusal, openFolder, startSandbox, type Refusal } from '../../helpers/refusal.js'

const place = ['-n', 'tuning', '-l', 'session_id=d29']
const line = JSON.stringify({
  ...{ timestamp: '2025-11-16T10:00:00Z', namespace: 'tuning', selector: 'session_id=d29', overall_health: 'ERROR' },
  ...{ jobs_ok: 0, jobs_warn: 0, jobs_error: 1, raw_snapshot: null },
})

describe('a bad history file', function () {
  this.timeout(60_000)
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  let folder: string
  let options: { cwd: string; env: Record<string, string> }
  before(async () => {
    folder = await openFolder('history')
    sandbox = await startSandbox(folder, ['tuning'])
    options = { cwd: folder, env: { KUBECONFIG: sandbox.kubeconfig } }
    await mkdir(path.join(folder, 'dir'))
    execFileSync('mkfifo', [path.join(folder, 'pipe')])
  })
  after(() => sandbox.stop())

  const commands: [args: string[], error: string][] = [
    [['health', 'record', ...place], 'ARB_HISTORY_UNWRITABLE'],
    [['history', 'show'], 'ARB_HISTORY_UNREADABLE'],
    [['history', 'report', '--output', 'r.html'], 'ARB_HISTORY_UNREADABLE'],
    [['alerts', 'send', ...place], 'ARB_HISTORY_UNREADABLE'],
  ]
  const files: [file: string, says: Refusal['says']][] = [
    ['dir', ['dir: it is a folder', 'history.jsonl']],
    ['pipe', ['pipe: it is a pipe']],
    ['/dev/full', ['/dev/full: it is a device']],
    ['/proc/arbk8s-test/h.jsonl', ['/proc/arbk8s-test']],
  ]
  for (const [args, error] of commands)
    for (const [file, says] of files)
      it(`${args.slice(0, 2).join(' ')} refuses ${file}`, () =>
        expectRefusal([...args, '--history-file', file], { error, says }, options))

  it('that is full of garbage costs no record: the damage is counted on stderr', async () => {
    const garbage = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 251))
    await writeFile(path.join(folder, 'g.jsonl'), Buffer.concat([garbage, Buffer.from('\nnot json\n[]\n')]))
    const recorded = await runCli(['health', 'record', ...place, '--history-file', 'g.jsonl'], options)
    expect(recorded.code, recorded.stderr).to.equal(0)
    const shown = await runCli(['history', 'show', '--history-file', 'g.jsonl'], options)
    expect(shown.code).to.equal(0)
    expect(shown.stdout).to.include('Records: 1,')
    expect(shown.stderr).to.match(/Warning: \d+ damaged entries .* and \d+ more/)
    expect(shown.stderr).to.include('not JSON')
  })

  it('that this user may not read is told', async () => {
    const file = path.join(folder, 'secret.jsonl')
    await writeFile(file, `${line}\n`)
    await chmod(file, 0o000)
    const ids = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    const args = ['history', 'show', '--history-file', file]
    const run = spawnSync(process.execPath, [path.join(repoRoot, 'bin', 'run.js'), ...args], {
      ...ids,
      cwd: '/',
      env: { PATH: process.env.PATH, HOME: folder },
      encoding: 'utf8',
    })
    expect(run.status, run.error?.message ?? run.stderr).to.equal(3)
    expect(run.stderr).to.include('secret.jsonl').and.to.include('permission denied')
  })

  it('in the pipeline: everything else is done, the step and the exit code say that nothing was recorded', async () => {
    await writeFile(
      path.join(folder, 'k.yaml'),
      'apiVersion: batch/v1\nkind: Job\nmetadata: {name: arb-tuning-x, namespace: tuning}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: x, image: "busybox:1.35"}]}}}\n',
    )
    const args = ['pipeline', 'run', '--jobs-dir', 'k.yaml', '-l', 'session_id=d29', '--history-file', 'dir', '--json']
    const { code, stdout } = await runCli(args, options)
    const json = JSON.parse(stdout) as { exit_code: number; history_appended: boolean; health_status: string }
    expect([code, json.exit_code, json.history_appended, json.health_status]).to.deep.equal([3, 3, false, 'WARN'])
  })

  it('a channel that nobody provides is refused with the install command, and nothing is noted as sent', async () => {
    await writeFile(path.join(folder, 'e.jsonl'), `${line}\n`)
    const refusal = {
      error: 'ARB_PLUGIN_NOT_FOUND',
      says: ['"slakc"', 'Did you mean "slack"?', 'plugins install slack'],
    }
    const args = ['alerts', 'send', ...place, '--history-file', 'e.jsonl', '--no-dry-run', '--channel-type', 'slakc']
    await expectRefusal(args, refusal, options)
    await expectRefusal(['alerts', 'test', '--channel-type', 'slakc'], refusal, options)
    expect(await readFile(path.join(folder, 'e.jsonl'), 'utf8')).to.equal(`${line}\n`)
    expect((await readdir(folder)).filter((name) => name.startsWith('e.jsonl'))).to.deep.equal(['e.jsonl'])
  })
})
