/** Text and JSON within a size, with a mark where something was left out. */

const mark = '…'

/** At most `max` UTF-16 units, a mark as the last where text was cut; never half a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  return `${text.slice(0, Math.max(0, max - mark.length)).replace(/[\ud800-\udbff]$/, '')}${mark}`
}

/** Text without halves of characters, which no encoding has. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, '\ufffd')
}

/** One line without control characters, of at most `max` units. */
export function line(text: string, max: number): string {
  return cut(text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim(), max)
}

/** From gentle to hard: the longest text and the longest list that stay. */
const steps: readonly { text: number; items: number }[] = [
  { text: 16_384, items: 100 },
  { text: 4096, items: 50 },
  { text: 1024, items: 20 },
  { text: 256, items: 5 },
  { text: 80, items: 2 },
  { text: 24, items: 0 },
]

/**
 * The value with texts cut and lists ended as far as it takes for `make` of it to have at most `maxBytes`. The first that
 * fits is given; `shortened` says that something is missing.
 */
export function fitted<T>(value: T, maxBytes: number, make: (value: T, shortened: boolean) => string): string {
  let made = make(value, false)
  for (const step of steps) {
    if (Buffer.byteLength(made) <= maxBytes) return made
    made = make(shrunk(value, step) as T, true)
  }
  return made
}

function shrunk(value: unknown, step: { text: number; items: number }): unknown {
  if (typeof value === 'string') return cut(value, step.text)
  if (Array.isArray(value)) return value.slice(0, step.items).map((item) => shrunk(item, step))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, Math.max(20, step.items))
      .map(([key, inner]) => [cut(key, 256), shrunk(inner, step)]),
  )
}
