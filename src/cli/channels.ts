/** Alert channels of a command: flags, named settings and loaded plugins. */
import { Flags } from '@oclif/core'
import type { Config } from '@oclif/core'

import type { Notifier } from '@arbk8s/plugin-kit'

import { defaultDeadlineMs, type DeliveryLimits } from '../alerts/deliver.js'
import type { Channel } from '../alerts/send.js'
import { ArbError, isArbError, messageOf } from '../base/errors.js'
import { nearest } from '../base/text.js'
import { loadNotifier, pluginContext, requireNotifier } from '../plugins/load.js'
import { placeOfSetting } from '../config/setting-place.js'
import { channelHttp, refusedAddress } from './channel-http.js'
import { splitChannelSettings } from './channel-settings.js'
import { durationFlag } from './flags.js'
import { maskedNotifier } from './masked-plugins.js'
import { withSecrets } from './secret-settings.js'
import { webhookUrlFlags } from './webhook-url.js'

const defaultLimits = { timeoutMs: 5000, deadlineMs: defaultDeadlineMs }

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
    description: 'the longest that one try of an alert on one channel may take; a bare number is seconds',
    default: '5s',
    bareUnit: 's',
  }),
  deadline: durationFlag('deadline', {
    description: 'the longest that all tries of an alert on one channel may take; 0 is one try',
    default: '30s',
  }),
  'allow-private-addresses': Flags.boolean({
    env: 'ARBK8S_ALLOW_PRIVATE_ADDRESSES',
    description: 'let channels that are not named in arbk8s.yaml speak to private addresses, and without TLS',
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
  /** The settings file that asks for a name, where one does. */
  fileOf?: ((name: string) => string | undefined) | undefined
  /** For channels that have no `webhook_url` of their own. */
  webhookUrl: string | undefined
  /** For channels whose settings name none; default 5 s a try, 30 s in all. */
  limits?: Required<DeliveryLimits>
  /** For channels that have no settings; default false. */
  allowPrivate?: boolean
  /** False, the default, where nothing is to be sent. */
  sends?: boolean
  /** Says something on stderr that changes no result. */
  note?: (message: string) => Promise<void>
  /** Where a console channel prints; rejects where that fails. */
  print: (text: string) => Promise<void>
  signal: AbortSignal
}

interface OpenedChannel {
  notifier: Notifier
  limits: DeliveryLimits
  refused: string | undefined
  /** True where it speaks to the webhook URL of the flag. */
  usesFlag: boolean
}

export interface OpenedChannels {
  channels: Channel[]
  /** True where a plugin could not be loaded: the others still get their alert, and the command ends with 3. */
  incomplete: boolean
}

/** Throws, before any work, where a channel is asked for that no plugin provides. */
export function requireChannels(options: Pick<ChannelOptions, 'config' | 'names' | 'named' | 'fileOf'>): void {
  const { config, names, named } = options
  for (const name of names ?? []) {
    const type = (named?.[name] as { type?: unknown } | null | undefined)?.type
    try {
      requireNotifier(config, typeof type === 'string' ? type : name)
    } catch (error) {
      throw aboutChannel(name, error, options)
    }
  }
}

/** Loads each channel once. Throws where none could be loaded. */
export async function openChannels(options: ChannelOptions): Promise<OpenedChannels> {
  const names = [...new Set(options.names?.length ? options.names : ['console'])]
  const errors: unknown[] = []
  let usesFlag = options.webhookUrl === undefined
  const channels = await Promise.all(
    names.map(async (name): Promise<Channel> => {
      try {
        const { usesFlag: used, ...opened } = await openChannel(name, options)
        usesFlag ||= used
        return { name, ...opened }
      } catch (error) {
        const told = aboutChannel(name, error, options)
        errors.push(told)
        return { name, error: withHints(told) }
      }
    }),
  )
  if (errors.length === names.length) throw errors[0]
  if (!usesFlag)
    await options.note?.('The webhook URL that was given is not used: every channel has its own, or takes none.')
  return { channels, incomplete: errors.length > 0 }
}

async function openChannel(name: string, options: ChannelOptions): Promise<OpenedChannel> {
  const { config, named, webhookUrl, print, signal } = options
  const entry = named?.[name] ?? {}
  if (typeof entry !== 'object' || Array.isArray(entry)) {
    throw new ArbError({ code: 'ARB_CONFIG_INVALID', message: `channels.${name} must be a mapping` })
  }
  const { host, settings } = splitChannelSettings(
    await withSecrets(entry as Record<string, unknown>, `channels.${name}`),
    {
      name,
      place: placeOfSetting(entry)?.file,
    },
  )
  const usesFlag = webhookUrl !== undefined && settings.webhook_url === undefined && host.type !== 'console'
  if (usesFlag) settings.webhook_url = webhookUrl
  const limits = { ...(options.limits ?? defaultLimits), ...host.limits }
  const allowPrivate = named?.[name] === undefined ? (options.allowPrivate ?? false) : host.allowPrivate
  const http = await channelHttp({
    ...host,
    allowPrivate,
    timeoutMs: limits.timeoutMs,
    sends: options.sends === true && host.type !== 'console',
    version: config.version,
    signal,
  })
  const context = pluginContext({ settings, print, signal, timeoutMs: limits.timeoutMs, ...http })
  const notifier = maskedNotifier(await loadNotifier(config, host.type, context))
  return { notifier, limits, usesFlag, refused: await refusedAddress(settings, { allowPrivate }) }
}

/** The error where it says which channel it is about: a plugin does not know what its channel is called. */
function aboutChannel(name: string, error: unknown, options: Pick<ChannelOptions, 'named' | 'fileOf'>): unknown {
  const entry = options.named?.[name]
  if (!isArbError(error)) return error
  if (entry === undefined) return error.code === 'ARB_PLUGIN_NOT_FOUND' ? unknownChannel(name, error, options) : error
  const { code, message, hints, details } = error
  if (code === 'ARB_PLUGIN_SETTINGS')
    return new ArbError({ code, message: `channels.${name}: ${message}`, hints, details, cause: error })
  if (code !== 'ARB_PLUGIN_NOT_FOUND' || (entry as { type?: unknown } | null)?.type !== undefined) return error
  const installed = hints.filter((hint) => hint.startsWith('Installed:'))
  return new ArbError({
    code: 'ARB_CONFIG_INVALID',
    message: `channels.${name} has no type`,
    hints: ['Write the channel that it is, e.g. type: slack', ...installed],
    cause: error,
  })
}

/** A name that is neither a channel of the settings nor a plugin: more often a slip than a plugin to install. */
function unknownChannel(
  name: string,
  { code, message, hints, details }: ArbError,
  { named, fileOf }: Pick<ChannelOptions, 'named' | 'fileOf'>,
): ArbError {
  const [file, near] = [fileOf?.(name), nearest(name, Object.keys(named ?? {}))]
  return new ArbError({
    code,
    message: file === undefined ? message : `${file}: ${message}`,
    hints: [...new Set([...(near === undefined ? [] : [`Did you mean "${near}"?`]), ...hints])],
    details: { ...details, ...(file === undefined ? {} : { file }) },
  })
}

function withHints(error: unknown): string {
  const sentences = [messageOf(error), ...(isArbError(error) ? error.hints : [])]
  return sentences
    .map((sentence) => sentence.replace(/\.$/, ''))
    .join('. ')
    .replaceAll('?. ', '? ')
}
