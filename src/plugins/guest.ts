/**
 * Whose code runs: an installed or linked package's (a guest's) or our own. The mark follows a call through its promises
 * and timers, so that what a guest prints or throws later is still known as its own.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

import type { Logger, PluginContext } from '@arbk8s/plugin-kit'

const running = new AsyncLocalStorage<string | undefined>()

/** Runs a package's code under its name. */
export function asGuest<T>(packageName: string, work: () => T): T {
  return running.run(packageName, work)
}

/** Runs our own code that a guest called. */
export function asHost<T>(work: () => T): T {
  return running.run(undefined, work)
}

/** The package whose code runs now; undefined for our own. */
export function currentGuest(): string | undefined {
  return running.getStore()
}

/** The object that a guest handed out, with only these of its methods, each of which runs under the guest's name. */
export function guestObject<T extends { apiVersion: number }>(
  packageName: string,
  object: T,
  methods: readonly string[],
): T {
  const source = object as unknown as Record<string, unknown>
  const wrapped: Record<string, unknown> = { apiVersion: object.apiVersion }
  for (const name of methods) {
    const method = source[name]
    if (typeof method !== 'function') continue
    wrapped[name] = (...args: unknown[]) =>
      guestIterable(
        packageName,
        asGuest(packageName, () => method.apply(object, args) as unknown),
      )
  }
  return wrapped as unknown as T
}

/** An async iterable whose every step runs under the guest's name; anything else as it is. */
function guestIterable(packageName: string, value: unknown): unknown {
  const iterable = value as Partial<AsyncIterable<unknown>> | null | undefined
  if (typeof iterable?.[Symbol.asyncIterator] !== 'function') return value
  return {
    [Symbol.asyncIterator]: () => {
      const iterator = asGuest(packageName, () => (iterable as AsyncIterable<unknown>)[Symbol.asyncIterator]())
      return {
        next: () => asGuest(packageName, () => iterator.next()),
        return: async () => asGuest(packageName, () => iterator.return?.()) ?? { done: true, value: undefined },
      }
    },
  }
}

/** The context as a guest gets it: what it calls there is our own code again. */
export function guestContext(context: PluginContext): PluginContext {
  const { http, lookup, print, now, log } = context
  return {
    ...context,
    http: (request) => asHost(() => http(request)),
    lookup: (hostname) => asHost(() => lookup(hostname)),
    print: (text) => asHost(() => print(text)),
    now: () => asHost(now),
    log: guestLog(log),
  }
}

function guestLog(log: Logger): Logger {
  return {
    debug: (message) => asHost(() => log.debug(message)),
    info: (message) => asHost(() => log.info(message)),
    warn: (message) => asHost(() => log.warn(message)),
  }
}
