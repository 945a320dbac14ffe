/** Times as the report shows them: UTC, to the second. */

/** `2025-11-16 10:00:00`. */
export function shortTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}
