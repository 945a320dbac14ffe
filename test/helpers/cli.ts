/** Runs the built CLI as a process of its own, with nothing of the developer's own settings or plugins. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const repoRoot = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))
const bin = path.join(repoRoot, 'bin', 'run.js')

export interface CliResult {
  /** The exit code, or null where a signal ended it. */
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface CliOptions {
  cwd?: string
  env?: Record<string, string>
  stdin?: string
  /** Ended by SIGKILL after so many ms; default 60 s. */
  timeoutMs?: number
  /** Called with the running process, to send signals or close its stdout. */
  onStart?: (child: ChildProcessWithoutNullStreams) => void
}

/** The environment of a spawned CLI: PATH and temporary XDG folders, nothing else. */
export function cliEnv(home: string, extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, 'config'),
    XDG_DATA_HOME: path.join(home, 'data'),
    XDG_CACHE_HOME: path.join(home, 'cache'),
    LANG: 'C.UTF-8',
    ...extra,
  }
}

/** Runs `arbk8s ARGS` to its end. */
export async function runCli(args: string[], options: CliOptions = {}): Promise<CliResult> {
  const home = await mkdtemp(path.join(tmpdir(), 'arbk8s-home-'))
  try {
    return await new Promise<CliResult>((resolve, reject) => {
      const child = spawn(process.execPath, [bin, ...args], {
        cwd: options.cwd ?? home,
        env: cliEnv(home, options.env),
      })
      let stdout = ''
      let stderr = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
      child.on('error', reject)
      child.stdin.on('error', () => undefined)
      child.stdin.end(options.stdin ?? '')
      const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000)
      child.on('close', (code, signal) => {
        clearTimeout(timer)
        resolve({ code, signal, stdout, stderr })
      })
      options.onStart?.(child)
    })
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

/** Runs it and parses the one JSON object that --json promises on stdout. */
export async function runCliJson<T = Record<string, unknown>>(
  args: string[],
  options: CliOptions = {},
): Promise<CliResult & { json: T }> {
  const result = await runCli([...args, '--json'], options)
  try {
    return { ...result, json: JSON.parse(result.stdout) as T }
  } catch {
    throw new Error(
      `no JSON on stdout (exit ${result.code}): ${result.stdout.slice(0, 500)}\n${result.stderr.slice(0, 1000)}`,
    )
  }
}
