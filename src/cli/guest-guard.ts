/**
 * What an installed package can do to this process, held off: what it prints goes to stderr under its name, its
 * process.exit is an error of its own, and a process that ends before the command did says so with 3. It is no wall
 * against a hostile package, which has the rights of the user; it keeps a careless one from telling an untruth.
 */
import { writeSync } from 'node:fs'

import { ArbError, exitCodes, messageOf } from '../base/errors.js'
import { cleanLine } from '../base/text.js'
import { asHost, currentGuest } from '../plugins/guest.js'
import { masker } from './masker.js'
import { errorText, viewOf } from './print-error.js'

/** As much of what one package prints is shown. */
const shownCharacters = 4000
/** Node's code where the event loop ran empty under an await. */
const unsettled = 13

const printed = new Map<string, number>()
let over = false

/** Installed once, before any package is loaded. */
export function guardAgainstGuests(): void {
  keepStdoutClean()
  refuseExit()
  process.on('exit', (code) => {
    if (!over && (code === 0 || code === unsettled)) tellUnfinished()
  })
}

/** Called when the command is over, however it ended: from now on 0 is the truth. */
export function markOver(): void {
  over = true
}

/** What to say of a package that threw where nobody could catch it. */
export function uncaughtOf(packageName: string, error: unknown): ArbError {
  return new ArbError({
    code: 'ARB_PLUGIN_FAILED',
    message: `plugin ${packageName}: ${cleanLine(messageOf(error))}`,
    hints: [
      `Update it: arbk8s plugins update, or remove it: arbk8s plugins uninstall ${packageName}`,
      'The rest of the command went on; it ends with 3.',
    ],
    details: { package: packageName },
    cause: error,
  })
}

function keepStdoutClean(): void {
  const { stdout } = process
  const write = stdout.write.bind(stdout) as (...args: unknown[]) => boolean
  stdout.write = (chunk: unknown, ...rest: unknown[]): boolean => {
    const guest = currentGuest()
    if (guest === undefined) return write(chunk, ...rest)
    // Before it is cut: half a secret is not found any more.
    talk(guest, masker.mask(typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('utf8')))
    const written = rest.find((entry): entry is () => void => typeof entry === 'function')
    if (written) process.nextTick(written)
    return true
  }
}

function talk(guest: string, text: string): void {
  const before = printed.get(guest) ?? 0
  printed.set(guest, before + text.length)
  if (before >= shownCharacters) return
  const lines = text
    .slice(0, shownCharacters - before)
    .replace(/\n$/, '')
    .split('\n')
  if (before + text.length >= shownCharacters) lines.push('(what it prints further is not shown)')
  asHost(() => process.stderr.write(lines.map((line) => `[${guest}] ${cleanLine(line)}\n`).join('')))
}

function refuseExit(): void {
  const exit = process.exit.bind(process)
  process.exit = (code?: number | string | null): never => {
    if (currentGuest() !== undefined) throw new Error(`it called process.exit(${code ?? ''})`)
    return exit(code)
  }
}

function tellUnfinished(): void {
  process.exitCode = exitCodes.failed
  const view = viewOf(
    new ArbError({
      code: 'ARB_PLUGIN_FAILED',
      message: 'the process was ended before the command was done; its result is not known',
      hints: ['A plugin may have ended it: arbk8s plugins lists what is installed.'],
    }),
  )
  writeSync(process.stderr.fd, `${errorText(view)}\n`)
}
