/**
 * Segments: the records of a day in one object, a line each, `{"name":"…","record":{…}}`. The name is the one that the
 * record's own object had; it tells the record from every other, so that one which is there twice is given once.
 */
import type { Bucket } from './bucket.js'
import { digestOf, type Layout, readName, segmentCount } from './keys.js'
import { allNames } from './list.js'

const lineStart = /^\{"name":"([^"\\]+)","record":/

/** A segment's content for records as they were stored, in this order. */
export function encodeSegment(records: { name: string; content: Buffer }[]): Buffer {
  return Buffer.concat(
    records.flatMap(({ name, content }) => [
      Buffer.from(`{"name":${JSON.stringify(name)},"record":`),
      content.subarray(0, content.length - 1),
      Buffer.from('}\n'),
    ]),
  )
}

/** The records of a segment by name, each with the bytes of its own object; lines that are not whole go to `damaged`. */
export function decodeSegment(content: Buffer): { records: Map<string, Buffer>; damaged: number[] } {
  const records = new Map<string, Buffer>()
  const damaged: number[] = []
  let from = 0
  for (let number = 1; from < content.length; number++) {
    const newline = content.indexOf(10, from)
    const to = newline < 0 ? content.length : newline
    const entry = decodeLine(content.subarray(from, to))
    if (entry) records.set(entry.name, entry.content)
    else damaged.push(number)
    from = to + 1
  }
  return { records, damaged }
}

function decodeLine(line: Buffer): { name: string; content: Buffer } | undefined {
  const match = lineStart.exec(line.toString('latin1', 0, 200))
  if (!match || line.at(-1) !== 125) return undefined
  const content = Buffer.concat([line.subarray(match[0].length, line.length - 1), Buffer.from('\n')])
  return digestOf(content) === readName(match[1]!)?.digest ? { name: match[1]!, content } : undefined
}

/** A day's segments as far as they are known; `refresh` finds those that were written meanwhile. */
export interface DaySegments {
  refresh(): Promise<void>
  /** The record's bytes where a segment has it. */
  contentOf(name: string): Buffer | undefined
  names(): Iterable<string>
  /** Names of segments that were read. */
  segments(): string[]
  /** Damage that was found since the last call. */
  takeDamage(): { where: string; reason: string }[]
}

export function daySegments(bucket: Bucket, layout: Layout, day: string): DaySegments {
  const folder = `${layout.segments}${day}/`
  const loaded = new Set<string>()
  const records = new Map<string, Buffer>()
  const damage: { where: string; reason: string }[] = []

  async function load(name: string): Promise<void> {
    const where = folder + name
    const content = await bucket.get(where)
    if (!content) return
    loaded.add(name)
    const decoded = decodeSegment(content.body)
    for (const [key, bytes] of decoded.records) records.set(key, bytes)
    for (const line of decoded.damaged) {
      damage.push({ where: `${where} line ${line}`, reason: 'it is not the record that was stored there' })
    }
    const missing = (segmentCount(name) ?? 0) - decoded.records.size - decoded.damaged.length
    if (missing > 0) damage.push({ where, reason: `its end is missing, with ${missing} records` })
  }

  return {
    refresh: async () => {
      for (const name of await allNames(bucket, folder)) if (!loaded.has(name)) await load(name)
    },
    contentOf: (name) => records.get(name),
    names: () => records.keys(),
    segments: () => [...loaded],
    takeDamage: () => damage.splice(0),
  }
}
