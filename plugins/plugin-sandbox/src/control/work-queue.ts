/** Keys to look at, each once however often it was added, now or later. */

export class WorkQueue {
  private readonly pending = new Set<string>()
  private readonly timers = new Map<string, { timer: NodeJS.Timeout; at: number }>()
  private scheduled = false
  private stopped = false

  constructor(
    private readonly work: (key: string) => void,
    private readonly options: { onError(error: unknown): void },
  ) {}

  add(key: string): void {
    if (this.stopped) return
    this.pending.add(key)
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(() => this.drain())
  }

  /** Adds the key after a time; of several times for one key the earliest counts. */
  addAfter(key: string, ms: number): void {
    if (this.stopped) return
    const at = Date.now() + Math.max(0, ms)
    const before = this.timers.get(key)
    if (before && before.at <= at) return
    if (before) clearTimeout(before.timer)
    // A timer holds at most 2^31-1 ms; a longer wait is taken up again when it fires.
    const timer = setTimeout(
      () => {
        this.timers.delete(key)
        this.add(key)
      },
      Math.min(Math.max(0, ms) + 1, 2 ** 31 - 1),
    )
    this.timers.set(key, { timer, at })
  }

  stop(): void {
    this.stopped = true
    for (const { timer } of this.timers.values()) clearTimeout(timer)
    this.timers.clear()
    this.pending.clear()
  }

  private drain(): void {
    this.scheduled = false
    const keys = [...this.pending]
    this.pending.clear()
    for (const key of keys) {
      if (this.stopped) return
      try {
        this.work(key)
      } catch (error) {
        this.options.onError(error)
      }
    }
  }
}
