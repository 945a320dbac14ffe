/** One line of the file as an entry. */
import type { HistoryEntry, HistoryRecord } from '@arbk8s/plugin-kit'

import { isLink, linkField } from './link.js'

const decoder = new TextDecoder('utf-8', { fatal: true })
const timestampForm = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?$/
// A line's first field where a tool wrote the timestamp first, read without parsing the rest.
const firstField = /^\{\s*"timestamp":\s*"([^"\\]{19,40})"/

/** Milliseconds since 1970 of a record's timestamp; one without a zone is UTC, as the original tool wrote them. */
export function timeOf(timestamp: string): number {
  const match = timestampForm.exec(timestamp)
  return match ? Date.parse(`${match[1]}T${match[2]}${match[3] ?? 'Z'}`) : Number.NaN
}

/** The time that a line's start tells, ms since 1970; NaN where it tells none. */
export function timeAtStart(line: Buffer): number {
  const match = firstField.exec(line.toString('latin1', 0, 80))
  return match ? timeOf(match[1]!) : Number.NaN
}

/** True where a look at the line's start is enough to know that it is older than `since`. */
export function certainlyOlder(line: Buffer, since: number): boolean {
  return timeAtStart(line) < since
}

/** The entry of a line, undefined for an empty one; `where` is how people find it, e.g. `line 17`. */
export function entryOf(line: Buffer, where: string): HistoryEntry | undefined {
  let text: string
  try {
    text = decoder.decode(line).trim()
  } catch {
    return { damaged: { where, reason: 'it is not UTF-8 text' } }
  }
  if (text === '') return undefined
  try {
    return checked(JSON.parse(text), where)
  } catch {
    const reason = text.startsWith('{') ? 'it is not JSON; perhaps it was cut off' : 'it is not JSON'
    return { damaged: { where, reason } }
  }
}

// The host checks the fields; the store vouches for a JSON object with a time, which is what its queries need.
function checked(value: unknown, where: string): HistoryEntry {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { damaged: { where, reason: 'it is JSON, but not an object' } }
  }
  const { timestamp } = value as { timestamp?: unknown }
  if (typeof timestamp !== 'string' || Number.isNaN(timeOf(timestamp))) {
    return { damaged: { where, reason: 'it has no timestamp that can be read' } }
  }
  // The chain's field is the store's own and no part of the record.
  if (isLink((value as Record<string, unknown>)[linkField])) Reflect.deleteProperty(value, linkField)
  return { record: value as HistoryRecord }
}
