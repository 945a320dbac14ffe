/** The files of the store: their names, writing one so that it lasts, reading one. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'

import type { HistoryEntry, HistoryRecord } from '@arbk8s/plugin-kit'

/** The folder's name for a moment, in UTC. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10)
}

/** The days that there are, oldest first. Rejects with ENOENT where the store does not exist. */
export async function dayNames(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^\d{4}-\d\d-\d\d$/.test(name)).sort()
}

/** A day's records, oldest first. */
export async function recordNames(day: string): Promise<string[]> {
  return (await readdir(day)).filter((name) => /^\d{15}-.*\.json$/.test(name)).sort()
}

/** The record's time, ms since 1970, from its file's name. */
export function timeOf(name: string): number {
  return Number(name.slice(0, 15))
}

/** Returns when the record is durable. The file has its name only when it is whole, so no reader meets half of one. */
export async function writeRecord(folder: string, record: HistoryRecord): Promise<void> {
  const time = new Date(record.timestamp)
  if (Number.isNaN(time.getTime()) || time.getTime() < 0) throw new Error(`"${record.timestamp}" is no time`)
  const day = path.join(folder, dayOf(time))
  await makeFolder(day)
  const name = fileName(time)
  const draft = path.join(day, `.${name}.draft`)
  try {
    await writeDurably(draft, JSON.stringify(record))
    await rename(draft, path.join(day, name))
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(day)
}

/** Sorts by time, then by the order of writing on this machine; the random end keeps two writers apart. */
function fileName(time: Date): string {
  const order = String(process.hrtime.bigint()).padStart(20, '0')
  return `${String(time.getTime()).padStart(15, '0')}-${order}-${randomBytes(4).toString('hex')}.json`
}

async function makeFolder(day: string): Promise<void> {
  const made = await mkdir(day, { recursive: true, mode: 0o700 })
  if (made === undefined) return
  for (let folder = day; folder !== path.dirname(path.dirname(made)); folder = path.dirname(folder)) {
    await syncFolder(path.dirname(folder))
    if (path.dirname(folder) === path.dirname(made)) return
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A file that is no record is told as damaged: a reader counts it and goes on. */
export async function entryOf(file: string): Promise<HistoryEntry> {
  try {
    const record: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof (record as { timestamp?: unknown } | null)?.timestamp !== 'string') throw new Error('it is no record')
    return { record: record as HistoryRecord }
  } catch (error) {
    return { damaged: { where: file, reason: (error as Error).message } }
  }
}
