/** A sandbox that goes on in a process of its own: started once, found again, stopped. */
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { ClusterOptions, ClusterStatus } from '@arbk8s/plugin-kit'

import { addNamespaces } from './add-namespaces.js'

/** What a running background sandbox writes down of itself. */
export interface DaemonState {
  pid: number
  /** In the process's command line too, so that another process with a reused pid is not taken for it. */
  instance: string
  server: string
  kubeconfig: string
  startedAt: string
}

/** The daemon's only argument, as JSON. */
export interface DaemonArguments extends ClusterOptions {
  directory: string
  instance: string
}

const startMs = 20_000
const stopMs = 15_000
const pollMs = 50
const program = fileURLToPath(new URL('./daemon.js', import.meta.url))

export const stateFile = (directory: string) => path.join(directory, 'sandbox.json')
const logFile = (directory: string) => path.join(directory, 'sandbox.log')
const lockFile = (directory: string) => path.join(directory, 'sandbox.lock')

const notRunning: ClusterStatus = { running: false, pid: null, server: null, kubeconfig: null, startedAt: null }

/**
 * Starts one, or answers with the one that runs in the directory, which then has the namespaces too; throws where it
 * does not come up.
 */
export async function startInBackground(options: ClusterOptions & { directory: string }): Promise<ClusterStatus> {
  const directory = path.resolve(options.directory)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const unlock = await lock(directory)
  try {
    const before = await statusOf(directory)
    if (before.running) {
      await addNamespaces(before.kubeconfig!, options.namespaces ?? [])
      return before
    }
    const instance = randomBytes(8).toString('hex')
    const log = await open(logFile(directory), 'a', 0o600)
    const argument: DaemonArguments = { ...options, directory, instance }
    const child = spawn(process.execPath, [program, JSON.stringify(argument)], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`))
    })
    await log.close()
    const failure = await Promise.race([ended, untilUp(directory, instance)])
    child.removeAllListeners()
    child.unref()
    if (failure === undefined) return await statusOf(directory)
    if (child.pid) killQuietly(child.pid, 'SIGTERM')
    throw new Error(`the sandbox did not start in ${directory}: ${failure}; its log is ${logFile(directory)}`)
  } finally {
    await unlock()
  }
}

async function untilUp(directory: string, instance: string): Promise<string | undefined> {
  const deadline = Date.now() + startMs
  while (Date.now() < deadline) {
    if ((await readState(directory))?.instance === instance) return undefined
    await sleep(pollMs)
  }
  return `it was not ready after ${startMs / 1000} seconds`
}

/** Whether one runs there. What a sandbox left that died without cleaning up is removed. */
export async function statusOf(directory: string): Promise<ClusterStatus> {
  const state = await readState(directory)
  if (!state) return notRunning
  if (await isOurs(state)) {
    const { pid, server, kubeconfig, startedAt } = state
    return { running: true, pid, server, kubeconfig, startedAt }
  }
  await removeTraces(directory, state)
  return notRunning
}

/** Stops the one that runs there, if any; its processes are gone when this resolves. */
export async function stopInBackground(directory: string): Promise<ClusterStatus> {
  const state = await readState(directory)
  if (!state || !(await isOurs(state))) return statusOf(directory)
  killQuietly(state.pid, 'SIGTERM')
  const deadline = Date.now() + stopMs
  while (isAlive(state.pid) && Date.now() < deadline) await sleep(pollMs)
  // The guard ends what a killed sandbox leaves.
  if (isAlive(state.pid) && (await isOurs(state))) killQuietly(state.pid, 'SIGKILL')
  await removeTraces(directory, state)
  return notRunning
}

/** Removes the state and the kubeconfig, which opens nothing any more. */
export async function removeTraces(
  directory: string,
  state: Pick<DaemonState, 'kubeconfig' | 'instance'>,
): Promise<void> {
  if ((await readState(directory))?.instance !== state.instance) return
  await rm(stateFile(directory), { force: true })
  await rm(state.kubeconfig, { force: true })
}

async function readState(directory: string): Promise<DaemonState | undefined> {
  try {
    const state = JSON.parse(await readFile(stateFile(directory), 'utf8')) as DaemonState
    return Number.isInteger(state.pid) && state.instance ? state : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** True where the process of that pid is the sandbox that wrote the state. */
async function isOurs({ pid, instance }: DaemonState): Promise<boolean> {
  if (!isAlive(pid)) return false
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(async () => {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({
      stdout: '',
    }))
    return stdout
  })
  return commandLine.includes(instance)
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself.
  }
}

/** One start at a time per directory; a lock older than a start can take is stale. */
async function lock(directory: string): Promise<() => Promise<void>> {
  const file = lockFile(directory)
  const deadline = Date.now() + startMs * 2
  for (;;) {
    try {
      await (await open(file, 'wx', 0o600)).close()
      return () => rm(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (age > startMs * 1.5) await rm(file, { force: true })
    else if (Date.now() > deadline)
      throw new Error(`another start is under way in ${directory}; if there is none, remove ${file}`)
    else await sleep(pollMs)
  }
}
