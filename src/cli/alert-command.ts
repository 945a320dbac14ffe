/** A command that speaks to alert channels. */
import type { HistoryStore } from '@arbk8s/plugin-kit'

import type { SeriesKey } from '../alerts/ledger.js'
import { toldChannels } from '../alerts/left-open.js'
import {
  type AlertSettings,
  type PlannedChannel,
  fileOfPlanned,
  plannedChannels,
  plannedWithTold,
  withPlan,
} from './alert-rules.js'
import { BaseCommand } from './base-command.js'
import { type OpenedChannels, openChannels } from './channels.js'
import { writeSeen } from './output.js'
import { webhookUrlOf } from './webhook-url.js'

/** The parsed values of `channelFlags` that open channels. */
export interface ChannelFlagValues {
  'channel-type'?: string[] | undefined
  'webhook-url'?: string | undefined
  'webhook-url-file'?: string | undefined
  'timeout-seconds'?: number | undefined
  deadline?: number | undefined
  'allow-private-addresses': boolean
  'dry-run': boolean
}

export abstract class AlertCommand extends BaseCommand {
  /** What the settings files say about alerts. */
  protected alertSettings(): AlertSettings {
    return {
      routes: this.setting('routes'),
      routesFile: this.settingFile('routes'),
      silences: this.setting('silences'),
      named: this.setting('channels'),
    }
  }

  /** The channels of the flags and settings: those asked for, those that routes name, and their fallbacks. */
  protected plannedChannels(flags: Pick<ChannelFlagValues, 'channel-type'>): PlannedChannel[] {
    const source = this.sources['channel-type']
    // Without a flag, a variable or a setting it is undefined: routes may name all that there is.
    return plannedChannels(flags['channel-type'], this.alertSettings(), source)
  }

  /** Beside these the channels of the settings that the ledger says are owed the end of an incident. */
  protected channelsWithTold(
    flags: Pick<ChannelFlagValues, 'channel-type'>,
    ledger: HistoryStore,
    { namespace, selector }: SeriesKey,
  ): Promise<PlannedChannel[]> {
    const told = () => toldChannels(ledger, { namespace, selector, now: () => new Date() })
    return plannedWithTold(flags['channel-type'], this.alertSettings(), this.sources['channel-type'], told)
  }

  /** The planned channels, loaded. */
  protected async openChannels(
    flags: ChannelFlagValues,
    planned = this.plannedChannels(flags),
  ): Promise<OpenedChannels> {
    const opened = await openChannels({
      config: this.config,
      names: planned.map(({ name }) => name),
      named: this.setting('channels'),
      fileOf: fileOfPlanned(planned),
      webhookUrl: await webhookUrlOf({
        flags,
        sources: this.sources,
        caution: (message) => this.caution(message),
        signal: this.signal,
      }),
      limits: { timeoutMs: flags['timeout-seconds']!, deadlineMs: flags.deadline! },
      allowPrivate: flags['allow-private-addresses'],
      sends: !flags['dry-run'],
      note: (message) => this.note(message),
      // With --json stdout is one object and nothing else.
      print: (text) => writeSeen(this.jsonEnabled() ? 'stderr' : 'stdout', text),
      signal: this.signal,
    })
    return { ...opened, channels: withPlan(opened.channels, planned) }
  }
}
