/** Containers' logs: one file per attempt, each line with its time, read as a kubelet serves them. */
import { EventEmitter, once } from 'node:events'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'

import { LineSplitter } from './line-splitter.js'
import { findTail, parseRecords } from './log-records.js'
import type { LogRecord } from './log-records.js'

export interface LogKey {
  /** The pod's uid. */
  uid: string
  container: string
  /** 0 for the first run of the container, then its restart count. */
  attempt: number
}

export interface LogQuery {
  tailLines?: number
  limitBytes?: number
  sinceMs?: number
  timestamps: boolean
  follow: boolean
}

/** A log that is being written. */
export interface LogWriter {
  write(stream: 'stdout' | 'stderr', chunk: Buffer): void
  /** Writes out unfinished lines and ends followers. */
  end(): void
}

/** A log that still grows: how often it has, and whom to tell. */
class Growth extends EventEmitter {
  version = 0

  grow(): void {
    this.version++
    this.emit('grown')
  }
}

const blockBytes = 64 * 1024

export class LogSource {
  /** Logs that still grow, by file. */
  private readonly live = new Map<string, Growth>()

  constructor(
    private readonly directory: string,
    private readonly now: () => Date,
  ) {}

  fileOf({ uid, container, attempt }: LogKey): string {
    return path.join(this.directory, uid, `${container}.${attempt}.log`)
  }

  /** Starts a container's log. */
  open(key: LogKey): LogWriter {
    const file = this.fileOf(key)
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    const descriptor = openSync(file, 'a', 0o600)
    const growth = new Growth().setMaxListeners(0)
    this.live.set(file, growth)
    const splitter = new LineSplitter(this.now, (text) => {
      writeSync(descriptor, text)
      growth.grow()
    })
    return {
      write: (stream, chunk) => splitter.push(stream, chunk),
      end: () => {
        if (!this.live.has(file)) return
        splitter.flush()
        closeSync(descriptor)
        this.live.delete(file)
        growth.grow()
      },
    }
  }

  /** The log's bytes as asked for; with `follow`, until the container has ended or the signal aborts. */
  async *read(key: LogKey, query: LogQuery, signal: AbortSignal): AsyncGenerator<Buffer> {
    const file = this.fileOf(key)
    let handle: FileHandle
    try {
      handle = await open(file, 'r')
    } catch {
      return
    }
    try {
      yield* this.readFrom(handle, file, query, signal)
    } finally {
      await handle.close()
    }
  }

  private async *readFrom(
    handle: FileHandle,
    file: string,
    query: LogQuery,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer> {
    let left = query.limitBytes ?? Infinity
    let position = query.tailLines === undefined ? 0 : await findTail(handle, query.tailLines)
    const renderer = new Renderer(query)
    let rest: Buffer = Buffer.alloc(0)
    const block = Buffer.alloc(blockBytes)
    while (!signal.aborted && left > 0) {
      // Asked before the read: a log that grows or ends during it is read once more.
      const growth = query.follow ? this.live.get(file) : undefined
      const version = growth?.version
      const { bytesRead } = await handle.read(block, 0, blockBytes, position)
      if (bytesRead === 0) {
        if (!growth) return
        if (growth.version === version) await once(growth, 'grown', { signal }).catch(() => undefined)
        continue
      }
      position += bytesRead
      const parsed = parseRecords(Buffer.concat([rest, block.subarray(0, bytesRead)]))
      rest = parsed.rest
      const out = renderer.render(parsed.records).subarray(0, left)
      left -= out.length
      if (out.length > 0) yield Buffer.from(out)
    }
  }
}

/** Renders records; the time stands before a line's first part, and a newline behind its last. */
class Renderer {
  private atStart = true

  constructor(private readonly query: LogQuery) {}

  render(records: LogRecord[]): Buffer {
    const { sinceMs, timestamps } = this.query
    const parts: Buffer[] = []
    for (const { time, text, whole } of records) {
      if (sinceMs !== undefined && Date.parse(time) < sinceMs) continue
      if (timestamps && this.atStart) parts.push(Buffer.from(`${time} `))
      parts.push(text)
      if (whole) parts.push(Buffer.from('\n'))
      this.atStart = whole
    }
    return Buffer.concat(parts)
  }
}
