/** The process: loads oclif's Config, runs one command, prints what is thrown outside of a command. */
import { Config, run } from '@oclif/core'
import { settings } from '@oclif/core/settings'

import { asksForJson } from './json-flag.js'
import { guardOutput } from './output.js'
import { printError } from './print-error.js'

/** Runs the CLI with these arguments; `root` is a file of the package. The exit code is in `process.exitCode`. */
export async function main(argv: string[], root: string): Promise<void> {
  settings.enableAutoTranspile = false
  guardOutput()
  try {
    const config = await Config.load({ root })
    await run(argv, config)
  } catch (error) {
    if (isQuietExit(error)) process.exitCode = error.oclif.exit
    else await printError(error, { json: asksForJson(argv) })
  }
}

/** oclif ends `--help` and `--version` by throwing an exit of 0. */
function isQuietExit(error: unknown): error is Error & { oclif: { exit: number } } {
  return error instanceof Error && (error as { code?: string }).code === 'EEXIT'
}
