/** Completion indexes as text: `0,2-4`. */

/** Sorted numbers as ranges. */
export function formatIndexes(indexes: Iterable<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b)
  const parts: string[] = []
  for (let at = 0; at < sorted.length;) {
    let end = at
    while (sorted[end + 1] === sorted[end]! + 1) end++
    const [first, last] = [sorted[at]!, sorted[end]!]
    parts.push(end === at ? `${first}` : end === at + 1 ? `${first},${last}` : `${first}-${last}`)
    at = end + 1
  }
  return parts.join(',')
}

/** The lowest `count` indexes below `completions` that are not taken. */
export function freeIndexes(count: number, completions: number, taken: Set<number>): number[] {
  const free: number[] = []
  for (let index = 0; index < completions && free.length < count; index++) if (!taken.has(index)) free.push(index)
  return free
}
