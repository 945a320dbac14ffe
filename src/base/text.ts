/** Cleaning of text that comes from a cluster, a file or a server, and small helpers for messages. */

// ESC sequences first (CSI, OSC, other), then any control, bidi or invisible formatting character that is left. Built
// from text so that no control character stands in this file.
const escapeSequences = new RegExp(
  String.raw`\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~])`,
  'g',
)
const controls = new RegExp(
  String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]`,
  'g',
)

/** Text without terminal escapes, controls and bidi overrides; tab and newline stay. */
export function clean(text: string): string {
  return text.replace(escapeSequences, '').replace(controls, '')
}

/** Cleaned text in one line. */
export function cleanLine(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim()
}

/** Every string within a JSON value cleaned; keys stay as they are. */
export function cleanDeep<T>(value: T): T {
  if (typeof value === 'string') return clean(value) as T
  if (Array.isArray(value)) return value.map(cleanDeep) as T
  if (value === null || typeof value !== 'object') return value
  const out: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    Object.defineProperty(out, key, { value: cleanDeep(inner), enumerable: true, writable: true, configurable: true })
  }
  return out as T
}

/** Cut to `max` characters with a mark that says so; a surrogate pair stays whole or goes. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text
  return `${text.slice(0, Math.max(0, max - 1)).replace(/[\ud800-\udbff]$/, '')}…`
}

/** The known name nearest to `name`, if one is near enough to be what was meant. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), bestDistance)
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** Edits, a swap of two neighbours being one, from `a` to `b`, or `limit` where there are at least that many. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const edits = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + cost)
      row.push(swapped ? Math.min(edits, before[j - 2]! + 1) : edits)
    }
    ;[before, previous] = [previous, row]
  }
  return Math.min(previous[b.length]!, limit)
}

/** `3 Jobs`, `1 Job`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`
}
