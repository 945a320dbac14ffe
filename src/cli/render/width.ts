/** Measuring and cutting text by the columns that it takes on a terminal. */
import stringWidth from 'string-width'

// eslint-disable-next-line no-control-regex
const sgr = /\u001b\[[0-9;]*m/g
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Columns that a text takes; escape codes take none, wide characters two. */
export function displayWidth(text: string): number {
  return stringWidth(text)
}

/** A text of at most `max` columns, the cut marked by `…`; colour codes are kept whole, so no colour leaks out. */
export function cutToWidth(text: string, max: number): string {
  if (displayWidth(text) <= max) return text
  if (max <= 0) return ''
  let left = max - 1
  let full = false
  const keep = (plain: string): string => {
    if (full) return ''
    let out = ''
    for (const { segment } of segmenter.segment(plain)) {
      const width = displayWidth(segment)
      if (width > left) {
        full = true
        return `${out}…`
      }
      left -= width
      out += segment
    }
    return out
  }
  let result = ''
  let from = 0
  for (const code of text.matchAll(sgr)) {
    result += keep(text.slice(from, code.index)) + code[0]
    from = code.index + code[0].length
  }
  return result + keep(text.slice(from))
}

/** Pads with spaces to `width` columns, on the right or on the left. */
export function padToWidth(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const gap = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return align === 'left' ? text + gap : gap + text
}
