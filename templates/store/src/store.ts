/** The history store template-name: a folder with one file a record. `template-name:///var/lib/history` is a location. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'

import type { HistoryEntry, HistoryRecord, HistoryStore, ReadQuery, StoreHook } from '@arbk8s/plugin-kit'

/** The folder of a location; what follows the scheme is a path, relative ones from the working folder. */
function folderOf(location: string): string {
  const rest = location.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
  if (rest === '') throw Object.assign(new Error('the location names no folder'), { code: 'ERR_SETTINGS' })
  return path.resolve(rest)
}

/** Names sort by the record's time, then by the order of appending on this machine; no two are alike. */
function fileName({ timestamp }: HistoryRecord): string {
  const time = String(new Date(timestamp).getTime()).padStart(15, '0')
  const order = String(process.hrtime.bigint()).padStart(20, '0')
  return `${time}-${order}-${randomBytes(4).toString('hex')}.json`
}

function timeOf(name: string): number {
  return Number(name.slice(0, 15))
}

/** Whole and durable before it has its name: a reader never sees half a record, and a kill leaves none behind. */
async function write(folder: string, name: string, text: string): Promise<void> {
  const draft = path.join(folder, `.${name}.draft`)
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path.join(folder, name))
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(folder)
}

/** The file's name is durable only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function append(folder: string, record: HistoryRecord): Promise<void> {
  if (Number.isNaN(new Date(record.timestamp).getTime())) throw new Error(`"${record.timestamp}" is no time`)
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (made !== undefined) await syncFolder(path.dirname(made))
  await write(folder, fileName(record), JSON.stringify(record))
}

async function* read(folder: string, { limit, since, newestFirst }: ReadQuery = {}): AsyncIterable<HistoryEntry> {
  let left = limit ?? Infinity
  if (left <= 0) return
  const names = (await readdir(folder)).filter((name) => /^\d{15}-.*\.json$/.test(name)).sort()
  for (const name of newestFirst ? names.reverse() : names) {
    if (since && timeOf(name) < since.getTime()) continue
    const entry = await entryOf(path.join(folder, name))
    yield entry
    if ('record' in entry && --left === 0) return
  }
}

async function entryOf(file: string): Promise<HistoryEntry> {
  try {
    const record: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof (record as { timestamp?: unknown } | null)?.timestamp !== 'string') throw new Error('it is no record')
    return { record: record as HistoryRecord }
  } catch (error) {
    return { damaged: { where: file, reason: (error as Error).message } }
  }
}

const hook: StoreHook = ({ location }): HistoryStore => {
  const folder = folderOf(location)
  return {
    apiVersion: 1,
    append: (record) => append(folder, record),
    read: (query) => read(folder, query),
  }
}
export default hook
