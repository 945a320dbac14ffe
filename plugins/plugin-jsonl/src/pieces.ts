/** The files of one history: the one that is written to, and the closed ones beside it. */
import { type FileHandle, readdir, readlink } from 'node:fs/promises'
import path from 'node:path'

import { codeOf, explained, openToRead } from './file.js'

const stamp = String.raw`\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{6}Z`

/** The file that a path stands for once its symbolic links are followed, whether it is there or not. */
export async function targetOf(file: string): Promise<string> {
  let current = file
  for (let hop = 0; hop < 40; hop++) {
    const target = await readlink(current).catch(() => undefined)
    if (target === undefined) return current
    current = path.resolve(path.dirname(current), target)
  }
  return current
}

/** The closed files of a history, oldest first, absolute: `history-2026-11-21T04-05-06.123456Z.jsonl`. */
export async function closedFiles(file: string): Promise<string[]> {
  const { dir, name, ext } = path.parse(file)
  const form = new RegExp(`^${escaped(name)}-${stamp}${escaped(ext)}$`)
  const names = await explained(file, () => readdir(dir)).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return []
    throw error
  })
  return names
    .filter((each) => form.test(each))
    .sort()
    .map((each) => path.join(dir, each))
}

/** The name under which a file is closed now; later in the alphabet than all that are there, whatever the clock says. */
export function closedName(file: string, now: Date, before: string | undefined): string {
  const { dir, name, ext } = path.parse(file)
  const last = before === undefined ? 0 : closedAt(before) + 1
  const time = new Date(Math.max(now.getTime(), last)).toISOString().slice(0, -1).replaceAll(':', '-')
  // Three more digits at random: two who close the file at once, though a lock forbids it, never take the same name.
  const more = String(Math.floor(Math.random() * 1000)).padStart(3, '0')
  return path.join(dir, `${name}-${time}${more}Z${ext}`)
}

/** When a file was closed, ms since 1970, by its name. */
export function closedAt(file: string): number {
  const [, day, h, m, s] = /(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3})\d{3}Z/.exec(path.basename(file)) ?? []
  return Date.parse(`${day}T${h}:${m}:${s}Z`)
}

/** The files of a history at one moment: what was acknowledged before it is in them, once. */
export interface Pieces {
  /** Closed files, oldest first. */
  closed: string[]
  /** The file that is written to, open; undefined where there is none at the moment. The caller closes it. */
  active: FileHandle | undefined
}

/** Throws ENOENT where there is no file at all. */
export async function openPieces(file: string): Promise<Pieces> {
  const before = new Set(await closedFiles(file))
  const active = await openToRead(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return error as Error
    throw error
  })
  try {
    // Looked for again, since the file may have been closed, and another one begun, before it was opened.
    const closed = await closedFiles(file)
    if (active instanceof Error) {
      if (closed.length === 0) throw active
      return { closed, active: undefined }
    }
    const own = await indexOfOpen(closed, before, active)
    return own === -1 ? { closed, active } : { closed: closed.slice(0, own), active }
  } catch (error) {
    if (!(active instanceof Error)) await active.close()
    throw error
  }
}

/** Where among the closed files the open one is that was closed just now; what was closed after it is newer than we look. */
async function indexOfOpen(closed: string[], before: Set<string>, active: FileHandle): Promise<number> {
  const { dev, ino } = await active.stat()
  for (const [index, file] of closed.entries()) {
    if (before.has(file)) continue
    const handle = await openClosed(file)
    const status = await handle?.stat()
    await handle?.close()
    if (status?.dev === dev && status.ino === ino) return index
  }
  return -1
}

/** A closed file, or undefined where `keep` has just removed it. */
export async function openClosed(file: string): Promise<FileHandle | undefined> {
  return openToRead(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
