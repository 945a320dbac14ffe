/** Waiting that always ends: each try and each call has its time, and the host can give up at any moment. */
import { TryTimeout } from './errors.js'

/** Runs `work` with a signal; rejects after `ms` or when `outer` is aborted, even where `work` does not listen. */
export async function within<T>(ms: number, outer: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  outer.throwIfAborted()
  const controller = new AbortController()
  let giveUp = (): void => undefined
  const stopped = new Promise<never>((_resolve, reject) => {
    giveUp = () => {
      reject(outer.aborted ? outer.reason : new TryTimeout('no answer in time'))
      controller.abort()
    }
  })
  const timer = setTimeout(() => giveUp(), ms)
  outer.addEventListener('abort', giveUp, { once: true })
  const working = work(controller.signal)
  working.catch(() => undefined)
  try {
    return await Promise.race([working, stopped])
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', giveUp)
  }
}
