import { Flags } from '@oclif/core'

import { requireWritable } from '../../base/files.js'
import { ClusterCommand } from '../../cli/cluster-command.js'
import { clusterFlags, selectorFlags } from '../../cli/flags.js'
import { eventsLimitFlag, judgeFlags, judgeOptions, lookAtSession, screenOf } from '../../cli/health.js'
import { ciSafe } from '../../cli/render/ci-safe.js'
import { healthText } from '../../cli/render/health.js'
import type { HealthCheckResult } from '../../cli/results.js'
import { writeResult } from '../../cli/output-file.js'
import { healthExitCode, healthToWire } from '../../health/wire.js'
import { selectEvents } from '../../history/events.js'

export default class HealthCheck extends ClusterCommand {
  static override summary = "Judge a session's Jobs: OK, WARN or ERROR, with the causes and what to do."
  static override description =
    'Exit code 0: OK, or WARN. 1: WARN with --strict. 2: ERROR. 3: the Jobs could not be read, their health is not known.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> -n trading-bots -l session_id=d29',
    '<%= config.bin %> <%= command.id %> -n trading-bots --session d29 --strict --output-json health.json',
    '<%= config.bin %> <%= command.id %> -n trading-bots --session d29 --explain',
  ]
  static override flags = {
    ...selectorFlags,
    ...judgeFlags,
    'events-limit': eventsLimitFlag,
    explain: Flags.boolean({ description: 'why each Job got its health: condition, reasons, cause, budget' }),
    'output-json': Flags.string({ description: 'write the JSON result to this file too', helpValue: 'FILE' }),
    ...clusterFlags,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(HealthCheck)
    const selector = this.selectorOf(flags)
    if (flags['output-json']) await requireWritable(flags['output-json'])
    const { reader, namespace } = await this.openCluster(flags)
    const look = { namespace, selector, maxLogLines: 0, judge: judgeOptions(flags), signal: this.signal }
    const { snapshot, health } = await lookAtSession(reader, look)
    const limit = flags['events-limit']
    const result = { ...healthToWire(health), events: selectEvents(snapshot.events, { limit }) }
    if (flags['output-json']) await writeResult(flags['output-json'], `${JSON.stringify(result, null, 2)}\n`)
    const warnings = snapshot.events.filter(({ type }) => type === 'Warning')
    const shown = flags.explain && limit > 0 ? warnings.slice(-limit) : []
    const text = healthText(health, { ...screenOf(), explain: flags.explain, events: shown })
    await this.finish<HealthCheckResult>({
      result,
      text: ciSafe(text, process.env),
      exitCode: healthExitCode(health.overallHealth, { strict: flags.strict }),
    })
  }
}
