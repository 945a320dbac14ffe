/** A container's log as it grows. A cut connection is resumed from the last timestamp, without a line lost or doubled. */
import { ArbError } from '../base/errors.js'
import { clean } from '../base/text.js'
import { sleep } from '../base/wait.js'
import { clusterDetails } from './cluster-error.js'
import { linesOf } from './lines.js'
import { unreachable } from './network-errors.js'
import { resourcePath } from './paths.js'
import type { Transport } from './transport.js'
import type { LogOptions, Pod } from './types.js'

const maxLineBytes = 1024 * 1024
const resumeMs = 500
const longestSilenceMs = 60_000

/** Where the log has been read to: the last timestamp, and how many lines with just that one were seen. */
interface Position {
  stamp: string
  seen: number
}

export interface FollowParts {
  transport: Transport
  /** The pod now, or undefined where it is gone. */
  getPod: () => Promise<Pod | undefined>
}

/** Lines without the newline, until the container has ended and everything was read, or the signal aborts. */
export async function* followLogLines({ transport, getPod }: FollowParts, options: LogOptions): AsyncGenerator<string> {
  const position: Position = { stamp: '', seen: 0 }
  let failedSince: number | undefined
  for (;;) {
    // Asked before the log is read: only what had ended before the stream did is known to be complete.
    const over = await hasEnded(getPod, options.container)
    try {
      for await (const line of readOnce(transport, options, position)) {
        failedSince = undefined
        yield options.timestamps ? line.whole : line.text
      }
      if (over) return
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason
      if (clusterDetails(error).status === 404 && position.stamp !== '') return
      if (!clusterDetails(error).retryable) throw error
      failedSince ??= performance.now()
      if (performance.now() - failedSince > longestSilenceMs) throw error
    }
    await sleep(resumeMs, options.signal)
  }
}

async function hasEnded(getPod: FollowParts['getPod'], container: string): Promise<boolean> {
  const pod = await getPod()
  if (!pod) return true
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed') return true
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]
  const status = statuses.find((entry) => entry.name === container)
  return pod.spec.restartPolicy === 'Never' && status?.state?.terminated !== undefined
}

async function* readOnce(
  transport: Transport,
  options: LogOptions,
  position: Position,
): AsyncGenerator<{ text: string; whole: string }> {
  const { namespace, pod, container, tailLines, sinceTime, signal } = options
  const resumed = position.stamp !== ''
  const response = await transport.stream({
    method: 'GET',
    path: resourcePath('pods', namespace, pod, 'log'),
    query: {
      container,
      follow: true,
      timestamps: true,
      sinceTime: resumed ? secondOf(position.stamp) : sinceTime,
      tailLines: resumed ? undefined : tailLines,
    },
    subject: { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace, name: pod },
    signal,
  })
  const skip: Position = { ...position }
  try {
    for await (const { text, cut } of linesOf(response as AsyncIterable<Buffer>, maxLineBytes)) {
      const { stamp, rest } = splitStamp(text)
      if (isSeen(stamp, skip)) continue
      advance(position, stamp)
      const cleaned = transport.mask(clean(rest)) + (cut > 0 ? `…(+${cut} bytes)` : '')
      yield { text: cleaned, whole: stamp === '' ? cleaned : `${stamp} ${cleaned}` }
    }
  } catch (error) {
    throw error instanceof ArbError ? error : unreachable(new URL(transport.target.server), error, true)
  } finally {
    response.destroy()
  }
}

/** True for a line that was given before the connection was cut; counts down the lines of the last timestamp. */
function isSeen(stamp: string, skip: Position): boolean {
  if (skip.stamp === '' || stamp === '') return false
  const order = comparable(stamp) < comparable(skip.stamp) ? -1 : comparable(stamp) === comparable(skip.stamp) ? 0 : 1
  if (order === 0 && skip.seen > 0) {
    skip.seen--
    return true
  }
  return order < 0
}

function advance(position: Position, stamp: string): void {
  if (stamp === '') return
  position.seen = stamp === position.stamp ? position.seen + 1 : 1
  position.stamp = stamp
}

const stampPattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?/

function splitStamp(line: string): { stamp: string; rest: string } {
  const match = stampPattern.exec(line)
  return match ? { stamp: match[1]!, rest: line.slice(match[0].length) } : { stamp: '', rest: line }
}

/** A timestamp whose text order is its time order: the fraction has any number of digits. */
function comparable(stamp: string): string {
  const [, second = '', fraction = ''] = /^([^.Z+]{19})(?:\.(\d+))?/.exec(stamp) ?? []
  return `${second}.${fraction.padEnd(9, '0')}`
}

/** The API takes whole seconds; what comes twice for it is skipped. */
function secondOf(stamp: string): string {
  return stamp.replace(/\.\d+/, '')
}
