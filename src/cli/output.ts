/**
 * The two ways out of the process. stdout is the result, stderr is talk. A reader that went away (`| head -1`) is no
 * error: the work goes on and later output is dropped. A full disk is one: the command then ends with 3.
 */
import { exitCodes } from '../base/errors.js'
import { reasonOf } from '../base/files.js'

let readerGone = false
const goneListeners = new Set<() => void>()

/** Installed once, at the start of the process. */
export function guardOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    // oclif's own listener throws at anything but EPIPE, which would end the process with a stack and 1.
    stream.removeAllListeners('error')
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') process.exitCode = exitCodes.failed
      if (stream === process.stderr || readerGone) return
      readerGone = true
      for (const listener of goneListeners) listener()
      if (error.code !== 'EPIPE')
        void writeErr(
          `Error: stdout: cannot be written: ${reasonOf(error)}; the result is not whole (ARB_OUTPUT_UNWRITABLE)`,
        )
    })
  }
}

/** Calls `listener` when stdout's reader goes away, so that an endless follower can stop. */
export function onReaderGone(listener: () => void): void {
  if (readerGone) listener()
  else goneListeners.add(listener)
}

/** Writes to stdout and waits until the text is out of this process. */
export function writeOut(text: string): Promise<void> {
  return write(process.stdout, text)
}

/** Writes to stderr and waits until the text is out of this process. */
export function writeErr(text: string): Promise<void> {
  return write(process.stderr, text)
}

/** Writes what somebody must see, an alert: rejects where the disk is full, and where nobody reads any more. */
export function writeSeen(to: 'stdout' | 'stderr', text: string): Promise<void> {
  const seen = new Promise<void>((resolve, reject) => {
    process[to].write(text, (error) => {
      if (error) reject(new Error(`${to}: cannot be written: ${whyNotSeen(error)}`, { cause: error }))
      else resolve()
    })
  })
  // A plugin may not wait for it: that is no reason to end the process.
  seen.catch(() => undefined)
  return seen
}

function whyNotSeen(error: NodeJS.ErrnoException): string {
  return error.code === 'EPIPE' ? 'nobody reads it any more' : reasonOf(error)
}

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  if (text === '' || (stream === process.stdout && readerGone)) return Promise.resolve()
  return new Promise((resolve) => {
    stream.write(text.endsWith('\n') ? text : `${text}\n`, () => resolve())
  })
}
