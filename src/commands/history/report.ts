import path from 'node:path'

import { Flags } from '@oclif/core'

import { requireWritable } from '../../base/files.js'
import { count } from '../../base/text.js'
import { BaseCommand } from '../../cli/base-command.js'
import { historyFlags } from '../../cli/flags.js'
import { historyLocation, openHistory, recordFilter, recordFilterFlags } from '../../cli/history.js'
import type { HistoryReportResult } from '../../cli/results.js'
import { writeResult } from '../../cli/output-file.js'
import { damageNote } from '../../history/read.js'

export default class HistoryReport extends BaseCommand {
  static override summary = 'Write a history as one self-contained HTML page with charts.'
  static override description =
    'The page loads nothing from anywhere: it can be opened from a disk or kept as a CI artifact.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --history-file history.jsonl --output report.html',
    '<%= config.bin %> <%= command.id %> --history-file history.jsonl --since 30d -n trading-bots --output report.html',
  ]
  static override flags = {
    ...historyFlags,
    ...recordFilterFlags,
    output: Flags.string({ required: true, description: 'the HTML file to write', helpValue: 'FILE' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(HistoryReport)
    const location = historyLocation(flags, this.sources)
    await requireWritable(flags.output)
    const store = await openHistory(this.config, location, this.signal, this.setting('stores'))
    const { historyReport } = await import('../../history/report/index.js')
    const source = location.includes('://') ? location : path.basename(location)
    const report = await historyReport(store, { ...recordFilter(flags), source, now: new Date() })
    const damaged = damageNote(report.damage)
    if (damaged) await this.caution(damaged)
    await writeResult(flags.output, report.html)
    const { records, incidents } = report
    await this.finish<HistoryReportResult>({
      result: {
        output: path.resolve(flags.output),
        records,
        incidents,
        bytes: Buffer.byteLength(report.html),
        damaged: report.damage,
      },
      text: `${flags.output}: ${count(records, 'record')}, ${count(incidents, 'incident')}`,
    })
  }
}
