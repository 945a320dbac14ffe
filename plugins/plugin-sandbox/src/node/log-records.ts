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
    whole: line[space + 8] === 'F'.charCodeAt(0),
    text: Buffer.from(line.subarray(space + 10)),
  }
}

/** The offset from which the file's last `lines` records start, found from the end of the file. */
export async function findTail(handle: FileHandle, lines: number): Promise<number> {
  const { size } = await handle.stat()
  const block = Buffer.alloc(blockBytes)
  // The newline that ends the last record does not count.
  let left = lines
  for (let end = size - 1; end > 0 && left > 0;) {
    const start = Math.max(0, end - blockBytes)
    await handle.read(block, 0, end - start, start)
    for (let at = end - start - 1; at >= 0; at--) {
      if (block[at] === newline && --left === 0) return start + at + 1
    }
    end = start
  }
  return lines === 0 ? size : 0
}
