/** SIGINT and SIGTERM as one AbortSignal: the first asks the command to end in order, the second ends the process. */
import { setMaxListeners } from 'node:events'

import { ArbError, exitCodes } from '../base/errors.js'

const graceMs = 10_000

export interface Interruption {
  signal: AbortSignal
  /** Takes the handlers off again. */
  dispose(): void
}

/** Starts listening. The signal's reason is the ArbError that the command then ends with. */
export function listenForSignals(): Interruption {
  const controller = new AbortController()
  // Each channel that is being sent to listens; Node takes more than ten listeners for a leak and says so.
  setMaxListeners(0, controller.signal)
  const onSignal = (name: NodeJS.Signals): void => {
    const exitCode = name === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated
    if (controller.signal.aborted) process.exit(exitCode)
    controller.abort(interrupted(name, exitCode))
    setTimeout(() => process.exit(exitCode), graceMs).unref()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    dispose: () => {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}

function interrupted(name: string, exitCode: number): ArbError {
  return new ArbError({ code: 'ARB_INTERRUPTED', message: `interrupted by ${name}`, exitCode })
}
