import { ArbError, isArbError, messageOf } from '../../base/errors.js'
import { cleanLine } from '../../base/text.js'
import { BaseCommand } from '../../cli/base-command.js'
import { historyFlags } from '../../cli/flags.js'
import { historyLocation, openHistory } from '../../cli/history.js'
import { compactText } from '../../cli/render/history-store.js'
import type { HistoryCompactResult } from '../../cli/results.js'

export default class HistoryCompact extends BaseCommand {
  static override summary = 'Make a history of many small pieces one of few, without losing a record.'
  static override description =
    'For stores that keep each record in an object of its own, such as s3. Others may read and append meanwhile. A JSONL ' +
    'history has nothing to compact: see "rotate" in the guide to the history.'
  static override examples = ['<%= config.bin %> <%= command.id %> --history s3://bucket/prefix']
  static override flags = { ...historyFlags }

  async run(): Promise<void> {
    const { flags } = await this.parse(HistoryCompact)
    const location = historyLocation(flags, this.sources)
    const store = await openHistory(this.config, location, this.signal, this.setting('stores'))
    this.atEnd(async () => store.close?.())
    if (!store.compact) throw nothingToCompact(location)
    const result = await store.compact().catch((error: unknown) => {
      throw isArbError(error) ? error : notCompacted(error)
    })
    await this.finish<HistoryCompactResult>({
      result: { history: location, ...result },
      text: compactText(location, result),
    })
  }
}

function nothingToCompact(location: string): ArbError {
  return new ArbError({
    code: 'ARB_USAGE',
    message: `the store of ${location} has nothing to compact`,
    hints: ['Compacting is for stores of many objects, such as s3://bucket/prefix.'],
  })
}

function notCompacted(error: unknown): ArbError {
  return new ArbError({
    code: 'ARB_HISTORY_UNWRITABLE',
    message: `the history was not compacted: ${cleanLine(messageOf(error))}`,
    hints: ['No record is lost by that; the same command can be run again.'],
    cause: error,
  })
}
