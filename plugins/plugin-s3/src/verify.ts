/** Looking at everything that is stored. */
import type { HistoryEntry, VerifyResult } from '@arbk8s/plugin-kit'

/**
 * Counts the records and names what is damaged. Each record's content is compared with the digest in its name; there is no
 * chain, so nothing vouches for a record that somebody removed.
 */
export async function verify(entries: AsyncIterable<HistoryEntry>): Promise<VerifyResult> {
  const result: VerifyResult = { records: 0, chained: 0, problems: [], head: null }
  for await (const entry of entries) {
    if ('record' in entry) result.records++
    else result.problems.push(entry.damaged)
  }
  return result
}
