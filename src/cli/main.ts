/** The process: loads oclif's Config, runs one command, prints what is thrown outside of a command. */
import { userInfo } from 'node:os'

import { Config, run } from '@oclif/core'
import { settings } from '@oclif/core/settings'

import { asksForJson } from './json-flag.js'
import { guardOutput } from './output.js'
import { printError } from './print-error.js'

/** Runs the CLI with these arguments; `root` is a file of the package. The exit code is in `process.exitCode`. */
export async function main(argv: string[], root: string): Promise<void> {
  settings.enableAutoTranspile = false
  guardOutput()
  nameShell()
  try {
    const config = await Config.load({ root })
    await run(argv, config)
  } catch (error) {
    if (isQuietExit(error)) process.exitCode = error.oclif.exit
    else await printError(error, { json: asksForJson(argv) })
  }
}

/** oclif asks the password file for the shell and fails for a user who is not in it, as in many containers. */
function nameShell(): void {
  if (process.env.SHELL !== undefined) return
  try {
    userInfo()
  } catch {
    process.env.SHELL = '/bin/sh'
  }
}

/** oclif ends `--help` and `--version` by throwing an exit of 0. */
function isQuietExit(error: unknown): error is Error & { oclif: { exit: number } } {
  return error instanceof Error && (error as { code?: string }).code === 'EEXIT'
}
