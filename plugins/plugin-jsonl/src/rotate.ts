/** Closing a file that is big or old enough, and removing closed ones where `keep` says so. */
import { appendFile, readFile, rename, stat, unlink } from 'node:fs/promises'
import path from 'node:path'

import type { AppendHandle } from './append.js'
import { timeAtStart } from './entry.js'
import { codeOf, syncFolder } from './file.js'
import { closedAt, closedFiles, closedName, openClosed } from './pieces.js'
import type { Rotation } from './settings.js'
import { lastLink } from './tip.js'

/** Whether the open file is to be closed before the next record. */
export async function isDue(
  file: string,
  handle: AppendHandle,
  { size: most, ageMs }: Rotation,
  now: Date,
): Promise<boolean> {
  const { size } = await handle.stat()
  if (size === 0) return false
  if (most !== undefined && size >= most) return true
  if (ageMs === undefined) return false
  const isOld = (begun: number): boolean => now.getTime() - begun >= ageMs
  return isOld(await begunAt(handle)) && isOld(closedAt((await closedFiles(file)).at(-1) ?? '') || 0)
}

/**
 * When the file was begun: its first record's time, but not before the file itself was made, since old records may have
 * been copied into it. File systems that keep no such time give the one of the last change.
 */
async function begunAt(handle: AppendHandle): Promise<number> {
  const { size, birthtimeMs, ctimeMs } = await handle.stat()
  const start = Buffer.alloc(Math.min(size, 80))
  await handle.read(start, 0, start.length, 0)
  const first = timeAtStart(start)
  if (Number.isNaN(first)) return birthtimeMs
  return birthtimeMs < ctimeMs ? Math.max(first, birthtimeMs) : first
}

/** Closes the file under its own name with the time in it. Only under the lock. */
export async function closeFile(file: string, { keep }: Rotation, now: Date): Promise<void> {
  const before = await closedFiles(file)
  const name = closedName(file, now, before.at(-1))
  if (await exists(name)) throw new Error(`${name} is there already`)
  await rename(file, name)
  await syncFolder(path.dirname(file))
  for (const old of [...before, name].slice(0, -keep)) await remove(file, old)
}

/** What is known of closed files that `keep` removed: a line each in `FILE.removed`. */
export interface Removed {
  name: string
  /** The last link that was in it, empty without one: the chain of what is left begins behind it. */
  head: string
}

/** Said first and done then, so that the chain's beginning is accounted for. */
async function remove(file: string, closed: string): Promise<void> {
  const handle = await openClosed(closed)
  if (!handle) return
  const link = await lastLink(handle).finally(() => handle.close())
  const name = path.basename(closed)
  if (link) {
    const head = link.hash
    await appendFile(removedFile(file), `${JSON.stringify({ name, head })}\n`, { mode: 0o600, flush: true })
  }
  await unlink(closed).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error
  })
}

/** What `keep` removed from the chain, oldest first. */
export async function removedFiles(file: string): Promise<Removed[]> {
  const text = await readFile(removedFile(file), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return ''
    throw error
  })
  return text.split('\n').flatMap((line) => {
    try {
      const { name, head } = JSON.parse(line) as Partial<Removed>
      return typeof name === 'string' && typeof head === 'string' ? [{ name, head }] : []
    } catch {
      return []
    }
  })
}

function removedFile(file: string): string {
  return `${file}.removed`
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
