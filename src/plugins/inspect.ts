/** What each package provides, whether it loads, and what stands in its way. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'

import type { PluginContext } from '@arbk8s/plugin-kit'

import { isArbError, messageOf } from '../base/errors.js'
import { asGuest } from './guest.js'
import type { PluginHost } from './host.js'
import { loadClusterProvider, loadNotifier } from './load.js'
import {
  findProvider,
  guestsOf,
  isProviderEvent,
  listProviders,
  type Provider,
  type ProviderKind,
} from './providers.js'

/** One thing that a package provides. */
export interface ProvidedReport {
  kind: ProviderKind
  name: string
  /** Its file was imported and gave what the contract asks for. */
  loads: boolean
  error: string | null
  /** What to do, where it does not load. */
  fix: string | null
}

/** One package with what it brings. */
export interface PackageReport {
  name: string
  version: string | null
  from: 'built_in' | 'installed' | 'linked'
  /** The folder of a linked package. */
  folder: string | null
  provides: ProvidedReport[]
  /** What is wrong with the package as a whole, and what to do. */
  problems: { message: string; fix: string }[]
}

type Plugin = ReturnType<PluginHost['getPluginsList']>[number]

/**
 * Every package, the built-in ones first. Notifiers and clusters are loaded with the context's settings, where missing
 * settings are no failure; of a store the file is imported and nothing is opened.
 */
export async function inspectPackages(config: PluginHost, context: PluginContext): Promise<PackageReport[]> {
  const providers = listProviders(config)
  const loaded = await Promise.all(
    config.getPluginsList().map(async (plugin) => {
      const own = providers.filter(({ packageName }) => packageName === plugin.name)
      return reportOf(plugin, {
        provides: await Promise.all(own.map((provider) => inspectProvider(config, provider, context))),
        problems: problemsOf(config, plugin),
      })
    }),
  )
  const order = { built_in: 0, installed: 1, linked: 2 }
  return [...loaded, ...missingBuiltIns(config), ...(await brokenInstalls(config))].sort(
    (a, b) => order[a.from] - order[b.from] || a.name.localeCompare(b.name),
  )
}

function reportOf(plugin: Plugin, found: Pick<PackageReport, 'provides' | 'problems'>): PackageReport {
  const from = plugin.type === 'link' ? 'linked' : plugin.type === 'user' ? 'installed' : 'built_in'
  return { name: plugin.name, version: plugin.version, from, folder: from === 'linked' ? plugin.root : null, ...found }
}

async function inspectProvider(
  config: PluginHost,
  provider: Provider,
  context: PluginContext,
): Promise<ProvidedReport> {
  const { kind, name } = provider
  try {
    await loadAny(config, provider, context)
    return { kind, name, loads: true, error: null, fix: null }
  } catch (error) {
    if (isArbError(error) && error.code === 'ARB_PLUGIN_SETTINGS')
      return { kind, name, loads: true, error: null, fix: null }
    const fix = isArbError(error) ? error.hints[0] : undefined
    return { kind, name, loads: false, error: messageOf(error), fix: fix ?? reinstall(provider.packageName) }
  }
}

async function loadAny(config: PluginHost, provider: Provider, context: PluginContext): Promise<void> {
  if (provider.kind === 'notifier') await loadNotifier(config, provider.name, context)
  else if (provider.kind === 'cluster') await loadClusterProvider(config, provider.name, context)
  else await importStore(config, provider)
}

async function importStore(config: PluginHost, { name, event, packageName }: Provider): Promise<void> {
  findProvider(config, 'store', name)
  const plugin = config.plugins.get(packageName)
  const { ModuleLoader } = await import('@oclif/core')
  for (const { target, identifier } of plugin?.hooks[event] ?? []) {
    const file = path.join(plugin!.root, target)
    const module = await asGuest(packageName, () => ModuleLoader.load<Record<string, unknown>>(plugin!, file))
    if (typeof module[identifier] !== 'function')
      throw new Error(`${target} has no function as its ${identifier} export`)
  }
}

/** Events that only our own hooks answer. */
const unheard = ['command_not_found', 'command_incomplete', 'jit_plugin_not_installed', 'preparse']

function problemsOf(config: PluginHost, plugin: Plugin): PackageReport['problems'] {
  if (!guestsOf(config).includes(plugin)) return []
  const fix = `Remove it (arbk8s plugins uninstall ${plugin.name}) or ask its makers for other names.`
  const taken = plugin.commands
    .flatMap(({ id, aliases }) => [id, ...(aliases ?? [])])
    .filter((id) => config.findCommand(id)?.pluginName !== plugin.name)
    .map((id) => ({ message: `its command "${spoken(id)}" is not used: arbk8s has one of that name`, fix }))
  const hooks = Object.keys(plugin.hooks)
  const deaf = hooks
    .filter((event) => unheard.includes(event))
    .map((event) => ({ message: `its ${event} hook is not run: only arbk8s answers there`, fix }))
  const idle = plugin.commands.length === 0 && hooks.length === 0
  const nothing = idle ? [{ message: 'it provides nothing that arbk8s uses', fix: `Was it built? ${fix}` }] : []
  const odd = hooks.filter((event) => /^(notifier|store|cluster)/.test(event) && !isProviderEvent(event))
  return [...taken, ...deaf, ...nothing, ...odd.map((event) => ({ message: `its hook "${event}" has no name`, fix }))]
}

function spoken(id: string): string {
  return id.replaceAll(':', ' ')
}

function missingBuiltIns(config: PluginHost): PackageReport[] {
  return (config.pjson.oclif.plugins ?? [])
    .filter((name) => !config.plugins.has(name))
    .map((name) => missing(name, { from: 'built_in', folder: null }, 'Install arbk8s again.'))
}

/** What the user's list of plugins names and oclif could not load: its folder is gone, or holds something else. */
async function brokenInstalls(config: PluginHost): Promise<PackageReport[]> {
  const file = path.join(config.dataDir, 'package.json')
  const text = await readFile(file, 'utf8').catch(() => '{}')
  const listed = parse(text)?.oclif?.plugins
  if (!Array.isArray(listed)) return []
  return listed
    .map((entry: unknown) => (typeof entry === 'string' ? { name: entry } : (entry as Listed)))
    .filter(({ name }) => typeof name === 'string' && !config.plugins.has(name))
    .map(({ name, type, root }) =>
      type === 'link'
        ? missing(name, { from: 'linked', folder: root ?? null }, `Link it again, or: arbk8s plugins uninstall ${name}`)
        : missing(name, { from: 'installed', folder: null }, reinstall(name)),
    )
}

interface Listed {
  name: string
  type?: string
  root?: string
}

function parse(text: string): { oclif?: { plugins?: unknown } } | undefined {
  try {
    return JSON.parse(text) as { oclif?: { plugins?: unknown } }
  } catch {
    return undefined
  }
}

function missing(name: string, place: Pick<PackageReport, 'from' | 'folder'>, fix: string): PackageReport {
  const message = 'its package is not there, or cannot be read'
  return { name, version: null, ...place, provides: [], problems: [{ message, fix }] }
}

function reinstall(name: string): string {
  return `Install it again: arbk8s plugins install ${name}`
}
