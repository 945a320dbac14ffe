/** The history store days: a folder a day, in it one file a record. */
import path from 'node:path'

import type { HistoryEntry, HistoryStore, ReadQuery, StoreHook, VerifyResult } from '@arbk8s/plugin-kit'

import { entryOf, recordNames, writeRecord, dayNames, timeOf, dayOf } from './files.js'

/** The folder of a location; what follows the scheme is a path, relative ones from the working folder. */
function folderOf(location: string): string {
  const rest = location.replace(/^days:\/\//i, '')
  if (rest === '') throw Object.assign(new Error('the location names no folder'), { code: 'ERR_SETTINGS' })
  return path.resolve(rest)
}

/** One day's folder is listed only when it is that day's turn: the newest record costs one day, however many there are. */
async function* read(folder: string, { limit, since, newestFirst }: ReadQuery = {}): AsyncIterable<HistoryEntry> {
  let left = limit ?? Infinity
  if (left <= 0) return
  const days = await dayNames(folder)
  for (const day of newestFirst ? days.reverse() : days) {
    if (since && day < dayOf(since)) continue
    const names = await recordNames(path.join(folder, day))
    for (const name of newestFirst ? names.reverse() : names) {
      if (since && timeOf(name) < since.getTime()) continue
      const entry = await entryOf(path.join(folder, day, name))
      yield entry
      if ('record' in entry && --left === 0) return
    }
  }
}

async function verify(folder: string): Promise<VerifyResult> {
  const result: VerifyResult = { records: 0, chained: 0, problems: [], head: null }
  for await (const entry of read(folder)) {
    if ('damaged' in entry) result.problems.push(entry.damaged)
    else result.records += 1
  }
  return result
}

const hook: StoreHook = ({ location }): HistoryStore => {
  const folder = folderOf(location)
  return {
    apiVersion: 1,
    append: (record) => writeRecord(folder, record),
    read: (query) => read(folder, query),
    verify: () => verify(folder),
  }
}
export default hook
