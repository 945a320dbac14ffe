/**
 * One writer at a time, for what O_APPEND alone cannot do: the chain, and closing a file. The lock is a symbolic link that
 * names its holder: made in one step with its content, and gone or taken over however the holder ends.
 */
import { readlink, rename, symlink, unlink } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

import { newOwner, stateOf } from './owner.js'

/** How a lock is waited for. */
export interface LockOptions {
  /** The longest to wait, ms. */
  waitMs: number
  /** How long a holder on another machine or in another container is believed to be alive, ms. */
  elsewhereMs: number
  signal?: AbortSignal | undefined
}

/** Holders keep the lock for a record or the name of a file, so these are many times what is needed. */
export const lockTimes = { waitMs: 60_000, elsewhereMs: 15_000 }

/** Runs `work` while no other process runs under the same file's lock. */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`
  const owner = newOwner()
  await acquire(lock, owner, options)
  try {
    return await work()
  } finally {
    if ((await ownerOf(lock)) === owner) await unlink(lock)
  }
}

async function acquire(lock: string, owner: string, { waitMs, elsewhereMs, signal }: LockOptions): Promise<void> {
  const started = performance.now()
  const seen = new Map<string, number>()
  for (let round = 0; !(await take({ lock, path: lock, owner, seen, elsewhereMs })); round++) {
    if (performance.now() - started > waitMs) throw await busy(lock)
    await delay(1 + Math.random() * Math.min(15, 1 + round), undefined, { ...(signal && { signal }) })
  }
}

interface Attempt {
  lock: string
  /** The lock, or the claim on a dead holder's lock. */
  path: string
  owner: string
  /** When each holder was first met here. */
  seen: Map<string, number>
  elsewhereMs: number
}

/**
 * Takes what is free. What a dead holder left may be replaced only by the one who holds the claim on that holder, whose
 * name is never used again: so of all who find it dead one gets it, however late the others look, and nobody takes what a
 * living one holds. A claim whose holder died is taken in the same way.
 */
async function take(attempt: Attempt): Promise<boolean> {
  const { lock, path, owner } = attempt
  if (await madeLink(owner, path)) return true
  const holder = await ownerOf(path)
  if (holder === undefined || !abandoned(holder, attempt)) return false
  const claim = `${lock}.${holder}`
  if (!(await take({ ...attempt, path: claim }))) return false
  if ((await ownerOf(path)) === holder) {
    await rename(claim, path)
    return true
  }
  await unlink(claim)
  return false
}

async function madeLink(owner: string, path: string): Promise<boolean> {
  try {
    await symlink(owner, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function abandoned(holder: string, { seen, elsewhereMs }: Attempt): boolean {
  const state = stateOf(holder)
  if (state !== 'elsewhere') return state === 'dead'
  const now = performance.now()
  if (!seen.has(holder)) seen.set(holder, now)
  return now - seen.get(holder)! > elsewhereMs
}

async function ownerOf(path: string): Promise<string | undefined> {
  return readlink(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  })
}

async function busy(lock: string): Promise<Error> {
  const pid = (await ownerOf(lock))?.split('.')[0]
  return new Error(
    `another process${pid ? ` (${pid})` : ''} has held ${lock} all the time; end it if it hangs, then try again`,
  )
}
