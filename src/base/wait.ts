/** Waiting that ends with its signal, and many tasks of which few run at once. */

/** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** What `withinTime` may take, and what it rejects with otherwise. */
export interface TimeLimit {
  ms: number
  signal: AbortSignal
  late: () => Error
  interrupted: () => Error
}

/**
 * What the work gives, or a rejection at the deadline or at the signal's end; the work itself is not stopped by it. No
 * timer and no listener stays behind.
 */
export async function withinTime<T>(work: () => Promise<T>, { ms, signal, late, interrupted }: TimeLimit): Promise<T> {
  signal.throwIfAborted()
  let stop: () => void = () => undefined
  const over = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms)
    const onAbort = (): void => reject(interrupted())
    signal.addEventListener('abort', onAbort, { once: true })
    stop = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  })
  try {
    return await Promise.race([work(), over])
  } finally {
    stop()
  }
}

/**
 * What `work` gives for each item, in the items' order, with at most `limit` at work at once. The first failure rejects
 * and no further item is begun.
 */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length)
  let next = 0
  let failed = false
  const lane = async (): Promise<void> => {
    while (!failed && next < items.length) {
      const index = next++
      try {
        results[index] = await work(items[index]!, index)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane))
  return results
}
