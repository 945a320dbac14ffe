/** Delays that double, as a kubelet waits between tries. */

export class Backoff {
  private tries = 0

  /** `base` ms first, at most `base` × 30 (five minutes for ten seconds). */
  constructor(private readonly baseMs: number) {}

  next(): number {
    return Math.min(this.baseMs * 2 ** this.tries++, this.baseMs * 30)
  }
}

/** Resolves after the time, or earlier when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
}
