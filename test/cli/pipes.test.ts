import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { cliEnv, repoRoot, runCli } from '../helpers/cli.js'
import { expectNoStack, openFolder, sessionYaml, startSandbox } from '../helpers/refusal.js'

const bin = path.join(repoRoot, 'bin', 'run.js')
const records = 5000

describe('stdout that is a pipe, or full', function () {
  this.timeout(60_000)
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  let folder: string
  before(async () => {
    folder = await openFolder('pipes')
    sandbox = await startSandbox(folder, ['tuning'])
    const history = Array.from({ length: records }, (_, index) => ({
      ...{
        timestamp: new Date(1.7e12 + index * 60_000).toISOString(),
        namespace: 'tuning',
        selector: 'session_id=d29-demo',
      },
      ...{ overall_health: index % 50 ? 'OK' : 'ERROR', jobs_ok: 1, jobs_warn: 0, jobs_error: 0, raw_snapshot: null },
    }))
    await writeFile(path.join(folder, 'h.jsonl'), history.map((record) => `${JSON.stringify(record)}\n`).join(''))
    await writeFile(
      path.join(folder, 'k8s.yaml'),
      sessionYaml('workers: 200', ['workers', 'total_iterations']) + 'total_iterations: 400\n',
    )
    const gen = ['jobs', 'gen', '--k8s-config', 'k8s.yaml', '--output-dir', 'jobs']
    expect((await runCli(gen, { cwd: folder })).code).to.equal(0)
  })
  after(async () => {
    await sandbox.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** A shell line in which `arbk8s` is the built CLI; its own exit code is in `$PIPESTATUS`. */
  function shell(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
    const script = `arbk8s() { "${process.execPath}" "${bin}" "$@"; }\n${line}`
    const env = cliEnv(folder, { KUBECONFIG: sandbox.kubeconfig })
    return new Promise((resolve) =>
      execFile('bash', ['-c', script], { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
      ),
    )
  }

  const session = '-n tuning -l session_id=d29-demo'
  const long = [
    'jobs gen --k8s-config k8s.yaml --output-dir jobs',
    'jobs validate --jobs-dir jobs',
    'jobs validate --jobs-dir jobs --json',
    'jobs apply --jobs-dir jobs',
    `jobs watch --once ${session}`,
    `jobs logs ${session}`,
    `health check ${session}`,
    `history show --history-file h.jsonl --limit ${records}`,
    `history show --history-file h.jsonl --limit ${records} --json`,
    `alerts send --history-file h.jsonl ${session}`,
    'pipeline run --jobs-dir jobs --history-file p.jsonl',
    'doctor',
    'help',
    'jobs gen --help',
    'plugins --core',
    'autocomplete script bash',
  ]
  for (const command of long)
    it(`${command} | head -1 does its work and ends as without`, async () => {
      const { code, stderr } = await shell(`arbk8s ${command} | head -1 >first; exit \${PIPESTATUS[0]}`)
      expect(code, stderr).to.equal(0)
      expectNoStack({ code, signal: null, stdout: '', stderr })
      expect(stderr).to.not.include('EPIPE')
    })

  for (const command of [...long.slice(0, 5), ...long.slice(6, 8), 'help', '--version', 'plugins'])
    it(`${command} with a full disk behind stdout ends with 3 and says so`, async function () {
      if (!existsSync('/dev/full')) {
        console.warn('      SKIPPED: there is no /dev/full')
        return this.skip()
      }
      const { code, stderr } = await shell(`arbk8s ${command} >/dev/full`)
      expect(code, stderr).to.equal(3)
      expect(stderr).to.match(/Error: stdout: cannot be written: no space left on the device/)
      expectNoStack({ code, signal: null, stdout: '', stderr })
    })

  it('an error keeps its code where stderr is full or closed', async () => {
    for (const end of ['2>/dev/full', '2>&-', '>&- 2>&-'])
      expect((await shell(`arbk8s jobs gen --nope ${end}`)).code, end).to.equal(3)
  })

  it('a big JSON arrives whole through a slow pipe', async () => {
    const { code, stdout } = await shell(
      `arbk8s history show --history-file h.jsonl --limit ${records} --json | (sleep 1; cat)`,
    )
    expect(code).to.equal(0)
    expect(stdout.length).to.be.greaterThan(1_000_000)
    expect((JSON.parse(stdout) as { records: unknown[] }).records).to.have.length(records)
  })
})
