/** Looking at everything: is each line readable, and is the chain the one that was written? */
import type { Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'

import type { VerifyQuery, VerifyResult } from '@arbk8s/plugin-kit'

import { entryOf } from './entry.js'
import { codeOf } from './file.js'
import { type Line, linesForward, maxLineBytes } from './lines.js'
import { afterLink, expectedLink, linkOf, passOver } from './link.js'
import { lockTimes, withLock } from './lock.js'
import { openClosed, openPieces, type Pieces, targetOf } from './pieces.js'
import { removedFiles } from './rotate.js'

type Problem = VerifyResult['problems'][number]

/** Why a folder takes no lock: it may not be written to, or is not there. */
const noLock = ['EACCES', 'EPERM', 'EROFS', 'EOPNOTSUPP', 'ENOSPC', 'EDQUOT', 'ENOENT', 'ENOTDIR']
/** Problems that are listed; the others are only counted. */
const listed = 1000

/** What `verify` looks for. */
export interface ChainQuery extends VerifyQuery {
  /** True where the settings ask for a chain: whoever takes all links away must not pass. */
  chain: boolean
}

/** Everything at one moment, also while others append. Rejects with ENOENT where there is no history. */
export async function verify(location: string, query: ChainQuery, signal?: AbortSignal): Promise<VerifyResult> {
  const file = await targetOf(location)
  const { closed, active, size } = await snapshot(file, signal)
  try {
    const removed = await removedFiles(file)
    const first = path.basename(closed[0] ?? file)
    // A closed name sorts before the name of the file that is written to, or is what stands in its stead.
    const start = removed.filter(({ name }) => closed.length === 0 || name < first).at(-1)?.head ?? ''
    const check = new ChainCheck(start, query)
    for (const each of closed) {
      const handle = await openClosed(each)
      if (handle) await check.file(each, handle, signal).finally(() => handle.close())
    }
    if (active) await check.file(file, active, signal, size)
    return check.result(
      file,
      removed.some((each) => each.head === query.head),
    )
  } finally {
    await active?.close()
  }
}

/** Under the lock no line of a chain is half written; where the folder takes no lock, as things stand. */
async function snapshot(file: string, signal: AbortSignal | undefined): Promise<Pieces & { size: number | undefined }> {
  const open = async (): Promise<Pieces & { size: number | undefined }> => {
    const pieces = await openPieces(file)
    return { ...pieces, size: (await pieces.active?.stat())?.size }
  }
  return withLock(file, { ...lockTimes, signal }, open).catch((error: unknown) => {
    if (noLock.includes(codeOf(error) ?? '')) return open()
    throw error
  })
}

class ChainCheck {
  private readonly counts = { records: 0, chained: 0, torn: 0 }
  private readonly problems: Problem[] = []
  private unlisted = 0
  private last: string
  private headSeen = false
  /** The first line without a link. */
  private unlinked: string | undefined
  private readonly head: string | undefined
  private readonly wanted: boolean

  constructor(start: string, { head, chain }: ChainQuery) {
    this.last = start
    this.head = head
    this.wanted = chain
  }

  async file(file: string, handle: FileHandle, signal: AbortSignal | undefined, to?: number): Promise<void> {
    const run = { hash: afterLink(this.last), damaged: [] as Problem[], unlinked: [] as string[] }
    for await (const line of linesForward(handle, to === undefined ? {} : { to })) {
      signal?.throwIfAborted()
      this.line(line, `${path.basename(file)}:${line.where.replace('line ', '')}`, run)
    }
    this.report(...run.damaged)
    if (this.last !== '') this.report(...run.unlinked.map((where) => ({ where, reason: notLinked })))
  }

  private line({ bytes }: Line, where: string, run: Run): void {
    const entry = bytes
      ? entryOf(bytes, where)
      : { damaged: { where, reason: `it is longer than ${maxLineBytes} bytes` } }
    if (entry && 'record' in entry) this.counts.records++
    const link = bytes && linkOf(bytes)
    if (link) return this.linkedLine({ bytes, link, where }, entry, run)
    if (entry && 'damaged' in entry) run.damaged.push(entry.damaged)
    else if (entry) this.unlinkedLine(where, run)
    passOver(run.hash, bytes)
  }

  private unlinkedLine(where: string, run: Run): void {
    this.unlinked ??= where
    if (run.unlinked.length < listed) run.unlinked.push(where)
  }

  /** What stands between two links that fit was so when the second one was written. */
  private linkedLine({ bytes, link, where }: LinkedLine, entry: ReturnType<typeof entryOf>, run: Run): void {
    if (expectedLink(run.hash, bytes) === link) {
      this.counts.chained++
      this.counts.torn += run.damaged.length
    } else {
      const from = run.unlinked[0] ?? run.damaged[0]?.where
      this.report(...run.damaged, { where: from ?? where, reason: from ? changedUpTo(where) : changed })
      if (entry && 'damaged' in entry) this.report(entry.damaged)
    }
    this.headSeen ||= link === this.head
    this.last = link
    Object.assign(run, { hash: afterLink(link), damaged: [], unlinked: [] })
  }

  private report(...problems: Problem[]): void {
    for (const problem of problems) {
      if (this.problems.length < listed) this.problems.push(problem)
      else this.unlisted++
    }
  }

  result(file: string, headRemoved: boolean): VerifyResult {
    const where = path.basename(file)
    if (this.head !== undefined && !this.headSeen && !headRemoved) this.problems.unshift({ where, reason: headMissing })
    // Before a first link it may stand: that link vouches for it.
    if (this.wanted && this.last === '' && this.unlinked !== undefined)
      this.problems.unshift({ where: this.unlinked, reason: noLink })
    if (this.unlisted > 0) this.problems.push({ where, reason: `${this.unlisted} more problems are not listed` })
    return { ...this.counts, problems: this.problems, head: this.last === '' ? null : this.last }
  }
}

/** What stands since the last link. */
interface Run {
  hash: Hash
  damaged: Problem[]
  unlinked: string[]
}

interface LinkedLine {
  bytes: Buffer
  link: string
  where: string
}

const changed = 'it was changed, or lines before it are missing, moved or put in'
const changedUpTo = (where: string): string =>
  `this line or one up to ${where} was changed, taken away, moved or put in`
const notLinked = 'it is not in the chain: changed, or written without the setting "chain"'
const noLink =
  'no line from here on is linked though "chain" is set: the links were taken out, or nothing was written since it was set; in that case record once more, the first link vouches for what stands before it'
const headMissing =
  'the head is not in the chain: the end was cut off, or the file was written anew, since the head was noted'
