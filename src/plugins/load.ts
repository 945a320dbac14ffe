/** Loading one provider: the same way for what comes with the CLI and for what a team installed. */
import type {
  AddressLookup,
  ClusterProvider,
  HistoryStore,
  HttpSender,
  Logger,
  Notifier,
  PluginContext,
} from '@arbk8s/plugin-kit'

import { ArbError, messageOf } from '../base/errors.js'
import { cleanLine } from '../base/text.js'
import { asGuest, guestContext, guestObject } from './guest.js'
import type { PluginHost } from './host.js'
import { findProvider, type Provider } from './providers.js'

/** How long a plugin may take to load and to hand out its object. */
const loadDeadlineMs = 10_000
const contractVersion = 1

/** The original's names of channels, which keep working. */
const notifierAliases: Record<string, string> = { slack_webhook: 'slack', generic_webhook: 'webhook' }

/** The notifier that a name stands for: `slack` for `slack_webhook`. */
export function notifierName(name: string): string {
  return Object.hasOwn(notifierAliases, name) ? notifierAliases[name]! : name
}

/** Throws where no plugin, or more than one, provides the channel; no plugin code runs. */
export function requireNotifier(config: PluginHost, name: string): Provider {
  return findProvider(config, 'notifier', notifierName(name))
}

/** The scheme of the store that keeps a location: a path is `jsonl`. */
export function storeScheme(location: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(location)?.[1]?.toLowerCase() ?? 'jsonl'
  return scheme === 'file' ? 'jsonl' : scheme
}

/** Throws where no plugin, or more than one, provides the location's store; no plugin code runs. */
export function requireStore(config: PluginHost, location: string): Provider {
  return findProvider(config, 'store', storeScheme(location))
}

/** The notifier of a name, e.g. `console`, `slack`, `slack_webhook`. */
export async function loadNotifier(config: PluginHost, name: string, context: PluginContext): Promise<Notifier> {
  const provider = requireNotifier(config, name)
  return checked<Notifier>(provider, await runProvider(config, provider, { host: context }), {
    needed: ['preview', 'send'],
  })
}

/**
 * The store of a location: a path is JSONL, `scheme://…` is the store plugin of that scheme.
 */
export async function openStore(config: PluginHost, location: string, context: PluginContext): Promise<HistoryStore> {
  const provider = requireStore(config, location)
  return checked<HistoryStore>(provider, await runProvider(config, provider, { host: context, location }), {
    needed: ['append', 'read'],
    optional: ['compact', 'verify', 'close'],
  })
}

/** The provider of a cluster that can be started on this machine, e.g. `sandbox`. */
export async function loadClusterProvider(
  config: PluginHost,
  name: string,
  context: PluginContext,
): Promise<ClusterProvider> {
  const provider = findProvider(config, 'cluster', name)
  return checked<ClusterProvider>(provider, await runProvider(config, provider, { host: context }), {
    needed: ['run', 'start', 'stop', 'status'],
  })
}

interface HookOptions {
  host: PluginContext
  location?: string
}

/**
 * Runs the one hook. oclif's own timer does not keep the process alive, so a hook that never settles would end it in
 * silence: the interval here holds it until the deadline speaks.
 */
async function runProvider(config: PluginHost, provider: Provider, options: HookOptions): Promise<unknown> {
  const alive = setInterval(() => undefined, 1000)
  const run = (given: HookOptions) => config.runHook(provider.event as never, given as never, loadDeadlineMs, true)
  try {
    const { successes, failures } = provider.builtIn
      ? await run(options)
      : await asGuest(provider.packageName, () => run({ ...options, host: guestContext(options.host) }))
    const failure = failures[0]
    if (failure) throw failed(provider, failure.error)
    return successes.find((success) => success.plugin.name === provider.packageName)?.result
  } finally {
    clearInterval(alive)
  }
}

function failed(provider: Provider, error: unknown): ArbError {
  if ((error as { code?: unknown } | null)?.code === 'ERR_SETTINGS') return settingsError(provider, error)
  return new ArbError({
    code: 'ARB_PLUGIN_FAILED',
    message: `plugin ${provider.packageName} (${provider.event}): ${whatFailed(error)}`,
    hints: [`Update it: arbk8s plugins update, or remove it: arbk8s plugins uninstall ${provider.packageName}`],
    details: { package: provider.packageName, provides: provider.event },
    cause: error,
  })
}

function whatFailed(error: unknown): string {
  const message = messageOf(error)
  if (message === `Timed out after ${loadDeadlineMs} ms.`) return `it did not answer within ${loadDeadlineMs / 1000} s`
  return cleanLine(message)
}

/** The plugin is well; what it was given is not. */
function settingsError(provider: Provider, error: unknown): ArbError {
  const where =
    provider.kind === 'notifier'
      ? 'the channel under "channels:" in arbk8s.yaml'
      : 'the store under "stores:" in arbk8s.yaml'
  return new ArbError({
    code: 'ARB_PLUGIN_SETTINGS',
    message: `${provider.event} by ${provider.packageName}: ${cleanLine(messageOf(error))}`,
    hints: [`Complete ${where}, or give the flag or variable that carries it; arbk8s doctor checks it.`],
    details: { package: provider.packageName, provides: provider.event },
    cause: error,
  })
}

function checked<T extends { apiVersion: number }>(
  provider: Provider,
  value: unknown,
  { needed, optional = [] }: { needed: (keyof T & string)[]; optional?: (keyof T & string)[] },
): T {
  const object = value as Partial<Record<string, unknown>> | null | undefined
  if (typeof object !== 'object' || object === null) throw contract(provider, 'its hook returned no object')
  if (object.apiVersion !== contractVersion) {
    throw contract(
      provider,
      `it was made for version ${String(object.apiVersion)} of the plugin contract; this arbk8s has ${contractVersion}`,
    )
  }
  const missing = needed.filter((method) => typeof object[method] !== 'function')
  if (missing.length > 0) throw contract(provider, `it lacks ${missing.join(', ')}`)
  const whole = object as unknown as T
  return provider.builtIn ? whole : guestObject(provider.packageName, whole, [...needed, ...optional])
}

function contract(provider: Provider, what: string): ArbError {
  return new ArbError({
    code: 'ARB_PLUGIN_CONTRACT',
    message: `plugin ${provider.packageName} (${provider.event}): ${what}`,
    hints: ['Install a version of the plugin that fits this arbk8s.'],
    details: { package: provider.packageName, provides: provider.event },
  })
}

/** What a plugin is given; all but the signal has a standard. */
export interface ContextOptions {
  settings?: Record<string, unknown>
  signal: AbortSignal
  /** The clock. */
  now?: () => Date
  /** Where a console channel prints. */
  print?: PluginContext['print']
  log?: Logger
  http?: HttpSender
  lookup?: AddressLookup
  timeoutMs?: number
}

/** What a plugin is given; everything not named here is silent. */
export function pluginContext({
  settings = {},
  signal,
  now = () => new Date(),
  print = ignore,
  log = silent,
  http = noHttp,
  lookup = noHttp,
  timeoutMs = 5000,
}: ContextOptions): PluginContext {
  return { settings, signal, now, print, log, http, lookup, timeoutMs }
}

function ignore(): void {
  // A plugin's output that nobody asked for goes nowhere.
}

const silent: Logger = { debug: ignore, info: ignore, warn: ignore }

const noHttp = async (): Promise<never> => {
  throw new ArbError({ code: 'ARB_PLUGIN_FAILED', message: 'this plugin was given no HTTP sender' })
}
