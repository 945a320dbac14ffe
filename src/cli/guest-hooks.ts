/**
 * The hooks of oclif's own events (init, prerun, postrun …) in installed packages. oclif runs them with the command's own
 * argv, waits for ever, drops what they throw, and lets one end the CLI with any code. Here each gets a copy of argv and a
 * deadline, runs under its package's name, and what goes wrong in it is told.
 */
import { Config } from '@oclif/core'

import { formatDuration } from '../base/duration.js'
import { ArbError, messageOf } from '../base/errors.js'
import { cleanLine } from '../base/text.js'
import { asGuest } from '../plugins/guest.js'
import type { PluginHost } from '../plugins/host.js'
import { guestsOf, isProviderEvent } from '../plugins/providers.js'
import { writeErr } from './output.js'

/** How long one package's hook may take. */
const hookDeadlineMs = 3000
/** Events that a guest may not answer in our place. */
const ours = new Set(['command_not_found', 'command_incomplete', 'jit_plugin_not_installed', 'preparse'])

type RunHook = Config['runHook']
type HookResult = Awaited<ReturnType<RunHook>>
type HookOptions = Record<string, unknown>

/** Installed once: oclif makes a Config of its own for each run. */
export function guardHooks(): void {
  const runHook = Config.prototype.runHook as (...args: unknown[]) => Promise<HookResult>
  const guarded = async function (
    this: Config,
    event: string,
    options: HookOptions,
    ...rest: unknown[]
  ): Promise<HookResult> {
    const guests = guestsOf(this).filter((plugin) => (plugin.hooks[event] ?? []).length > 0)
    if (isProviderEvent(event) || guests.length === 0) return runHook.call(this, event, options, ...rest)
    const names = new Set(guests.map(({ name }) => name))
    const own = [...this.plugins.values()].filter(({ name }) => !names.has(name))
    const result = await withOnly(this, own, (view) => runHook.call(view, event, options, ...rest))
    if (ours.has(event)) return result
    const calls = guests.map((guest) => runGuest({ config: this, guest, event, options, runHook }))
    for (const each of await Promise.all(calls)) {
      result.successes.push(...each.successes)
      result.failures.push(...each.failures)
    }
    return result
  }
  Config.prototype.runHook = guarded as unknown as RunHook
}

interface GuestCall {
  config: Config
  guest: ReturnType<PluginHost['getPluginsList']>[number]
  event: string
  options: HookOptions
  runHook: (...args: unknown[]) => Promise<HookResult>
}

async function runGuest({ config, guest, event, options, runHook }: GuestCall): Promise<HookResult> {
  const given = Array.isArray(options.argv) ? { ...options, argv: [...(options.argv as string[])] } : options
  // oclif's own timer does not keep the process alive: a hook that never settles would end it in silence.
  const alive = setInterval(() => undefined, 1000)
  try {
    const result = await withOnly(config, [guest], (view) =>
      asGuest(guest.name, () => runHook.call(view, event, given, hookDeadlineMs)),
    )
    for (const { error } of result.failures) await tell(guest.name, event, error)
    return result
  } catch (error) {
    throw refusal(guest.name, event, error)
  } finally {
    clearInterval(alive)
  }
}

/** oclif's runHook takes the plugins in its first, synchronous part; behind it the hooks see the whole Config again. */
function withOnly<T>(config: Config, plugins: GuestCall['guest'][], work: (view: Config) => T): T {
  const view = Object.create(config, {
    plugins: { value: new Map(plugins.map((plugin) => [plugin.name, plugin])), configurable: true },
  }) as Config
  try {
    return work(view)
  } finally {
    delete (view as { plugins?: unknown }).plugins
  }
}

async function tell(packageName: string, event: string, error: unknown): Promise<void> {
  const message = messageOf(error)
  const what = /^Timed out after \d+ ms\.$/.test(message)
    ? `did not end within ${formatDuration(hookDeadlineMs)}`
    : `failed: ${cleanLine(message)}`
  await writeErr(`Warning: plugin ${packageName}: its ${event} hook ${what}`)
}

/** A hook that ends the CLI on purpose (`this.error`, `this.exit`) does so with 3: it knows nothing of a session's health. */
function refusal(packageName: string, event: string, error: unknown): ArbError {
  return new ArbError({
    code: 'ARB_PLUGIN_FAILED',
    message: `plugin ${packageName} stopped the command in its ${event} hook: ${cleanLine(messageOf(error))}`,
    hints: [`To run without it: arbk8s plugins uninstall ${packageName}`],
    details: { package: packageName, hook: event },
    cause: error,
  })
}
