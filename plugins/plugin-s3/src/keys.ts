/**
 * The names of objects. Below the location's prefix:
 *
 *     records/2025-11-16/49199876-8987…-103000.123-5f0c…-91be….json    one record
 *     segments/2025-11-16/000812-c0ffee….jsonl                         many records of a closed day
 *
 * A record's name begins with the milliseconds left of its UTC day and goes on with an inverted count of when it was
 * appended: S3 lists in ascending order only, so the newest come first. Then the time for people, a random part, which
 * makes the name unique, and a digest of the content, by which a reader knows that the content is whole.
 */
import { createHash, randomBytes } from 'node:crypto'

const lastMsOfDay = 86_399_999
const stepsPerMs = 4096
const nameForm = /^(\d{8})-\d{16}-\d{6}\.\d{3}-[0-9a-f]{16}-([0-9a-f]{32})\.json$/
const segmentForm = /^(\d{6,})-[0-9a-f]{32}\.jsonl$/
const dayForm = /^\d{4}-\d\d-\d\d$/
const timestampForm = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?$/

/** Milliseconds since 1970 of a record's timestamp, NaN where it is none; one without a zone is UTC. */
export function timeOf(timestamp: unknown): number {
  const match = typeof timestamp === 'string' ? timestampForm.exec(timestamp) : null
  return match ? Date.parse(`${match[1]}T${match[2]}${match[3] ?? 'Z'}`) : Number.NaN
}

/** The UTC day of a time, e.g. `2025-11-16`. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

export function isDay(text: string): boolean {
  return dayForm.test(text)
}

/** Half of a SHA-256, in hex: enough to tell that content is whole. */
export function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32)
}

/** Makes names for one writer; two of the same time come in the order in which they were asked for. */
export function nameMaker(now: () => Date): (time: number, content: Buffer) => string {
  let last = 0
  return (time, content) => {
    last = Math.max(last + 1, now().getTime() * stepsPerMs)
    const left = String(lastMsOfDay - (time - Date.parse(dayOf(time)))).padStart(8, '0')
    const order = String(Number.MAX_SAFE_INTEGER - last).padStart(16, '0')
    const clock = new Date(time).toISOString().slice(11, 23).replaceAll(':', '')
    return `${left}-${order}-${clock}-${randomBytes(8).toString('hex')}-${digestOf(content)}.json`
  }
}

/** What a record's name says, undefined where it is not one of ours. `msOfDay` counts from midnight UTC. */
export function readName(name: string): { msOfDay: number; digest: string } | undefined {
  const match = nameForm.exec(name)
  return match ? { msOfDay: lastMsOfDay - Number(match[1]), digest: match[2]! } : undefined
}

export function segmentName(count: number, content: Buffer): string {
  return `${String(count).padStart(6, '0')}-${digestOf(content)}.jsonl`
}

/** How many records a segment's name says it holds, undefined where it is not one of ours. */
export function segmentCount(name: string): number | undefined {
  const match = segmentForm.exec(name)
  return match ? Number(match[1]) : undefined
}

/** The folders of a location. */
export interface Layout {
  records: string
  segments: string
}

export function layoutOf(prefix: string): Layout {
  return { records: `${prefix}/records/`, segments: `${prefix}/segments/` }
}
