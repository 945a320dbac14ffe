import { Flags } from '@oclif/core'

import { ClusterCommand } from '../../cli/cluster-command.js'
import { clusterFlags, durationFlag, longestSpan, selectorFlags } from '../../cli/flags.js'
import { screenOf } from '../../cli/health.js'
import { onReaderGone, writeOut } from '../../cli/output.js'
import { ciSafe } from '../../cli/render/ci-safe.js'
import { LogPainter, wireLogLine } from '../../cli/render/logs.js'
import type { JobsLogsResult } from '../../cli/results.js'
import type { SessionLogOptions } from '../../cluster/session-logs.js'
import type { Reader } from '../../cluster/types.js'

export default class JobsLogs extends ClusterCommand {
  static override summary = "Show the logs of a session's pods as one, in time order."
  static override description =
    'Each line stands behind the worker and the pod that wrote it. -f follows, new pods included, until every Job has ' +
    'ended. With --json one object; with -f as well one object a line, for each log line.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> -n trading-bots -l session_id=d29 --tail 20',
    '<%= config.bin %> <%= command.id %> -n trading-bots --session d29 -f',
    '<%= config.bin %> <%= command.id %> -n trading-bots --session d29 --failed --since 1h',
  ]
  static override flags = {
    ...selectorFlags,
    follow: Flags.boolean({ char: 'f', description: 'go on until every Job has ended' }),
    worker: Flags.string({ description: 'only this worker (its worker_id, or the name of its Job)', helpValue: 'W' }),
    failed: Flags.boolean({ description: 'only containers that ended with an error' }),
    since: durationFlag('since', { description: 'only lines of the last so long', longest: longestSpan }),
    tail: Flags.integer({ min: 0, description: 'the last so many lines of each container', helpValue: 'N' }),
    timestamps: Flags.boolean({ description: 'the time of each line' }),
    ...clusterFlags,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(JobsLogs)
    const selector = this.selectorOf(flags)
    const { reader, namespace } = await this.openCluster(flags)
    const { worker, failed, tail: tailLines, since } = flags
    const sinceTime = since === undefined ? undefined : new Date(Date.now() - since).toISOString().slice(0, 19) + 'Z'
    const options = { namespace, selector, worker, failed, tailLines, sinceTime, signal: this.signal }
    const painter = new LogPainter({ palette: screenOf().palette, timestamps: flags.timestamps })
    return flags.follow ? this.follow(reader, options, painter) : this.read(reader, options, painter)
  }

  private async read(reader: Reader, options: SessionLogOptions, painter: LogPainter): Promise<void> {
    const { readSessionLogs } = await import('../../cluster/session-logs.js')
    const { lines, jobs, containers, errors } = await readSessionLogs(reader, options)
    for (const error of errors) await this.caution(error)
    if (jobs === 0) await this.caution(`no Job matches ${options.selector} in ${options.namespace}`)
    else if (containers === 0) await this.caution('no container has a log that was asked for')
    const { namespace, selector } = options
    await this.finish<JobsLogsResult>({
      result: { namespace, selector, lines: lines.map(wireLogLine), errors },
      text: ciSafe(lines.map((line) => painter.line(line)).join('\n'), process.env),
    })
  }

  private async follow(reader: Reader, options: SessionLogOptions, painter: LogPainter): Promise<void> {
    const { followSessionLogs } = await import('../../cluster/session-logs.js')
    const reading = new AbortController()
    onReaderGone(() => reading.abort(new Error('nobody reads')))
    const signal = AbortSignal.any([this.signal, reading.signal])
    const onError = (message: string): void => void this.caution(message)
    try {
      for await (const line of followSessionLogs(reader, { ...options, signal, onError })) {
        const text = this.jsonEnabled() ? JSON.stringify(wireLogLine(line)) : ciSafe(painter.line(line), process.env)
        await writeOut(text)
      }
    } catch (error) {
      if (!reading.signal.aborted || this.signal.aborted) throw error
    }
  }
}
