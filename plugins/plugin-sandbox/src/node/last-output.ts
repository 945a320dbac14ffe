/** The last output of a container, for its termination message. */

const maxBytes = 2048
const maxLines = 80

export class TailKeeper {
  private kept = Buffer.alloc(0)

  push(chunk: Buffer): void {
    this.kept = Buffer.concat([this.kept, chunk]).subarray(-maxBytes)
  }

  /** At most 2048 bytes and 80 lines. */
  text(): string {
    const lines = this.kept.toString('utf8').split('\n')
    return lines.slice(-maxLines - 1).join('\n')
  }
}
