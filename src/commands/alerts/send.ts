import { Flags } from '@oclif/core'

import { ledgerLocation } from '../../alerts/ledger.js'
import { sendAlerts } from '../../alerts/send.js'
import { exitCodes } from '../../base/errors.js'
import { AlertCommand } from '../../cli/alert-command.js'
import { channelFlags } from '../../cli/channels.js'
import { durationFlag, historyFlags, longestSpan, selectorFlags } from '../../cli/flags.js'
import { historyLocation, openHistory, openLedger } from '../../cli/history.js'
import { alertsText, alertsView } from '../../cli/render/alerts.js'
import type { AlertsSendResult } from '../../cli/results.js'
import { neededSelector } from '../../cli/which-jobs.js'
import { damageNote } from '../../history/read.js'

export default class AlertsSend extends AlertCommand {
  static override summary = 'Tell channels about an incident that the history shows.'
  static override description =
    'An incident is sent once, again when it worsens or after --repeat-interval, and its end is told. What was sent is ' +
    'kept in a ledger beside the history, so this can run every few minutes from cron. It needs no cluster. ' +
    'Without --no-dry-run it shows what would be sent and sends nothing.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --history-file history.jsonl -n trading-bots -l session_id=d29',
    '<%= config.bin %> <%= command.id %> --history-file history.jsonl -n trading-bots -l session_id=d29 --channel-type console --no-dry-run',
  ]
  static override flags = {
    ...historyFlags,
    namespace: Flags.string({
      char: 'n',
      env: 'ARBK8S_NAMESPACE',
      description: 'namespace that was recorded',
      helpValue: 'NS',
    }),
    ...selectorFlags,
    ...channelFlags,
    'events-limit': Flags.integer({ min: 0, default: 10, description: 'the newest so many events are looked at' }),
    'history-limit': Flags.integer({
      min: 1,
      default: 20,
      description: 'the newest so many records are looked at; the start of an incident is found however old it is',
    }),
    'repeat-interval': durationFlag('repeat-interval', {
      env: 'ARBK8S_REPEAT_INTERVAL',
      description: 'after how long an open incident is sent again',
      default: '4h',
      longest: longestSpan,
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AlertsSend)
    const namespace = this.need<string>(flags, 'namespace')
    const selector = neededSelector(flags)
    const location = historyLocation(flags, this.sources)
    const { channels, incomplete } = await this.openChannels(flags)
    const result = await sendAlerts({
      namespace,
      selector,
      store: await openHistory(this.config, location, this.signal, this.setting('stores')),
      ledger: await openLedger(this.config, ledgerLocation(location), this.signal, this.setting('stores')),
      channels,
      dryRun: flags['dry-run'],
      eventsLimit: flags['events-limit'],
      historyLimit: flags['history-limit'],
      repeatIntervalMs: flags['repeat-interval']!,
      timeoutMs: flags['timeout-seconds']!,
      now: () => new Date(),
      signal: this.signal,
    })
    this.signal.throwIfAborted()
    const damaged = damageNote(result.damage)
    if (damaged) await this.caution(damaged)
    const exitCode = incomplete ? exitCodes.failed : result.complete ? exitCodes.ok : exitCodes.findings
    await this.finish<AlertsSendResult>({ result: alertsView(result), text: alertsText(result), exitCode })
  }
}
