/** A channel as the alert stage sees it. */
import type { Alert, Notifier, Preview } from '@arbk8s/plugin-kit'

import { type DeliverOptions, type DeliveryLimits, preview } from './deliver.js'

/** What every channel has, loaded or not. */
export interface ChannelBase {
  /** As the user wrote it. */
  name: string
  /** One for all names of the same channel; the ledger knows it by this. Default: the name. */
  id?: string | undefined
  /** The channel that stands in where this one fails. */
  fallback?: string | undefined
  /** Gets alerts only where a route names it, or as a fallback. */
  standby?: boolean | undefined
}

/** A channel whose plugin is there. */
export type LoadedChannel = ChannelBase & {
  notifier: Notifier
  /** Its own, where it has some. */
  limits?: DeliveryLimits | undefined
  /** Why nothing can be sent to the address of its settings, where that can be told without the network. */
  refused?: string | undefined
}

/** A named channel, or why its plugin could not be loaded. */
export type Channel = LoadedChannel | (ChannelBase & { error: string })

/** How long the channel may take: its own limits, else those of the command. */
export function limitsOf(channel: Channel, { timeoutMs, deadlineMs }: DeliveryLimits): DeliveryLimits {
  return ('limits' in channel && channel.limits) || { timeoutMs, deadlineMs }
}

/** What would be sent on the channel; an error in words where its plugin cannot tell, or its sending would be refused. */
export async function previewOn(
  channel: LoadedChannel,
  alert: Alert,
  options: DeliverOptions,
): Promise<{ preview: Preview } | { error: string }> {
  if (channel.refused !== undefined) return { error: channel.refused }
  return preview(channel.notifier, alert, { ...options, ...limitsOf(channel, options) })
}

/** The name that the ledger knows a channel by. */
export function idOf({ id, name }: Channel): string {
  return id ?? name
}

/** The channel of a name. */
export function channelNamed(channels: readonly Channel[], name: string): Channel | undefined {
  return channels.find((channel) => channel.name === name || idOf(channel) === name)
}
