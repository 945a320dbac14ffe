/** The program of a background sandbox; its output goes to the sandbox's log file. */
import { rename, writeFile } from 'node:fs/promises'

import { removeTraces, stateFile } from './background.js'
import type { DaemonArguments, DaemonState } from './background.js'
import { startSandbox } from './sandbox.js'

const note = (text: string) => process.stdout.write(`${new Date().toISOString()} ${text}\n`)

async function main(): Promise<void> {
  const { instance, ...options } = JSON.parse(process.argv[2] ?? '{}') as DaemonArguments
  const { directory } = options
  const sandbox = await startSandbox({ ...options, onError: (error) => note((error as Error).stack ?? String(error)) })
  const state: DaemonState = {
    pid: process.pid,
    instance,
    server: sandbox.server,
    kubeconfig: sandbox.kubeconfig,
    startedAt: new Date().toISOString(),
  }
  const stop = async (signal: string) => {
    note(`${signal}: stopping`)
    await sandbox.stop()
    await removeTraces(directory, state)
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal))
  // A terminal that closes is not a reason to stop.
  process.on('SIGHUP', () => undefined)
  const temporary = `${stateFile(directory)}.${process.pid}`
  await writeFile(temporary, JSON.stringify(state), { mode: 0o600 })
  await rename(temporary, stateFile(directory))
  note(`serving on ${sandbox.server}`)
}

main().catch((error: unknown) => {
  note((error as Error).stack ?? String(error))
  process.exit(1)
})
