/** Whether a history is whole: by the store itself where it can tell, otherwise by reading all of it. */
import type { HistoryStore, VerifyResult } from '@arbk8s/plugin-kit'

import { ArbError, isArbError, messageOf } from '../base/errors.js'
import { cleanLine } from '../base/text.js'
import { parseRecord } from './parse-record.js'

/** What was found, and how. */
export interface HistoryVerdict extends VerifyResult {
  /** `store`: by the store's own check; `read`: it has none, so every entry was read. */
  by: 'store' | 'read'
}

/** Problems that are listed one by one. */
const listed = 1000

/**
 * Looks at everything that is stored. `head` is one that was noted earlier. Throws ARB_HISTORY_UNREADABLE where that cannot
 * be done, and ARB_USAGE where a head is given and the store keeps no chain.
 */
export async function verifyHistory(store: HistoryStore, { head }: { head?: string } = {}): Promise<HistoryVerdict> {
  try {
    if (store.verify) return { ...(await store.verify(head === undefined ? {} : { head })), by: 'store' }
    if (head !== undefined) throw noChain()
    return await verifyByReading(store)
  } catch (error) {
    if (isArbError(error)) throw error
    const message = `the history cannot be verified: ${cleanLine(messageOf(error))}`
    throw new ArbError({ code: 'ARB_HISTORY_UNREADABLE', message, cause: error })
  }
}

async function verifyByReading(store: HistoryStore): Promise<HistoryVerdict> {
  const problems: VerifyResult['problems'] = []
  let [records, unlisted] = [0, 0]
  for await (const entry of store.read()) {
    const problem = 'damaged' in entry ? entry.damaged : problemOf(entry.record)
    if (!problem) records++
    else if (problems.length < listed) problems.push(problem)
    else unlisted++
  }
  if (unlisted > 0) problems.push({ where: 'history', reason: `${unlisted} more problems are not listed` })
  return { records, chained: 0, problems, head: null, by: 'read' }
}

function problemOf(record: { timestamp: string }): VerifyResult['problems'][number] | undefined {
  const parsed = parseRecord(record)
  return 'record' in parsed ? undefined : { where: `entry of ${cleanLine(record.timestamp)}`, reason: parsed.reason }
}

function noChain(): ArbError {
  return new ArbError({
    code: 'ARB_USAGE',
    message: '--head: this store keeps no chain, so a head says nothing about it',
    hints: ['Leave --head out: every entry is read then.'],
  })
}
