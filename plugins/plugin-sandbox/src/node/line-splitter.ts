/** Output of a process as log records: `TIME STREAM F|P TEXT`, the form that container runtimes write. */

/** A line longer than this is written in parts, so that memory stays bounded. */
const maxLineBytes = 16 * 1024
const newline = 10

export class LineSplitter {
  private readonly rest = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) }
  private last = 0n

  constructor(
    private readonly now: () => Date,
    private readonly sink: (records: Buffer) => void,
  ) {}

  push(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    const data = this.rest[stream].length > 0 ? Buffer.concat([this.rest[stream], chunk]) : chunk
    const out: Buffer[] = []
    let at = 0
    for (;;) {
      const end = data.indexOf(newline, at)
      const stop = end < 0 ? data.length : end
      while (stop - at > maxLineBytes) {
        out.push(this.record(stream, data.subarray(at, at + maxLineBytes), 'P'))
        at += maxLineBytes
      }
      if (end < 0) break
      out.push(this.record(stream, data.subarray(at, end), 'F'))
      at = end + 1
    }
    // A copy: the chunk's memory is not ours to keep.
    this.rest[stream] = Buffer.from(data.subarray(at))
    if (out.length > 0) this.sink(Buffer.concat(out))
  }

  /** Writes what is left, as a part: no newline ends it. */
  flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.rest[stream].length > 0) this.sink(this.record(stream, this.rest[stream], 'P'))
      this.rest[stream] = Buffer.alloc(0)
    }
  }

  private record(stream: string, text: Buffer, part: 'F' | 'P'): Buffer {
    return Buffer.concat([Buffer.from(`${this.timestamp()} ${stream} ${part} `), text, Buffer.from('\n')])
  }

  /** Nanoseconds in RFC 3339, never the same twice: whoever resumes by time can tell lines apart. */
  private timestamp(): string {
    const clock = BigInt(this.now().getTime()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n)
    this.last = clock > this.last ? clock : this.last + 1n
    const seconds = new Date(Number(this.last / 1_000_000n)).toISOString().slice(0, 19)
    return `${seconds}.${String(this.last % 1_000_000_000n).padStart(9, '0')}Z`
  }
}
