import { execFileSync } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { runCli, type CliResult } from '../helpers/cli.js'
import { expectNoStack, openFolder, sessionFolder, startSandbox } from '../helpers/refusal.js'

/** A worker that says that it has begun and then goes on for long, in a child of its own. */
const mark = `sleep 3${process.pid}`
const slow = `args: ["echo begun {{worker_id}}; ${mark}; true"]`
const session = ['-n', 'tuning', '-l', 'session_id=d29-demo']
const pipeline = ['pipeline', 'run', '--jobs-dir', 'jobs', '--history-file', 'h.jsonl', '--enable-apply', '--wait']

function running(): string[] {
  const list = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
  return list.split('\n').filter((line) => line.trim() === mark)
}

describe('a signal', function () {
  this.timeout(60_000)
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  let folder: string
  before(async () => {
    sandbox = await startSandbox(await openFolder('signals'), ['tuning'])
    folder = await sessionFolder('slow', slow, ['args'])
  })
  after(async () => {
    await sandbox.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** Sends the signal as soon as `when` has been printed on stdout or stderr. */
  function interrupted(args: string[], when: RegExp, signal: NodeJS.Signals, env = {}): Promise<CliResult> {
    return runCli(args, {
      cwd: folder,
      env: { KUBECONFIG: sandbox.kubeconfig, ...env },
      timeoutMs: 30_000,
      onStart: (child) => {
        let printed = ''
        let sent = false
        const look = (text: string): void => {
          printed += text
          if (sent || !when.test(printed)) return
          sent = true
          child.kill(signal)
        }
        child.stdout.on('data', look)
        child.stderr.on('data', look)
      },
    })
  }

  const codes = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const
  for (const [signal, code] of codes) {
    it(`${signal} while pipeline run waits in a sandbox of its own ends it with ${code} and leaves no process`, async () => {
      const own = [...pipeline, '--sandbox', '--sandbox-dir', 'own']
      const before = running().length
      const result = await interrupted(own, /0 of 2 Jobs have ended/, signal, { KUBECONFIG: '' })
      expect(result.code, result.stderr).to.equal(code)
      expect(result.stderr).to.include(`interrupted by ${signal} (ARB_INTERRUPTED)`)
      expect(result.stderr).to.match(/→ Done: 1 generate .* 3 apply \(2 applied/)
      expect(result.stderr).to.match(
        /→ The sandbox has ended, and its Jobs with it; the same command starts them again/,
      )
      expectNoStack(result)
      expect(running()).to.have.length(before)
      expect(await readdir(folder)).to.not.include('h.jsonl')
    })

    it(`${signal} while pipeline run waits ends with ${code} in JSON too, and the same command continues`, async () => {
      const result = await interrupted([...pipeline, '--json'], /0 of 2 Jobs have ended/, signal)
      expect(result.code, result.stderr).to.equal(code)
      const { error } = JSON.parse(result.stdout) as { error: { code: string; exit_code: number; hints: string[] } }
      expect(error).to.include({ code: 'ARB_INTERRUPTED', exit_code: code })
      expect(error.hints.join(' ')).to.include('The same command continues; no Job is made twice')
      const again = await interrupted(pipeline, /0 of 2 Jobs have ended/, signal)
      expect(again.stderr).to.include('2 unchanged')
    })

    for (const [args, when] of [
      [['jobs', 'watch', ...session], /2 running/],
      [['jobs', 'watch', '--until-done', ...session], /2 running/],
      [['jobs', 'logs', '-f', ...session], /begun worker-/],
    ] as const)
      it(`${signal} during ${args.slice(0, 3).join(' ')} ends it with ${code}; nothing was changed`, async () => {
        const result = await interrupted([...args], when, signal)
        expect(result.code, result.stderr).to.equal(code)
        expect(result.stderr).to.include('ARB_INTERRUPTED').and.to.include('Nothing in the cluster was changed')
        expectNoStack(result)
      })
  }

  it('SIGINT during apply: what was not sent is told as such, and the same command finishes it', async () => {
    const many = await sessionFolder(
      'many',
      'session_id: many-1\nworkers: 300\ntotal_iterations: 300\nargs: ["true"]\nsuspend: true',
      [...['session_id', 'workers', 'total_iterations', 'args']],
    )
    try {
      const args = ['jobs', 'apply', '--jobs-dir', path.join(many, 'jobs'), '--apply']
      const result = await interrupted(args, /^Target:/m, 'SIGINT')
      expect(result.code, result.stderr).to.equal(130)
      expect(result.stdout + result.stderr).to.match(/[Tt]he same command (finishes|goes on with) the rest/)
      expectNoStack(result)
      const again = await runCli([...args, '--json'], { cwd: folder, env: { KUBECONFIG: sandbox.kubeconfig } })
      expect(again.code, again.stderr).to.equal(0)
      expect(JSON.parse(again.stdout)).to.nested.include({ 'summary.total': 300, 'summary.successful': 300 })
    } finally {
      await rm(many, { recursive: true, force: true })
    }
  })

  it('SIGINT while an exec plugin hangs ends at once, and the plugin with it', async () => {
    const plugin = path.join(folder, 'plugin.sh')
    await writeFile(plugin, '#!/bin/sh\necho $$ >pid\necho waiting >&2\nexec sleep 300\n', { mode: 0o755 })
    const config = JSON.parse(await readFile(sandbox.kubeconfig, 'utf8')) as { users: { user: object }[] }
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command: plugin }
    config.users[0]!.user = { exec }
    await writeFile(path.join(folder, 'hang.yaml'), JSON.stringify(config))
    const result = await runCli(['health', 'check', ...session, '--kubeconfig', 'hang.yaml'], {
      cwd: folder,
      onStart: (child) => {
        const timer = setInterval(() => {
          readFile(path.join(folder, 'pid'), 'utf8').then(
            () => {
              clearInterval(timer)
              child.kill('SIGINT')
            },
            () => undefined,
          )
        }, 50)
      },
    })
    expect(result.code, result.stderr).to.equal(130)
    const pid = Number(await readFile(path.join(folder, 'pid'), 'utf8'))
    expect(() => process.kill(pid, 0)).to.throw('ESRCH')
  })
})
