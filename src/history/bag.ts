/** Records by content, counted: two that are alike are two. */
import { createHash } from 'node:crypto'

import { isRecord } from '../base/json.js'

/** The same for records of the same content, whatever the order of their fields. */
export function contentKey(record: object): string {
  const text = JSON.stringify(record, (_key, value: unknown) => (isRecord(value) ? sorted(value) : value))
  // 128 bits: enough to tell records apart, and a million of them fit into memory.
  return createHash('sha256').update(text).digest().toString('base64', 0, 16)
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** How often each content is there. */
export class Bag {
  private readonly counts = new Map<string, number>()
  size = 0

  add(key: string): void {
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1)
    this.size++
  }

  /** Takes one out; false where there is none. */
  remove(key: string): boolean {
    const count = this.counts.get(key)
    if (count === undefined) return false
    if (count === 1) this.counts.delete(key)
    else this.counts.set(key, count - 1)
    this.size--
    return true
  }

  /** SHA-256 over all that is in it, in whatever order it came. */
  digest(): string {
    const hash = createHash('sha256')
    for (const key of [...this.counts.keys()].sort()) hash.update(`${key} ${this.counts.get(key)}\n`)
    return hash.digest('hex')
  }
}
