/** Asking for several things at once and taking them in order. */

/** What `get` gives for each item, in the items' order; at most `width` are under way. Stopping early leaves none unheard. */
export async function* ahead<I, O>(items: I[], width: number, get: (item: I) => Promise<O>): AsyncGenerator<O> {
  const running: Promise<O>[] = []
  for (let next = 0; next < items.length || running.length > 0;) {
    while (next < items.length && running.length < width) {
      const work = get(items[next++]!)
      // Heard here, so that one which nobody waits for any more is not an unhandled rejection.
      work.catch(() => undefined)
      running.push(work)
    }
    yield await running.shift()!
  }
}

/** Does `work` for every item, at most `width` at a time. Rejects with the first failure. */
export async function each<I>(items: I[], width: number, work: (item: I) => Promise<void>): Promise<void> {
  for await (const done of ahead(items, width, work)) void done
}

/** Lets at most `width` pieces of work run at once; the others wait for their turn. */
export function gate(width: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = width
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
