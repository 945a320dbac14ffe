/** Reading and writing files so that nothing is half-written and no link is followed out of the folder. */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, lstat, mkdir, open, rename, unlink } from 'node:fs/promises'
import path from 'node:path'

import { ArbError, messageOf } from './errors.js'

/** Bytes a config or report file may have at most. */
export const maxConfigBytes = 1024 * 1024

/**
 * Writes a file whole or not at all: a new file beside it, fsync, rename. A symbolic link of that name is replaced,
 * never followed. Folders are made.
 */
export async function writeFileAtomic(file: string, data: string | Uint8Array, mode = 0o644): Promise<void> {
  const folder = path.dirname(file)
  const temporary = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await mkdir(folder, { recursive: true })
    const handle = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode)
    try {
      await handle.writeFile(data)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await refuseFolder(file)
    await rename(temporary, file)
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw unwritable(file, error)
  }
}

async function refuseFolder(file: string): Promise<void> {
  const there = await lstat(file).catch(() => undefined)
  if (there?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' })
}

/** Throws now, before any work, where a file could not be written later: its folder is made, and must take new files. */
export async function requireWritable(file: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true })
    await access(path.dirname(file), constants.W_OK)
    await refuseFolder(file)
  } catch (error) {
    throw unwritable(file, error)
  }
}

/** The error for a file that could not be written, with the reason in words. */
export function unwritable(file: string, error: unknown): ArbError {
  if (error instanceof ArbError) return error
  return new ArbError({
    code: 'ARB_OUTPUT_UNWRITABLE',
    message: `${file}: cannot be written: ${reasonOf(error)}`,
    hints: ['Name a file in a folder that this user may write to.'],
    cause: error,
  })
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'a file of that name is in the way',
  ELOOP: 'it is a symbolic link',
  EMFILE: 'too many open files',
}

/** A file-system error's reason in words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  return (code && reasons[code]) || messageOf(error)
}

/** The text of a regular file of at most `maxBytes`, strictly UTF-8, a byte-order mark dropped; throws plain errors with `code`. */
export async function readTextFile(file: string, maxBytes = maxConfigBytes): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const status = await handle.stat()
    if (status.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' })
    if (!status.isFile()) throw new Error('it is not a regular file')
    if (status.size > maxBytes) throw new Error(`it has ${status.size} bytes; at most ${maxBytes} are read`)
    return decodeUtf8(await handle.readFile())
  } finally {
    await handle.close()
  }
}

/** Text of bytes that must be UTF-8; throws on anything else. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Error('it is not UTF-8 text')
  }
}
