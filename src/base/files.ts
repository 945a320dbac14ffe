/** Reading and writing files so that nothing is half-written and no link is followed out of the folder. */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, lstat, mkdir, open, rename, stat, unlink } from 'node:fs/promises'
import path from 'node:path'

import { ArbError, messageOf } from './errors.js'

/** Bytes a config or report file may have at most. */
export const maxConfigBytes = 1024 * 1024

/** A file and what goes into it. */
export interface FileText {
  file: string
  text: string | Uint8Array
}

/**
 * Writes a file whole or not at all: a new file beside it, fsync, rename. A symbolic link of that name is replaced,
 * never followed. Folders are made.
 */
export async function writeFileAtomic(file: string, data: string | Uint8Array, mode = 0o644): Promise<void> {
  await writeFilesAtomic([{ file, text: data }], { mode })
}

/**
 * Writes several files, each whole. All are on the disk before the first gets its name: where one cannot be written, or
 * the signal aborts before that, none is there.
 */
export async function writeFilesAtomic(
  files: readonly FileText[],
  { mode = 0o644, signal }: { mode?: number; signal?: AbortSignal } = {},
): Promise<void> {
  const staged: { file: string; temporary: string }[] = []
  try {
    for (const { file, text } of files) {
      signal?.throwIfAborted()
      const temporary = path.join(path.dirname(file), `.${randomBytes(8).toString('hex')}.tmp`)
      staged.push({ file, temporary })
      await stage(temporary, text, mode).catch((error: unknown) => {
        throw unwritable(file, error)
      })
      await refuseOther(file)
    }
    for (const { file, temporary } of staged)
      await rename(temporary, file).catch((error: unknown) => {
        throw unwritable(file, error)
      })
  } catch (error) {
    await Promise.all(staged.map(({ temporary }) => unlink(temporary).catch(() => undefined)))
    throw error
  }
}

async function stage(temporary: string, data: string | Uint8Array, mode: number): Promise<void> {
  await makeFolder(path.dirname(temporary))
  const handle = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode)
  try {
    await handle.writeFile(data)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Makes a folder and those above it, one by one: Node's recursive mkdir never ends where a folder that is there lets
 * none be made in it and says ENOENT, as /proc does.
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  if (await isFolder(folder)) return
  const above = path.dirname(path.resolve(folder))
  if (above !== path.resolve(folder)) await makeFolder(above, mode)
  await mkdir(folder, mode).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new Error(`no folder can be made in ${above}`)
    if (await isFolder(folder)) return
    throw error.code === 'EEXIST' ? Object.assign(new Error(), { code: 'ENOTDIR' }) : error
  })
}

async function isFolder(name: string): Promise<boolean> {
  return stat(name).then(
    (status) => status.isDirectory(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}

/** A folder cannot be replaced, and a device, a pipe or what stands for this process's own output must not be. */
async function refuseOther(file: string): Promise<void> {
  const there = await lstat(file).catch(() => undefined)
  if (!there) return
  if (there.isDirectory()) throw unwritable(file, Object.assign(new Error(), { code: 'EISDIR' }))
  const target = there.isSymbolicLink() ? await stat(file).catch(() => undefined) : there
  const special = /^\/(dev|proc)\//.test(path.resolve(file))
  if (special || (target && !target.isFile()))
    throw unwritable(file, new Error('it is no regular file; to see the result leave the flag out'))
}

/** Throws now, before any work, where a file could not be written later: its folder is made, and must take new files. */
export async function requireWritable(file: string): Promise<void> {
  try {
    await makeFolder(path.dirname(file))
    await access(path.dirname(file), constants.W_OK)
    await refuseOther(file)
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
    hints: [adviceOf(error)],
    cause: error,
  })
}

function adviceOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return 'Free some space or name another place, then run the command again.'
  return 'Name a file in a folder that this user may write to.'
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'the name is too long',
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
