/**
 * Which package provides which notifier, store or cluster: read from the hook names in each package.json, with no plugin
 * code run. `notifier:slack` is the notifier named slack, `store:s3` the store for s3:// locations.
 */

import { ArbError } from '../base/errors.js'
import { nearest } from '../base/text.js'
import type { PluginHost } from './host.js'

/** What a plugin can provide. */
export type ProviderKind = 'notifier' | 'store' | 'cluster'

/** Something that a plugin says it provides. */
export interface Provider {
  kind: ProviderKind
  name: string
  /** The hook's event name, e.g. `notifier:slack`. */
  event: string
  packageName: string
  version: string
  /** True for what comes with the CLI. */
  builtIn: boolean
}

const kinds: readonly ProviderKind[] = ['notifier', 'store', 'cluster']

type Plugin = ReturnType<PluginHost['getPluginsList']>[number]

/** Whether an event's name carries something that a plugin provides, such as `notifier:slack`. */
export function isProviderEvent(event: string): boolean {
  return splitEvent(event)[0] !== undefined
}

/** The packages that did not come with the CLI: installed and linked ones. */
export function guestsOf(config: PluginHost): Plugin[] {
  return config.getPluginsList().filter((plugin) => !isBuiltIn(config, plugin))
}

function isBuiltIn(config: PluginHost, plugin: Plugin): boolean {
  return plugin.type === 'core' || plugin.name === config.pjson.name
}

/** Everything that the loaded plugins say they provide, sorted by kind and name. */
export function listProviders(config: PluginHost): Provider[] {
  const found: Provider[] = []
  for (const plugin of config.getPluginsList()) {
    const builtIn = isBuiltIn(config, plugin)
    for (const event of Object.keys(plugin.hooks ?? {})) {
      const [kind, name] = splitEvent(event)
      if (kind && name) found.push({ kind, name, event, packageName: plugin.name, version: plugin.version, builtIn })
    }
  }
  return found.sort((a, b) => a.event.localeCompare(b.event) || a.packageName.localeCompare(b.packageName))
}

function splitEvent(event: string): [ProviderKind | undefined, string] {
  const at = event.indexOf(':')
  return [kinds.find((kind) => kind === event.slice(0, at)), event.slice(at + 1)]
}

/** The one provider of a name; an error that says what to install, or which two packages collide. */
export function findProvider(config: PluginHost, kind: ProviderKind, name: string): Provider {
  const all = listProviders(config).filter((provider) => provider.kind === kind)
  const matching = all.filter((provider) => provider.name === name)
  if (matching.length === 1) return matching[0]!
  if (matching.length > 1) throw ambiguous(kind, name, matching)
  throw notFound(
    kind,
    name,
    all.map((provider) => provider.name),
  )
}

const words: Record<ProviderKind, string> = { notifier: 'alert channel', store: 'history store', cluster: 'cluster' }

/** What can be installed beside what comes with the CLI: `plugins install slack` takes @arbk8s/plugin-slack. */
const ours: Record<ProviderKind, string[]> = { notifier: ['slack', 'webhook', 'email'], store: ['s3'], cluster: [] }

/** Whether a name is one that comes with arbk8s, or that a package of ours provides. */
export function isOurName(kind: ProviderKind, name: string): boolean {
  const reserved = ['console', 'jsonl', 'file', 'sandbox', 'http', 'https', 'slack_webhook', 'generic_webhook']
  return [...ours[kind], ...reserved].includes(name)
}

function notFound(kind: ProviderKind, name: string, installed: string[]): ArbError {
  const near = ours[kind].includes(name) ? undefined : nearest(name, [...installed, ...ours[kind]])
  const wanted = near ?? name
  return new ArbError({
    code: 'ARB_PLUGIN_NOT_FOUND',
    message: `no installed plugin provides the ${words[kind]} "${name}"`,
    hints: [
      ...(near ? [`Did you mean "${near}"?`] : []),
      ...(installed.includes(wanted) ? [] : [`Install it: arbk8s plugins install ${wanted}`]),
      `Installed: ${installed.join(', ') || 'none'}`,
    ],
    details: { kind, name, installed },
  })
}

function ambiguous(kind: ProviderKind, name: string, providers: Provider[]): ArbError {
  const packages = providers.map((provider) => provider.packageName)
  return new ArbError({
    code: 'ARB_PLUGIN_AMBIGUOUS',
    message: `the ${words[kind]} "${name}" is provided by ${packages.join(' and by ')}`,
    hints: [`Uninstall one of them: arbk8s plugins uninstall ${packages[1]}`],
    details: { kind, name, packages },
  })
}
