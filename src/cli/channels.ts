/** Alert channels of a command: flags, named settings and loaded plugins. */
import { Flags } from '@oclif/core'
import type { Config } from '@oclif/core'

import type { Channel } from '../alerts/send.js'
import { ArbError, isArbError, messageOf } from '../base/errors.js'
import { loadNotifier, pluginContext, requireNotifier } from '../plugins/load.js'
import { durationFlag } from './flags.js'
import { maskedNotifier } from './masked-plugins.js'
import { withSecrets } from './secret-settings.js'
import { webhookUrlFlags } from './webhook-url.js'

/** Which channels, and how long one may take. */
export const deliveryFlags = {
  'channel-type': Flags.string({
    aliases: ['channel'],
    multiple: true,
    multipleNonGreedy: true,
    env: 'ARBK8S_CHANNEL_TYPE',
    description: 'channel: console, one of an installed plugin, or one named in arbk8s.yaml; may be repeated',
    defaultHelp: async () => 'console',
    helpValue: 'NAME',
  }),
  ...webhookUrlFlags,
  'timeout-seconds': durationFlag('timeout-seconds', {
    description: 'the longest that one alert on one channel may take; a bare number is seconds',
    default: '5s',
    bareUnit: 's',
  }),
}

/** The flags of a command that sends alerts when it is told to. */
export const channelFlags = {
  ...deliveryFlags,
  'dry-run': Flags.boolean({
    allowNo: true,
    default: true,
    description: 'show exactly what would be sent and send nothing; --no-dry-run sends',
  }),
}

export interface ChannelOptions {
  config: Config
  /** The flag's names; console without any. */
  names: string[] | undefined
  /** The `channels:` setting: by name, with `type` for the plugin. */
  named: Record<string, unknown> | undefined
  webhookUrl: string | undefined
  /** Where a console channel prints; rejects where that fails. */
  print: (text: string) => Promise<void>
  signal: AbortSignal
}

export interface OpenedChannels {
  channels: Channel[]
  /** True where a plugin could not be loaded: the others still get their alert, and the command ends with 3. */
  incomplete: boolean
}

/** Throws, before any work, where a channel is asked for that no plugin provides. */
export function requireChannels({ config, names, named }: Pick<ChannelOptions, 'config' | 'names' | 'named'>): void {
  for (const name of names ?? []) {
    const type = (named?.[name] as { type?: unknown } | null | undefined)?.type
    requireNotifier(config, typeof type === 'string' ? type : name)
  }
}

/** Loads each channel once. Throws where none could be loaded. */
export async function openChannels(options: ChannelOptions): Promise<OpenedChannels> {
  const names = [...new Set(options.names?.length ? options.names : ['console'])]
  const errors: unknown[] = []
  const channels = await Promise.all(
    names.map(async (name): Promise<Channel> => {
      try {
        return { name, notifier: await openChannel(name, options) }
      } catch (error) {
        errors.push(error)
        return { name, error: withHints(error) }
      }
    }),
  )
  if (errors.length === names.length) throw errors[0]
  return { channels, incomplete: errors.length > 0 }
}

async function openChannel(name: string, { config, named, webhookUrl, print, signal }: ChannelOptions) {
  const entry = named?.[name] ?? {}
  if (typeof entry !== 'object' || Array.isArray(entry)) {
    throw new ArbError({ code: 'ARB_CONFIG_INVALID', message: `channels.${name} must be a mapping` })
  }
  const { type = name, ...settings } = await withSecrets(entry as Record<string, unknown>, `channels.${name}`)
  if (webhookUrl !== undefined) settings.webhook_url = webhookUrl
  return maskedNotifier(await loadNotifier(config, String(type), pluginContext({ settings, print, signal })))
}

function withHints(error: unknown): string {
  return [messageOf(error), ...(isArbError(error) ? error.hints : [])].join(' ')
}
