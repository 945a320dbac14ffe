/** A command that speaks to alert channels. */
import { BaseCommand } from './base-command.js'
import { type OpenedChannels, openChannels } from './channels.js'
import { writeErr, writeOut } from './output.js'

/** The parsed values of `channelFlags` that open channels. */
export interface ChannelFlagValues {
  'channel-type'?: string[] | undefined
  'webhook-url'?: string | undefined
}

export abstract class AlertCommand extends BaseCommand {
  /** The channels of the flags and settings. What a console channel prints is out before the command ends. */
  protected async openChannels(flags: ChannelFlagValues): Promise<OpenedChannels> {
    const printed: Promise<void>[] = []
    this.atEnd(async () => void (await Promise.all(printed)))
    return openChannels({
      config: this.config,
      names: flags['channel-type'],
      named: this.setting('channels'),
      webhookUrl: flags['webhook-url'],
      // With --json stdout is one object and nothing else.
      print: (text) => void printed.push((this.jsonEnabled() ? writeErr : writeOut)(text)),
      signal: this.signal,
    })
  }
}
