/** Events as history and alerts keep them. */
import type { WireEvent } from '@arbk8s/plugin-kit'

import type { ClusterEvent } from '../cluster/types.js'
import { shorten } from '../base/text.js'

/** Characters of an event's message that are kept. */
const maxMessage = 1024

/** Which events are kept. */
export interface EventSelection {
  /** The newest so many. */
  limit: number
  /** Only warnings. Default false. */
  warningsOnly?: boolean
  /** Keeps the event as the API server gave it, without its managedFields. Default false. */
  raw?: boolean
}

/** The newest events of a snapshot, newest last. */
export function selectEvents(
  events: ClusterEvent[],
  { limit, warningsOnly = false, raw = false }: EventSelection,
): WireEvent[] {
  if (limit <= 0) return []
  return events
    .filter((event) => !warningsOnly || event.type === 'Warning')
    .map((event) => wireEvent(event, raw))
    .sort(byTime)
    .slice(-limit)
}

/** One event on the wire, texts shortened; `raw` keeps it as the API server gave it, without its managedFields. */
export function wireEvent(event: ClusterEvent, raw = false): WireEvent {
  const { type = 'Normal', reason = '', message = '', involvedObject, metadata } = event
  const { kind = '', name = '', namespace = metadata.namespace ?? '' } = involvedObject
  return {
    type,
    reason,
    message: shorten(message, maxMessage),
    involved_kind: kind,
    involved_name: name,
    involved_namespace: namespace,
    ...times(event),
    raw: raw ? { ...event, metadata: { ...metadata, managedFields: undefined } } : null,
  }
}

/** The two event APIs say when and how often differently: series first, then the old fields, then a single moment. */
function times(event: ClusterEvent): Pick<WireEvent, 'first_timestamp' | 'last_timestamp' | 'count'> {
  const { series, firstTimestamp, lastTimestamp, count } = event
  const single = event.eventTime ?? event.metadata.creationTimestamp ?? null
  return {
    first_timestamp: firstTimestamp ?? single,
    last_timestamp: series?.lastObservedTime ?? lastTimestamp ?? single,
    count: series?.count ?? count ?? 1,
  }
}

/** The events of several records as one list: a repeated one once, as it was last seen; newest last. */
export function mergeEvents(lists: WireEvent[][], limit: number): WireEvent[] {
  const merged = new Map<string, WireEvent>()
  for (const event of lists.flat()) {
    const key = [event.involved_kind, event.involved_name, event.type, event.reason, event.message].join('\u0000')
    const known = merged.get(key)
    if (!known || byTime(known, event) <= 0) merged.set(key, event)
  }
  return limit > 0 ? [...merged.values()].sort(byTime).slice(-limit) : []
}

function byTime(a: WireEvent, b: WireEvent): number {
  return timeOf(a) - timeOf(b)
}

function timeOf(event: WireEvent): number {
  const time = Date.parse(event.last_timestamp ?? event.first_timestamp ?? '')
  return Number.isNaN(time) ? 0 : time
}
