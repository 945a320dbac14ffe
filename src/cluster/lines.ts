/** Lines out of a stream of bytes, none longer than a limit. */

export interface Line {
  text: string
  /** Bytes that were left out of an overlong line. */
  cut: number
}

const newline = 0x0a

/** Each line without its newline; the last one also where no newline ends it. A line keeps its first `maxBytes` bytes. */
export async function* linesOf(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line> {
  let parts: Buffer[] = []
  let kept = 0
  let cut = 0
  const keep = (piece: Buffer): void => {
    const room = Math.max(0, maxBytes - kept)
    if (piece.length > 0 && room > 0) parts.push(piece.subarray(0, room))
    kept += Math.min(piece.length, room)
    cut += Math.max(0, piece.length - room)
  }
  const take = (): Line => {
    const line = { text: Buffer.concat(parts).toString('utf8').replace(/\r$/, ''), cut }
    parts = []
    kept = cut = 0
    return line
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      keep(chunk.subarray(start, end))
      yield take()
      start = end + 1
    }
    keep(chunk.subarray(start))
  }
  if (kept > 0) yield take()
}
