import { Flags } from '@oclif/core'

import { ledgerLocation } from '../../alerts/ledger.js'
import { ledgerDamageNote } from '../../alerts/ledger-view.js'
import { replayAlerts } from '../../alerts/replay.js'
import { sendAlerts } from '../../alerts/send.js'
import { ArbError, exitCodes } from '../../base/errors.js'
import { AlertCommand } from '../../cli/alert-command.js'
import { alertRules, lifecycleFlags } from '../../cli/alert-rules.js'
import { channelFlags } from '../../cli/channels.js'
import { historyFlags, selectorFlags } from '../../cli/flags.js'
import { historyLocation, openHistory, openLedger, parseSince } from '../../cli/history.js'
import { alertsText, alertsView } from '../../cli/render/alerts.js'
import { ciSafe } from '../../cli/render/ci-safe.js'
import { replayText, replayView } from '../../cli/render/replay.js'
import type { AlertsReplayResult, AlertsSendResult } from '../../cli/results.js'
import { neededSelector } from '../../cli/which-jobs.js'
import { damageNote } from '../../history/read.js'

export default class AlertsSend extends AlertCommand {
  static override summary = 'Tell channels about an incident that the history shows.'
  static override description =
    'An incident is sent once, again when it worsens or after --repeat-interval, and its end is told. What was sent is ' +
    'kept in a ledger beside the history, so this can run every few minutes from cron. It needs no cluster. ' +
    'Without --no-dry-run it shows what would be sent and sends nothing. --replay shows what the present rules would have ' +
    'sent over the past history.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --history-file history.jsonl -n trading-bots -l session_id=d29',
    '<%= config.bin %> <%= command.id %> --history-file history.jsonl -n trading-bots -l session_id=d29 --channel-type console --no-dry-run',
    '<%= config.bin %> <%= command.id %> --history-file history.jsonl -n trading-bots -l session_id=d29 --replay --since 30d',
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
    ...lifecycleFlags,
    replay: Flags.boolean({
      description: 'show what the present rules would have sent over the past history; sends and writes nothing',
    }),
    since: Flags.custom<Date>({
      dependsOn: ['replay'],
      description: 'for --replay: from then on, e.g. 24h, 30d or 2025-11-16T10:00:00Z (default: 30d)',
      helpValue: 'WHEN',
      parse: async (input) => parseSince(input, new Date()),
    })(),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AlertsSend)
    const location = historyLocation(flags, this.sources)
    const options = {
      namespace: this.need<string>(flags, 'namespace'),
      selector: neededSelector(flags),
      store: await openHistory(this.config, location, this.signal, this.setting('stores')),
      eventsLimit: flags['events-limit'],
      historyLimit: flags['history-limit'],
      ...alertRules(flags, this.alertSettings(), this.sources['channel-type']),
      signal: this.signal,
    }
    if (flags.replay) return this.replay(options, flags)
    const ledger = await openLedger(this.config, ledgerLocation(location), this.signal, this.setting('stores'))
    const { channels, incomplete } = await this.openChannels(flags, await this.channelsWithTold(flags, ledger, options))
    const result = await sendAlerts({
      ...options,
      ledger,
      channels,
      dryRun: flags['dry-run'],
      timeoutMs: flags['timeout-seconds']!,
      now: () => new Date(),
    })
    this.signal.throwIfAborted()
    const damaged = damageNote(result.damage)
    if (damaged) await this.caution(damaged)
    const ledgerNote = ledgerDamageNote(result.ledgerDamage)
    if (ledgerNote) await this.caution(ledgerNote)
    const exitCode = incomplete ? exitCodes.failed : result.complete ? exitCodes.ok : exitCodes.findings
    await this.finish<AlertsSendResult>({
      result: alertsView(result),
      // What stderr has said need not be said twice.
      text: ciSafe(alertsText({ ...result, notes: result.notes.filter((note) => note !== ledgerNote) }), process.env),
      exitCode,
    })
  }

  private async replay(
    options: Omit<Parameters<typeof replayAlerts>[0], 'channels' | 'since'>,
    flags: { 'channel-type'?: string[] | undefined; 'dry-run': boolean; since?: Date | undefined },
  ): Promise<void> {
    if (!flags['dry-run'])
      throw new ArbError({
        code: 'ARB_USAGE',
        message: '--replay shows what would have been sent and never sends: it does not go with --no-dry-run',
        hints: ['Leave out one of the two.'],
      })
    const since = flags.since ?? parseSince('30d', new Date())
    // No plugin is needed to say who would have been told.
    const channels = this.plannedChannels(flags).map((planned) => ({ ...planned, error: 'not opened' }))
    const result = await replayAlerts({ ...options, channels, since })
    const damaged = damageNote(result.damage)
    if (damaged) await this.caution(damaged)
    await this.finish<AlertsReplayResult>({
      result: replayView(result, since),
      text: ciSafe(replayText(result, since), process.env),
    })
  }
}
