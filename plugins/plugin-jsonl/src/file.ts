/** The history file: where it is, opening it, and what is said when that fails. */
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises'
import path from 'node:path'

/** The absolute path of `runs/history.jsonl` or `jsonl://runs/history.jsonl`. */
export function fileOf(location: string): string {
  return path.resolve(location.replace(/^(?:jsonl|file):(?:\/\/)?/, ''))
}

/** An open regular file for reading; the caller closes it. */
export async function openToRead(file: string): Promise<FileHandle> {
  return explained(file, async () => {
    await refuseOther(file)
    return checked(await open(file, constants.O_RDONLY | constants.O_NONBLOCK))
  })
}

/** An open regular file whose every write goes to its end; made with its folder where it is not there yet. */
export async function openToAppend(file: string): Promise<FileHandle> {
  return explained(file, async () => {
    await refuseOther(file)
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_NONBLOCK
    try {
      return await checked(await open(file, flags))
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
    const firstMade = await makeFolder(path.dirname(file))
    const handle = await checked(await open(file, flags | constants.O_CREAT, 0o600))
    await syncFolders(path.dirname(file), firstMade)
    return handle
  })
}

/**
 * Makes a folder and those above it, and gives the first one that it made. One by one: Node's recursive mkdir never ends
 * where a folder that is there lets none be made in it and says ENOENT, as /proc does.
 */
async function makeFolder(folder: string): Promise<string | undefined> {
  const there = await stat(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (there?.isDirectory()) return undefined
  const firstMade = await makeFolder(path.dirname(folder))
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT')
      throw new Error(`no folder can be made in ${path.dirname(folder)}; name another path`)
    if (codeOf(error) !== 'EEXIST') throw error
  })
  return firstMade ?? folder
}

// Before opening too: opening a device can have effects of its own.
async function refuseOther(file: string): Promise<void> {
  const status = await stat(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (status) refuse(status)
}

async function checked(handle: FileHandle): Promise<FileHandle> {
  try {
    refuse(await handle.stat())
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

function refuse(status: { isFile(): boolean; isDirectory(): boolean; isFIFO(): boolean }): void {
  if (status.isFile()) return
  const kind = status.isDirectory() ? 'a folder' : status.isFIFO() ? 'a pipe' : 'a device or socket'
  throw new Error(`it is ${kind}; name a regular file, for example history.jsonl`)
}

/** A new name is durable once its folder is synced; so is every folder that was made on the way. */
async function syncFolders(folder: string, firstMade: string | undefined): Promise<void> {
  const last = firstMade ? path.dirname(firstMade) : folder
  for (let current = folder; ; current = path.dirname(current)) {
    await syncFolder(current)
    if (current === last || current === path.dirname(current)) return
  }
}

/** A folder's names are durable once it is synced. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const advice: Record<string, string> = {
  ENOENT: 'it does not exist; check the path, or record something first',
  EACCES: 'permission denied; give this user the right, or name another file',
  EPERM: 'operation not permitted; give this user the right, or name another file',
  ENOTDIR: 'a part of the path is a file, not a folder; name another path',
  EROFS: 'the file system is read-only; name a file on another one',
  EOPNOTSUPP: 'the file system has no symbolic links, which keep writers apart; use one that has',
  ELOOP: 'its symbolic links lead in a circle; name the file itself',
  ENOSPC: 'no space left on the device; free some, then record again',
  EDQUOT: 'the disk quota is used up; free some space, then record again',
  EFBIG: 'the file may not grow further (a file size limit); raise the limit or start another file',
  EMFILE: 'this process has too many open files',
  ENAMETOOLONG: 'the name is too long; name a shorter one',
}

/** Runs `work`; what it throws names the file, the reason and what to do. `code` is kept. */
export async function explained<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw explain(file, error)
  }
}

function explain(file: string, error: unknown): Error {
  if (error instanceof Error && error.message.startsWith(`${file}: `)) return error
  const code = codeOf(error)
  const reason = (code && advice[code]) || (error instanceof Error ? error.message : String(error))
  return Object.assign(new Error(`${file}: ${reason}`, { cause: error }), code ? { code } : {})
}

/** The code of a system error. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code
}
