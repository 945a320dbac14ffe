/** Reading of log files that line-splitter wrote. */
import type { FileHandle } from 'node:fs/promises'

export interface LogRecord {
  /** RFC 3339 with nanoseconds. */
  time: string
  text: Buffer
  /** False for a part of a line that goes on in the next record. */
  whole: boolean
}

const blockBytes = 64 * 1024
const newline = 10
const whole = 'F'.charCodeAt(0)
/** Where a record's flag is: behind the time (30 bytes) and the stream's name (6). */
const flagAt = 38

/** The whole records of a block, and the bytes of the last that is not whole yet. */
export function parseRecords(block: Buffer): { records: LogRecord[]; rest: Buffer } {
  const records: LogRecord[] = []
  let at = 0
  for (;;) {
    const end = block.indexOf(newline, at)
    if (end < 0) return { records, rest: Buffer.from(block.subarray(at)) }
    records.push(parse(block.subarray(at, end)))
    at = end + 1
  }
}

function parse(line: Buffer): LogRecord {
  const space = line.indexOf(32)
  // `stdout` and `stderr` are of one length, so the text starts at a fixed distance.
  return {
    time: line.toString('latin1', 0, space),
    whole: line[space + 8] === whole,
    text: Buffer.from(line.subarray(space + 10)),
  }
}

/** The offset from which the file's last `lines` lines start, found from the end of the file. */
export async function findTail(handle: FileHandle, lines: number): Promise<number> {
  const { size } = await handle.stat()
  if (lines === 0) return size
  // A record's flag may lie behind the block in which the record starts.
  const block = Buffer.alloc(blockBytes + flagAt + 1)
  let left = lines
  // Where the record ends that is looked for next; its newline does not count as a start.
  let recordEnd = size
  for (let end = size - 1; end > 0;) {
    const start = Math.max(0, end - blockBytes)
    const { bytesRead } = await handle.read(block, 0, end - start + flagAt + 1, start)
    for (let at = end - start - 1; at >= 0; at--) {
      if (block[at] !== newline) continue
      // Each whole record is a line, and so is the last, whole or not. One more than wanted: the tail starts behind it.
      const ends = recordEnd === size || (at + 1 + flagAt < bytesRead && block[at + 1 + flagAt] === whole)
      if (ends && left-- === 0) return recordEnd
      recordEnd = start + at + 1
    }
    end = start
  }
  // The file's first record starts after no newline; the block that was read last starts with it.
  return left === 0 && block[flagAt] === whole ? recordEnd : 0
}
