/** The process: loads oclif's Config, runs one command, prints what is thrown outside of a command. */
import { userInfo } from 'node:os'

import { Command, Config, run } from '@oclif/core'
import { settings } from '@oclif/core/settings'

import { ArbError, exitCodes, isArbError, messageOf } from '../base/errors.js'
import { asksForJson } from './json-flag.js'
import { maskOutput } from './mask-output.js'
import { addInherited } from './masker.js'
import { guardOutput } from './output.js'
import { printError } from './print-error.js'

/** Runs the CLI with these arguments; `root` is a file of the package. The exit code is in `process.exitCode`. */
export async function main(argv: string[], root: string): Promise<void> {
  settings.enableAutoTranspile = false
  guardOutput()
  addInherited(argv, process.env)
  maskOutput()
  nameShell()
  catchTheUncaught(argv)
  takeErrorsOfOtherCommands()
  let config: Config | undefined
  try {
    config = await Config.load({ root })
    hideRegistryCredentials(config)
    await run(argv, config)
  } catch (error) {
    if (isQuietExit(error)) process.exitCode = error.oclif.exit
    else await printError(ofOtherPlugin(argv, config) ? asPluginError(error) : error, { json: asksForJson(argv) })
  }
}

/** A defect that no caller can catch ends like any other: one message, and 3, which is never read as healthy or unhealthy. */
function catchTheUncaught(argv: string[]): void {
  const end = (error: unknown): void => {
    void printError(error, { json: asksForJson(argv) }).finally(() => process.exit(exitCodes.failed))
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}

/** Under --json oclif's own catch prints an error in a shape of its own and ends with 1; ours prints them all alike. */
function takeErrorsOfOtherCommands(): void {
  const catching = Command.prototype as unknown as { catch: (error: unknown) => Promise<void> }
  catching.catch = async (error) => {
    throw error
  }
}

/** Whether the command is one that came with another package, such as `plugins inspect`. */
function ofOtherPlugin([topic]: string[], config: Config | undefined): boolean {
  const command = config?.commands.find(({ id }) => id.split(':')[0] === topic)
  return command !== undefined && command.pluginName !== config?.name
}

/** Those commands throw plain errors for what users do wrong: that is no defect of ours. */
function asPluginError(error: unknown): unknown {
  if (isArbError(error) || !(error instanceof Error) || 'oclif' in error) return error
  return new ArbError({ code: 'ARB_PLUGIN_FAILED', message: messageOf(error), cause: error })
}

/** npm takes the registry from its environment too, where other users do not see the credentials in its URL. */
function hideRegistryCredentials(config: Config): void {
  if (!config.npmRegistry?.includes('@')) return
  process.env.npm_config_registry = config.npmRegistry
  config.npmRegistry = undefined
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
