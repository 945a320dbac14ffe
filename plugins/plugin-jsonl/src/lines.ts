/** The lines of a file, from either end, in memory that does not grow with the file. */
import type { FileHandle } from 'node:fs/promises'

/** A line without its newline; `bytes` is undefined where it is too long to be a record. */
export interface Line {
  bytes: Buffer | undefined
  /** `line 17` or `byte 1234`. */
  where: string
  /** Where it begins in the file. */
  start: number
}

/** The part of a file that is looked at; without it, all that the file has now. */
export interface Range {
  from?: number
  to?: number
}

/** Bytes a line may have: more is no record, and would only fill memory. */
export const maxLineBytes = 64 * 1024 * 1024
const chunkBytes = 64 * 1024
const newline = 0x0a

/** Lines from the first to the last; `from` is the start of a line. */
export async function* linesForward(handle: FileHandle, { from = 0, to }: Range = {}): AsyncGenerator<Line> {
  const size = to ?? (await handle.stat()).size
  const parts = new Parts()
  let number = 1
  let lineStart = from
  for (let position = from; position < size;) {
    const chunk = await readAt(handle, position, Math.min(4 * chunkBytes, size - position))
    if (chunk.length === 0) break
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      parts.add(chunk.subarray(start, end))
      yield { bytes: parts.take(), where: `line ${number++}`, start: lineStart }
      start = end + 1
      lineStart = position + start
    }
    parts.add(chunk.subarray(start))
    position += chunk.length
  }
  if (parts.size > 0) yield { bytes: parts.take(), where: `line ${number}`, start: lineStart }
}

/** Lines from the last to the first; what is not asked for is not read. */
export async function* linesBackward(handle: FileHandle): AsyncGenerator<Line> {
  const { size } = await handle.stat()
  const parts = new Parts()
  for (let position = size; position > 0;) {
    const length = Math.min(chunkBytes, position)
    position -= length
    const chunk = await readAt(handle, position, length)
    let end = chunk.length
    for (
      let at = chunk.lastIndexOf(newline, end - 1);
      at !== -1;
      at = end > 0 ? chunk.lastIndexOf(newline, end - 1) : -1
    ) {
      parts.add(chunk.subarray(at + 1, end))
      const start = position + at + 1
      yield { bytes: parts.takeReversed(), where: `byte ${start}`, start }
      end = at
    }
    parts.add(chunk.subarray(0, end))
  }
  if (parts.size > 0) yield { bytes: parts.takeReversed(), where: 'byte 0', start: 0 }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(length)
  const { bytesRead } = await handle.read(chunk, 0, length, position)
  return chunk.subarray(0, bytesRead)
}

/** The pieces of a line that spans chunks; past the limit only their length is kept. */
class Parts {
  size = 0
  #pieces: Buffer[] = []

  add(piece: Buffer): void {
    this.size += piece.length
    if (this.size > maxLineBytes) this.#pieces = []
    else if (piece.length > 0) this.#pieces.push(piece)
  }

  take(): Buffer | undefined {
    const [tooLong, pieces] = [this.size > maxLineBytes, this.#pieces]
    this.size = 0
    this.#pieces = []
    if (tooLong) return undefined
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)
  }

  takeReversed(): Buffer | undefined {
    this.#pieces.reverse()
    return this.take()
  }
}
