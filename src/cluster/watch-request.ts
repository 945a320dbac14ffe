/** One watch request. Resuming, listing again and polling are the watcher's (watch-jobs.ts). */
import { ArbError } from '../base/errors.js'
import { isRecord } from '../base/json.js'
import { parseSelector } from '../base/selector.js'
import { cleanDeep } from '../base/text.js'
import { linesOf } from './lines.js'
import { listSubject } from './list.js'
import { oddAnswer, unreachable } from './network-errors.js'
import { resourcePath } from './paths.js'
import { refused } from './refusals.js'
import type { Transport } from './transport.js'
import type { ListOptions, WatchEvent, WatchKind } from './types.js'

const maxLineBytes = 4 * 1024 * 1024
const types = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'])
/** The server ends a watch after this long; a middle box that drops it in silence is found out by then. */
const serverTimeoutSeconds = 300

/**
 * The changes since a resourceVersion, until the server ends the request. An ERROR event becomes the ArbError of its
 * Status (410: the version is too old); a line that is no event or longer than 4 MiB is ARB_CLUSTER_ANSWER.
 */
export async function* watchOnce(
  transport: Transport,
  kind: WatchKind,
  { namespace, selector, fieldSelector, resourceVersion, signal }: ListOptions & { resourceVersion: string },
): AsyncGenerator<WatchEvent> {
  parseSelector(selector ?? '')
  const server = new URL(transport.target.server)
  const subject = listSubject('watch', kind, namespace)
  const response = await transport.stream({
    method: 'GET',
    path: resourcePath(kind, namespace),
    query: {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion,
      labelSelector: selector,
      fieldSelector,
      timeoutSeconds: serverTimeoutSeconds,
    },
    subject,
    signal,
  })
  try {
    for await (const { text, cut } of linesOf(response as AsyncIterable<Buffer>, maxLineBytes)) {
      if (text === '') continue
      const event = cut > 0 ? undefined : eventOf(text)
      if (!event)
        throw oddAnswer(server, cut > 0 ? 'a watch event of more than 4 MiB' : 'a watch line that is no event')
      if (event.type === 'ERROR') {
        const status = typeof event.object.code === 'number' ? event.object.code : 500
        throw refused({ server, subject, status, text: JSON.stringify(event.object), retryAfter: undefined })
      }
      yield cleanDeep(event) as WatchEvent
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw error instanceof ArbError ? error : unreachable(server, error, true)
  } finally {
    response.destroy()
  }
}

function eventOf(line: string): { type: string; object: Record<string, unknown> } | undefined {
  let event: unknown
  try {
    event = JSON.parse(line)
  } catch {
    return undefined
  }
  if (!isRecord(event) || !isRecord(event.object) || typeof event.type !== 'string') return undefined
  if (event.type === 'ERROR') return { type: 'ERROR', object: event.object }
  return types.has(event.type) && isRecord(event.object.metadata)
    ? { type: event.type, object: event.object }
    : undefined
}
