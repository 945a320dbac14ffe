/** One container's process: found, started in a process group of its own, ended with all that it started. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'

/** A command that cannot be started; the message is the one a container runtime gives. */
export class StartError extends Error {}

export interface ProcessOptions {
  command: string[]
  folder: string
  cwd: string
  env: Record<string, string>
  onOutput(stream: 'stdout' | 'stderr', chunk: Buffer): void
}

export interface Exit {
  /** 128 + the signal's number for a process that a signal ended. */
  code: number
}

export interface RunningProcess {
  pid: number
  /** Resolves when the process has ended, its group is gone and its output is read. */
  ended: Promise<Exit>
  /** SIGTERM to the group, and SIGKILL after the grace. */
  terminate(graceMs: number): void
}

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
}
const runtimeHead =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: '
/** How long output is waited for that a process left behind in a pipe. */
const drainMs = 1000

/** Starts the command; throws StartError. */
export function startProcess(options: ProcessOptions): RunningProcess {
  const [command, ...args] = options.command
  const file = findExecutable(command!, options)
  let child: ChildProcess
  try {
    child = spawn(file, args, {
      argv0: command,
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (error) {
    throw new StartError(`${runtimeHead}${JSON.stringify(command)}: ${(error as Error).message}: unknown`)
  }
  if (child.pid === undefined) {
    child.on('error', () => undefined)
    throw new StartError(`${runtimeHead}${JSON.stringify(command)}: it could not be started: unknown`)
  }
  return watchOver(child, child.pid, options)
}

function watchOver(child: ChildProcess, pid: number, options: ProcessOptions): RunningProcess {
  child.stdout!.on('data', (chunk: Buffer) => options.onOutput('stdout', chunk))
  child.stderr!.on('data', (chunk: Buffer) => options.onOutput('stderr', chunk))
  child.on('error', () => undefined)
  let killTimer: NodeJS.Timeout | undefined
  let over = false
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const ended = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      over = true
      clearTimeout(killTimer)
      // As in a container: when its first process ends, so does everything that it started.
      signalGroup(pid, 'SIGKILL')
      const drained = new Promise<void>((resolveDrain) => setTimeout(resolveDrain, drainMs).unref())
      void Promise.race([closed, drained]).then(() => {
        child.stdout!.destroy()
        child.stderr!.destroy()
        resolve({ code: code ?? 128 + (signalNumbers[signal!] ?? 0) })
      })
    })
  })
  const terminate = (graceMs: number) => {
    if (over) return
    if (graceMs <= 0) return signalGroup(pid, 'SIGKILL')
    signalGroup(pid, 'SIGTERM')
    clearTimeout(killTimer)
    killTimer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs)
  }
  return { pid, ended, terminate }
}

/** Signals a whole process group; one that is gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // Nothing of it is left.
  }
}

function findExecutable(command: string, { cwd, env }: ProcessOptions): string {
  if (command.includes('/')) {
    const file = path.resolve(cwd, command)
    const problem = problemOf(file)
    if (problem)
      throw new StartError(
        `${runtimeHead}${JSON.stringify(command)}: ${problem === 'missing' ? `stat ${command}: no such file or directory` : 'permission denied'}: unknown`,
      )
    return file
  }
  for (const folder of (env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder || '.', command)
    if (!problemOf(file)) return file
  }
  // The CLI itself runs on Node, so a workload for Node always has one.
  if (command === 'node') return process.execPath
  throw new StartError(`${runtimeHead}${JSON.stringify(command)}: executable file not found in $PATH: unknown`)
}

function problemOf(file: string): 'missing' | 'not executable' | undefined {
  try {
    if (!statSync(file).isFile()) return 'not executable'
    accessSync(file, constants.X_OK)
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'not executable' : 'missing'
  }
}
