import { Flags } from '@oclif/core'

import { formatDuration } from '../../base/duration.js'
import { ArbError } from '../../base/errors.js'
import { count } from '../../base/text.js'
import { ClusterCommand } from '../../cli/cluster-command.js'
import { clusterFlags, durationFlag, selectorFlags } from '../../cli/flags.js'
import { judgeFlags, judgeOptions, lookAtSession, screenOf } from '../../cli/health.js'
import { onReaderGone } from '../../cli/output.js'
import { ciSafe } from '../../cli/render/ci-safe.js'
import { onceText, watchResult } from '../../cli/render/watch.js'
import type { JobsWatchResult } from '../../cli/results.js'
import { watchSession, type WatchOptions, type WatchUpdate } from '../../cli/watch-session.js'
import { viewFor } from '../../cli/watch-views.js'
import type { Reader } from '../../cluster/types.js'
import { healthExitCode } from '../../health/wire.js'

const standardIntervalMs = 5_000
const standardTimeoutMs = 30 * 60_000
const shortestIntervalMs = 200

export default class JobsWatch extends ClusterCommand {
  static override summary = "Watch a session's Jobs: phases, progress, causes of trouble, last log lines."
  static override description =
    'On a terminal one live view; in a pipe a line for each change; with --json one object (with neither --once nor ' +
    '--until-done one object a line, for each change). --until-done ends when every Job has succeeded or failed, or the ' +
    'others can never start, and exits like health check: 0, 1 for WARN with --strict, 2 for ERROR. --once shows and does ' +
    'not judge: it is 0 for every session that could be read.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> -n trading-bots -l session_id=d29',
    '<%= config.bin %> <%= command.id %> -n trading-bots --session d29 --once --max-log-lines 20',
    '<%= config.bin %> <%= command.id %> -n trading-bots --session d29 --until-done --timeout 2h',
  ]
  static override flags = {
    ...selectorFlags,
    interval: durationFlag('interval', {
      description: 'the longest time between two looks; a bare number is seconds',
      default: '5s',
      bareUnit: 's',
    }),
    once: Flags.boolean({ description: 'one look, then end', exclusive: ['until-done'] }),
    'until-done': Flags.boolean({ description: 'end when every Job has ended' }),
    timeout: durationFlag('timeout', {
      env: 'ARBK8S_TIMEOUT',
      description: 'the longest wait of --until-done; 3 is the exit code when it is over (default: 30m)',
    }),
    'max-log-lines': Flags.integer({
      min: 0,
      default: 100,
      description: 'the last lines of each container that a look shows',
      helpValue: 'N',
    }),
    ...judgeFlags,
    ...clusterFlags,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(JobsWatch)
    const selector = this.selectorOf(flags)
    const intervalMs = flags.interval ?? standardIntervalMs
    if (intervalMs < shortestIntervalMs)
      throw new ArbError({ code: 'ARB_USAGE', message: `--interval: at least ${formatDuration(shortestIntervalMs)}` })
    const { reader, namespace } = await this.openCluster(flags)
    const target = { namespace, selector, judge: judgeOptions(flags) }
    if (flags.once) {
      const look = await lookAtSession(reader, { ...target, maxLogLines: flags['max-log-lines'], signal: this.signal })
      return this.finish<JobsWatchResult>({
        result: watchResult(look),
        text: ciSafe(onceText(look, screenOf()), process.env),
      })
    }
    const timeoutMs = flags['until-done'] ? (flags.timeout ?? standardTimeoutMs) : undefined
    const last = await this.follow(reader, {
      ...target,
      maxLogLines: flags['max-log-lines'],
      intervalMs,
      untilDone: flags['until-done'],
      timeoutMs,
    })
    if (last?.end) await this.conclude(last, flags.strict)
  }

  /** Shows updates until the end, the timeout, a signal, or until nobody reads any more. */
  private async follow(
    reader: Reader,
    { timeoutMs, ...options }: Omit<WatchOptions, 'signal'> & { timeoutMs: number | undefined },
  ): Promise<WatchUpdate | undefined> {
    const limit = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
    const reading = new AbortController()
    // Nobody waits for an endless view without a reader; the end of the Jobs is waited for even so.
    if (!options.untilDone) onReaderGone(() => reading.abort(new Error('nobody reads')))
    const signal = AbortSignal.any([this.signal, reading.signal, ...(limit ? [limit] : [])])
    const view = viewFor({ ...options, json: this.jsonEnabled(), screen: screenOf() })
    let last: WatchUpdate | undefined
    try {
      for await (last of watchSession(reader, { ...options, signal, maxLogLines: view.maxLogLines }))
        await view.show(last)
    } catch (error) {
      if (this.signal.aborted) throw error
      if (reading.signal.aborted) return undefined
      if (limit?.aborted) throw timedOut(last, timeoutMs!)
      throw error
    } finally {
      view.close()
    }
    return last?.end ? { ...last, ...(await this.finalLook(reader, options, last)) } : last
  }

  /** The last look has all log lines; views along the way read few or none. */
  private async finalLook(reader: Reader, options: Omit<WatchOptions, 'signal'>, last: WatchUpdate) {
    const { namespace, selector, judge, maxLogLines } = options
    const look = await lookAtSession(reader, { namespace, selector, judge, maxLogLines, signal: this.signal })
    // Jobs that have vanished in the meantime are judged by what was last seen.
    return look.snapshot.jobs.length < last.snapshot.jobs.length ? {} : look
  }

  private async conclude(last: WatchUpdate, strict: boolean): Promise<void> {
    if (last.end === 'stuck') await this.caution('the Jobs that have not ended will not get anywhere by themselves')
    await this.finish<JobsWatchResult>({
      result: watchResult(last),
      text: ciSafe(`\n${onceText(withTroubledLogs(last), screenOf())}`, process.env),
      exitCode: healthExitCode(last.health.overallHealth, { strict }),
    })
  }
}

/** Logs of Jobs that are fine are left out of the text at the end. */
function withTroubledLogs(last: WatchUpdate): WatchUpdate {
  const troubled = new Set(last.health.jobs.filter(({ health }) => health !== 'OK').map(({ jobName }) => jobName))
  return { ...last, snapshot: { ...last.snapshot, logs: last.snapshot.logs.filter(({ job }) => troubled.has(job)) } }
}

function timedOut(last: WatchUpdate | undefined, timeoutMs: number): ArbError {
  const jobs = last?.health.jobs ?? []
  const open = jobs.filter(({ phase }) => phase !== 'SUCCEEDED' && phase !== 'FAILED')
  const named = open.slice(0, 5).map(({ jobName, phase }) => `${jobName} (${phase})`)
  return new ArbError({
    code: 'ARB_TIMEOUT',
    message: last
      ? `${open.length} of ${count(jobs.length, 'Job')} had not ended after ${formatDuration(timeoutMs)}: ${named.join(', ')}${open.length > 5 ? ', …' : ''}`
      : `the Jobs could not be read once within ${formatDuration(timeoutMs)}`,
    hints: ['Give a longer --timeout, or see why: arbk8s health check --explain'],
    details: { open: open.map(({ jobName }) => jobName) },
  })
}
