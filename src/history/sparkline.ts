/** Health over time in one line of text. */
import type { Health } from '@arbk8s/plugin-kit'

const bars: Record<Health, string> = { OK: '▁', WARN: '▄', ERROR: '█' }
const rank: Record<Health, number> = { OK: 0, WARN: 1, ERROR: 2 }

/** The worse of two healths. */
export function worse(a: Health, b: Health): Health {
  return rank[a] >= rank[b] ? a : b
}

/** One character a record, oldest first; where there are more than `width`, one a group, and the worst of it counts. */
export function sparkline(healths: Health[], width = 60): string {
  const columns = Math.min(width, healths.length)
  let line = ''
  for (let column = 0; column < columns; column++) {
    const [from, to] = [column, column + 1].map((edge) => Math.floor((edge * healths.length) / columns))
    line += bars[healths.slice(from, to).reduce(worse)]
  }
  return line
}
