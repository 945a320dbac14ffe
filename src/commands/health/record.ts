import { Flags } from '@oclif/core'

import { requireWritable } from '../../base/files.js'
import { ClusterCommand } from '../../cli/cluster-command.js'
import { clusterFlags, historyFlags, selectorFlags } from '../../cli/flags.js'
import { eventsLimitFlag, judgeFlags, judgeOptions, lookAtSession } from '../../cli/health.js'
import { historyLocation, openHistory } from '../../cli/history.js'
import { recordText } from '../../cli/render/history.js'
import type { HealthRecordResult } from '../../cli/results.js'
import { writeResult } from '../../cli/output-file.js'
import { healthExitCode, healthToWire } from '../../health/wire.js'
import { readEvidence } from '../../history/evidence.js'
import { appendRecord } from '../../history/read.js'
import { toRecord } from '../../history/record.js'

export default class HealthRecord extends ClusterCommand {
  static override summary = "Judge a session's Jobs and append the judgement to a history."
  static override description =
    'The record is durable when the command says so. Warning events, and of Jobs that are not OK the cause and the last ' +
    'log lines, are kept with it, since clusters forget them after about an hour. Exit codes are those of health check; 3 where the record could not be stored.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> -n trading-bots -l session_id=d29 --history-file history.jsonl',
  ]
  static override flags = {
    ...selectorFlags,
    ...historyFlags,
    ...judgeFlags,
    'events-limit': eventsLimitFlag,
    'output-json': Flags.string({ description: 'also write the health as JSON to this file', helpValue: 'FILE' }),
    ...clusterFlags,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(HealthRecord)
    const selector = this.selectorOf(flags)
    if (flags['output-json']) await requireWritable(flags['output-json'])
    const location = historyLocation(flags, this.sources)
    const store = await openHistory(this.config, location, this.signal, this.setting('stores'))
    const { reader, namespace } = await this.openCluster(flags)
    const { signal } = this
    const judge = judgeOptions(flags)
    const { snapshot, health } = await lookAtSession(reader, { namespace, selector, maxLogLines: 0, judge, signal })
    const { logs, notes } = await readEvidence(reader, snapshot, health, { signal })
    for (const note of notes) await this.caution(note)
    const record = toRecord(health, snapshot.events, { eventsLimit: flags['events-limit'], logs })
    await appendRecord(store, record)
    if (flags['output-json'])
      await writeResult(flags['output-json'], `${JSON.stringify(healthToWire(health), null, 2)}\n`)
    await this.finish<HealthRecordResult>({
      result: { history: location, record },
      text: recordText(record, location),
      exitCode: healthExitCode(health.overallHealth, { strict: flags.strict }),
    })
  }
}
