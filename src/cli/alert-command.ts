/** A command that speaks to alert channels. */
import { BaseCommand } from './base-command.js'
import { type OpenedChannels, openChannels } from './channels.js'
import { writeSeen } from './output.js'
import { webhookUrlOf } from './webhook-url.js'

/** The parsed values of `channelFlags` that open channels. */
export interface ChannelFlagValues {
  'channel-type'?: string[] | undefined
  'webhook-url'?: string | undefined
  'webhook-url-file'?: string | undefined
}

export abstract class AlertCommand extends BaseCommand {
  /** The channels of the flags and settings. */
  protected async openChannels(flags: ChannelFlagValues): Promise<OpenedChannels> {
    return openChannels({
      config: this.config,
      names: flags['channel-type'],
      named: this.setting('channels'),
      webhookUrl: await webhookUrlOf({
        flags,
        sources: this.sources,
        caution: (message) => this.caution(message),
        signal: this.signal,
      }),
      // With --json stdout is one object and nothing else.
      print: (text) => writeSeen(this.jsonEnabled() ? 'stderr' : 'stdout', text),
      signal: this.signal,
    })
  }
}
