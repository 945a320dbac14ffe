/** What `plugins` and `doctor` say of packages and channels; nothing is sent. */
import type { Config } from '@oclif/core'

import { isArbError, messageOf } from '../base/errors.js'
import { shorten } from '../base/text.js'
import { notifierName, pluginContext } from '../plugins/load.js'
import { inspectPackages, type PackageReport } from '../plugins/inspect.js'
import { openChannels } from './channels.js'

/** How one channel stands. */
export interface ChannelReport {
  name: string
  /** The plugin's name, e.g. `slack`. */
  type: string
  /** `incomplete`: its plugin is well, a setting is missing or wrong. */
  status: 'ok' | 'incomplete' | 'fail'
  detail: string
  fix: string | null
}

export interface ChannelCheckOptions {
  config: Config
  /** Channels asked for by flag, variable or setting. */
  names: readonly string[]
  /** The `channels:` setting. */
  named: Record<string, unknown> | undefined
  webhookUrl?: string | undefined
  signal: AbortSignal
}

const otherAddress = 'Change the address in the settings of the channel, or what they allow.'

/** Every package with what it provides and whether that loads. */
export function packageReports(config: Config, signal: AbortSignal): Promise<PackageReport[]> {
  return inspectPackages(config, pluginContext({ signal }))
}

/** Opens every channel that is configured, asked for or to stand in for one, each by itself. */
export async function channelReports(options: ChannelCheckOptions): Promise<ChannelReport[]> {
  const names = [...new Set([...Object.keys(options.named ?? {}), ...options.names, ...fallbacks(options)])].sort()
  return Promise.all(names.map((name) => channelReport(name, options)))
}

function fallbacks({ named = {} }: ChannelCheckOptions): string[] {
  const names = Object.values(named).map((entry) => (entry as { fallback?: unknown } | null)?.fallback)
  return names.filter((name) => typeof name === 'string')
}

async function channelReport(name: string, options: ChannelCheckOptions): Promise<ChannelReport> {
  const type = channelType(name, options.named)
  const print = async (): Promise<void> => undefined
  try {
    const { config, named, webhookUrl, signal } = options
    const { channels } = await openChannels({ config, names: [name], named, webhookUrl, print, signal })
    const refused = channels.flatMap((channel) => ('refused' in channel && channel.refused) || [])[0]
    if (refused !== undefined)
      return { name, type, status: 'incomplete', detail: `${type}: nothing can be sent: ${refused}`, fix: otherAddress }
    return { name, type, status: 'ok', detail: `${type}, complete`, fix: null }
  } catch (error) {
    const settings = isArbError(error) && ['ARB_PLUGIN_SETTINGS', 'ARB_CONFIG_INVALID'].includes(error.code)
    const fix = isArbError(error) ? (error.hints[0] ?? null) : null
    return {
      name,
      type,
      status: settings ? 'incomplete' : 'fail',
      detail: shorten(messageOf(error).replace(`channels.${name}: `, ''), 300),
      fix,
    }
  }
}

function channelType(name: string, named: Record<string, unknown> | undefined): string {
  const type = (named?.[name] as { type?: unknown } | null | undefined)?.type
  return notifierName(typeof type === 'string' ? type : name)
}
