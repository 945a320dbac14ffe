/** The end that one try has: its deadline or the user's interrupt, whichever comes first. */

export interface Limit {
  /** Aborts at the deadline and when the host's signal does. */
  signal: AbortSignal
  /** Ms until the deadline, at least 1. */
  left(): number
  /** Settles as the work does, or rejects with the signal's reason; what the work does after that is ignored. */
  race<T>(work: Promise<T>): Promise<T>
  /** Stops the clock. */
  end(): void
}

/** Starts the clock. The timer holds the process, so that a silent server cannot end it without a word. */
export function startLimit(ms: number, outer: AbortSignal): Limit {
  const over = new AbortController()
  const start = performance.now()
  const timer = setTimeout(() => over.abort(new Error('the deadline is over')), ms)
  const signal = AbortSignal.any([outer, over.signal])
  return {
    signal,
    left: () => Math.max(1, ms - (performance.now() - start)),
    race: (work) => race(work, signal),
    end: () => clearTimeout(timer),
  }
}

async function race<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
