/** Appending so that an acknowledged record is in the file whole, whatever other writers do and wherever they are killed. */
import { type FileHandle, stat } from 'node:fs/promises'

import { explained, openToAppend } from './file.js'
import { linked } from './link.js'
import { type LockOptions, withLock } from './lock.js'
import { targetOf } from './pieces.js'
import { closeFile, isDue } from './rotate.js'
import type { Settings } from './settings.js'
import { endsInLink, tipOf } from './tip.js'

/** What is asked of the open file; a test plays a disk that fails. */
export type AppendHandle = Pick<FileHandle, 'read' | 'stat' | 'sync' | 'write'>

/** The settings, and what the host gives. */
export interface AppendOptions extends Settings {
  now(): Date
  warn(message: string): void
  lock: LockOptions
}

const newline = 0x0a

/** Resolves when `text` stands as a line of its own in the history and is synced; rejects otherwise. */
export async function appendLine(file: string, text: string, options: AppendOptions): Promise<void> {
  const target = await targetOf(file)
  if (options.chain) {
    // Opened before the lock, which stands beside it: the folder is there then.
    await (await openToAppend(target)).close()
    return explained(target, () => withLock(target, options.lock, () => appendLinked(target, text, options)))
  }
  const line = Buffer.from(`${text}\n`)
  if (options.rotate) await rotateIfDue(target, options)
  while (!(await appendTo(target, () => Promise.resolve(line))));
}

/** False where the file was closed and removed while it was written to: the line has to go to the next one. */
async function appendTo(file: string, lineFor: (handle: FileHandle) => Promise<Buffer>): Promise<boolean> {
  const handle = await openToAppend(file)
  try {
    return await explained(file, async () => {
      await writeWhole(handle, () => lineFor(handle))
      return stillNamed(file, handle)
    })
  } finally {
    await handle.close()
  }
}

async function stillNamed(file: string, handle: FileHandle): Promise<boolean> {
  const { nlink, ino } = await handle.stat()
  // Not all file systems count names; then the path decides.
  return nlink > 0 || (await stat(file).catch(() => undefined))?.ino === ino
}

/** Under the lock: no other line comes between the last link and this one. */
async function appendLinked(file: string, text: string, { rotate, now }: AppendOptions): Promise<void> {
  if (rotate && (await isDueLinked(file, rotate, now()))) await closeFile(file, rotate, now())
  const lineFor = async (handle: FileHandle): Promise<Buffer> =>
    Buffer.from(`${linked(await tipOf(file, handle), text)}\n`)
  while (!(await appendTo(file, lineFor)));
}

/** A file with a torn tail, or one that was begun without the chain, is closed after the next link has vouched for it. */
async function isDueLinked(file: string, rotation: NonNullable<Settings['rotate']>, now: Date): Promise<boolean> {
  const handle = await openToAppend(file)
  try {
    return (await isDue(file, handle, rotation, now)) && (await endsInLink(handle))
  } finally {
    await handle.close()
  }
}

/** A rotation that cannot be done costs no record: the file grows on. */
async function rotateIfDue(file: string, { rotate, now, warn, lock }: AppendOptions): Promise<void> {
  const due = async (): Promise<boolean> => {
    const handle = await openToAppend(file)
    return isDue(file, handle, rotate!, now()).finally(() => handle.close())
  }
  if (!(await due())) return
  try {
    await withLock(file, lock, async () => {
      // Another one may have closed it meanwhile.
      if (await due()) await closeFile(file, rotate!, now())
    })
  } catch (error) {
    warn(`${file} was not closed though it is due: ${(error as Error).message}`)
  }
}

/**
 * One write a try. A short write (disk full, a size limit, a signal) leaves a torn tail, and so does a writer that was
 * killed between our look at the tail and our write: either way the line is written again from its start, behind a
 * newline, and readers skip the torn one.
 */
export async function writeWhole(handle: AppendHandle, lineFor: () => Promise<Buffer>): Promise<void> {
  let { size, torn } = await tailOf(handle)
  for (let attempt = 0; attempt < 3; attempt++) {
    const line = await lineFor()
    const bytes = torn ? Buffer.concat([Buffer.of(newline), line]) : line
    const { bytesWritten } = await handle.write(bytes, 0, bytes.length, null)
    const whole = bytesWritten === bytes.length && (await standsAlone(handle, line, size))
    if (whole) return handle.sync()
    ;({ size } = await tailOf(handle))
    torn = true
  }
  throw new Error('the record was cut off each time it was written; is the disk full?')
}

async function tailOf(handle: AppendHandle): Promise<{ size: number; torn: boolean }> {
  const { size } = await handle.stat()
  if (size === 0) return { size, torn: false }
  const last = Buffer.alloc(1)
  await handle.read(last, 0, 1, size - 1)
  return { size, torn: last[0] !== newline }
}

/** Whether the line is in the file at or after `from`, at the start of a line. */
async function standsAlone(handle: AppendHandle, line: Buffer, from: number): Promise<boolean> {
  const start = Math.max(0, from - 1)
  const { size } = await handle.stat()
  const written = Buffer.alloc(Math.max(0, size - start))
  await handle.read(written, 0, written.length, start)
  for (let at = written.indexOf(line); at !== -1; at = written.indexOf(line, at + 1)) {
    if (start + at === 0 || (at > 0 && written[at - 1] === newline)) return true
  }
  return false
}
