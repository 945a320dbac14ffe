/** The process: loads oclif's Config, runs one command, prints what is thrown outside of a command. */
import { userInfo } from 'node:os'
import path from 'node:path'

import { Command, Config, run } from '@oclif/core'
import { settings } from '@oclif/core/settings'

import { ArbError, exitCodes, isArbError, messageOf } from '../base/errors.js'
import { asGuest, asHost, currentGuest } from '../plugins/guest.js'
import { guestsOf } from '../plugins/providers.js'
import { guardAgainstGuests, markOver, uncaughtOf } from './guest-guard.js'
import { guardHooks } from './guest-hooks.js'
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
  guardAgainstGuests()
  guardHooks()
  nameShell()
  noInstallScripts(argv, process.env)
  let config: Config | undefined
  catchTheUncaught(argv, () => config)
  takeErrorsOfOtherCommands()
  try {
    // oclif imports the commands of an installed package that has no manifest: its code, not ours.
    config = await asGuest('an installed plugin', () => Config.load({ root }))
    hideRegistryCredentials(config)
    if (ofOtherPlugin(argv, config)) markOver()
    await run(argv, config)
  } catch (error) {
    if (isQuietExit(error)) process.exitCode = error.oclif.exit
    else await printError(ofOtherPlugin(argv, config) ? asPluginError(error) : error, { json: asksForJson(argv) })
  } finally {
    markOver()
  }
}

/** npm runs no script of a package that `plugins install`, `update` or `link` brings in. */
function noInstallScripts([topic]: string[], env: NodeJS.ProcessEnv): void {
  if (!/^plugins(:|$)/.test(topic ?? '')) return
  for (const name of Object.keys(env))
    if (/^(npm_config|yarn)_ignore_scripts$/i.test(name)) Reflect.deleteProperty(env, name)
  env.npm_config_ignore_scripts = 'true'
  env.YARN_IGNORE_SCRIPTS = 'true'
  // A registry that does not answer is given up after seconds, not after minutes.
  env.npm_config_fetch_retry_mintimeout ??= '1000'
  env.npm_config_fetch_retry_maxtimeout ??= '5000'
}

/**
 * A defect that no caller can catch ends like any other: one message, and 3, which is never read as healthy or unhealthy.
 * A package's defect is told, and the command goes on.
 */
function catchTheUncaught(argv: string[], config: () => Config | undefined): void {
  const end = (error: unknown): void => {
    const guest = currentGuest() ?? guestInStack(error, config())
    if (guest !== undefined) {
      void asHost(() => printError(uncaughtOf(guest, error), { json: false }))
      return
    }
    void printError(error, { json: asksForJson(argv) }).finally(() => process.exit(exitCodes.failed))
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}

/** The package whose file the error's stack names. */
function guestInStack(error: unknown, config: Config | undefined): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return config && guestsOf(config).find(({ root }) => stack.includes(`${root}${path.sep}`))?.name
}

/** Under --json oclif's own catch prints an error in a shape of its own and ends with 1; ours prints them all alike. */
function takeErrorsOfOtherCommands(): void {
  const catching = Command.prototype as unknown as { catch: (error: unknown) => Promise<void> }
  catching.catch = async (error) => {
    throw error
  }
}

/** Whether the command is one that came with another package, such as `plugins inspect`. */
function ofOtherPlugin(argv: string[], config: Config | undefined): boolean {
  const end = argv.findIndex((word) => word.startsWith('-'))
  const words = (end < 0 ? argv : argv.slice(0, end)).slice(0, 4)
  const ids = words.map((_word, index) => words.slice(0, words.length - index).join(':'))
  const command = ids.map((id) => config?.findCommand(id)).find((found) => found !== undefined)
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
