import { Flags } from '@oclif/core'

import { BaseCommand } from '../../cli/base-command.js'
import { historyFlags } from '../../cli/flags.js'
import { screenOf } from '../../cli/health.js'
import { historyLocation, openHistory, recordFilter, recordFilterFlags } from '../../cli/history.js'
import { type HistoryFormat, historyResult, historyText } from '../../cli/render/history.js'
import type { HistoryShowResult } from '../../cli/results.js'
import { damageNote } from '../../history/read.js'
import { viewHistory } from '../../history/show.js'

export default class HistoryShow extends BaseCommand {
  static override summary = 'Show the last records of a history.'
  static override description =
    'Reads from the end of the history, whatever its length. Damaged entries are skipped, counted and named on stderr.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --history-file history.jsonl',
    '<%= config.bin %> <%= command.id %> --history-file history.jsonl --since 24h --limit 0 --format csv',
    '<%= config.bin %> <%= command.id %> --history-file history.jsonl --summary-only',
  ]
  static override flags = {
    ...historyFlags,
    ...recordFilterFlags,
    limit: Flags.integer({
      min: 0,
      description: 'the newest so many records; 0 is all (default: 20, or all with --summary-only)',
      helpValue: 'N',
    }),
    'summary-only': Flags.boolean({ description: 'only the total, the counts and the last record' }),
    format: Flags.string({
      options: ['table', 'json', 'csv', 'md'],
      default: 'table',
      description: 'json is the same as --json',
    }),
  }

  override jsonEnabled(): boolean {
    const asked = this.argv.some((token, at) => token === 'json' && this.argv[at - 1] === '--format')
    return super.jsonEnabled() || asked || this.argv.includes('--format=json')
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(HistoryShow)
    const store = await openHistory(
      this.config,
      historyLocation(flags, this.sources),
      this.signal,
      this.setting('stores'),
    )
    const limit = flags.limit ?? (flags['summary-only'] ? 0 : 20)
    const view = await viewHistory(store, {
      ...recordFilter(flags),
      ...(limit > 0 && { limit }),
      summaryOnly: flags['summary-only'],
    })
    const damaged = damageNote(view.damage)
    if (damaged) await this.caution(damaged)
    const text = historyText(view, flags.format as HistoryFormat, screenOf())
    await this.finish<HistoryShowResult>({ result: historyResult(view), text })
  }
}
