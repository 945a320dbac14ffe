/** Appending so that an acknowledged record is in the file whole, whatever other writers do and wherever they are killed. */
import type { FileHandle } from 'node:fs/promises'

import { explained, openToAppend } from './file.js'

/** What is asked of the open file; a test plays a disk that fails. */
export type AppendHandle = Pick<FileHandle, 'read' | 'stat' | 'sync' | 'write'>

const newline = 0x0a

/** Resolves when `text` stands as a line of its own in the file and the file is synced; rejects otherwise. */
export async function appendLine(file: string, text: string): Promise<void> {
  const handle = await openToAppend(file)
  try {
    await explained(file, () => writeWhole(handle, Buffer.from(`${text}\n`)))
  } finally {
    await handle.close()
  }
}

/**
 * One write a try. A short write (disk full, a size limit, a signal) leaves a torn tail, and so does a writer that was
 * killed between our look at the tail and our write: either way the line is written again from its start, behind a
 * newline, and readers skip the torn one.
 */
export async function writeWhole(handle: AppendHandle, line: Buffer): Promise<void> {
  let { size, torn } = await tailOf(handle)
  for (let attempt = 0; attempt < 3; attempt++) {
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
