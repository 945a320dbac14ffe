import { Flags } from '@oclif/core'

import { sendDrill } from '../../alerts/drill.js'
import { exitCodes } from '../../base/errors.js'
import { AlertCommand } from '../../cli/alert-command.js'
import { type PlannedChannel, plannedChannels } from '../../cli/alert-rules.js'
import { channelFlags } from '../../cli/channels.js'
import { outcomeText, outcomeView } from '../../cli/render/alerts.js'
import { ciSafe } from '../../cli/render/ci-safe.js'
import type { AlertsTestResult } from '../../cli/results.js'

export default class AlertsTest extends AlertCommand {
  static override summary = 'Send a message that is marked as a drill, to see whether a channel works.'
  static override description =
    'It goes to each channel of the settings, or to those that --channel names, and leaves the ledger alone. ' +
    'Without --no-dry-run it shows what would be sent and sends nothing.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --channel-type console --no-dry-run',
  ]
  static override flags = {
    namespace: Flags.string({
      char: 'n',
      env: 'ARBK8S_NAMESPACE',
      description: 'namespace that the drill names',
      default: 'default',
      helpValue: 'NS',
    }),
    ...channelFlags,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AlertsTest)
    const { channels, incomplete } = await this.openChannels(flags, this.channelsToTest(flags))
    const outcomes = await sendDrill({
      namespace: flags.namespace,
      selector: 'drill',
      channels,
      dryRun: flags['dry-run'],
      timeoutMs: flags['timeout-seconds']!,
      now: () => new Date(),
      signal: this.signal,
    })
    this.signal.throwIfAborted()
    const failed = outcomes.some(({ status, undelivered = [] }) => status === 'failed' || undelivered.length > 0)
    const note = flags['dry-run'] ? ['Dry-run: nothing was sent. --no-dry-run sends.'] : []
    await this.finish<AlertsTestResult>({
      result: { mode: flags['dry-run'] ? 'dry_run' : 'send', alerts: outcomes.map(outcomeView) },
      text: ciSafe([...outcomes.map(outcomeText), ...note].join('\n'), process.env),
      exitCode: incomplete ? exitCodes.failed : failed ? exitCodes.findings : exitCodes.ok,
    })
  }

  /** Those that are named, or else every channel that an alert could go to. */
  private channelsToTest(flags: { 'channel-type'?: string[] | undefined }): PlannedChannel[] {
    const settings = this.alertSettings()
    const source = this.sources['channel-type']
    if (source?.from === 'flag' || source?.from === 'variable')
      return this.plannedChannels(flags).filter(({ standby }) => !standby)
    const routed = (settings.routes ?? []).flatMap(({ channels }) => channels)
    const all = [...(flags['channel-type'] ?? []), ...Object.keys(settings.named ?? {}), ...routed]
    return plannedChannels(all, settings, source)
  }
}
