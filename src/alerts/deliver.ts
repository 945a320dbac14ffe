/** One alert to one channel: tried again while that may help and the deadline allows, whatever the plugin does. */
import type { Alert, Delivery, Notifier, Preview } from '@arbk8s/plugin-kit'

import { formatDuration } from '../base/duration.js'
import { messageOf } from '../base/errors.js'
import { maskPatterns } from '../base/secret-patterns.js'
import { count } from '../base/text.js'
import { sleep, withinTime } from '../base/wait.js'
import { checkedDelivery, shown } from './delivery.js'

/** How long a channel may take. */
export interface DeliveryLimits {
  /** One try, ms. */
  timeoutMs: number
  /** All tries and the waits between them, ms; 0 is one try. Default 30 s. */
  deadlineMs?: number | undefined
}

/** What `deliver` and `preview` work with. */
export interface DeliverOptions extends DeliveryLimits {
  signal: AbortSignal
  /** From 0 to below 1; spreads the tries of many senders. */
  random?: () => number
}

/** What came of an alert, and after how many tries. A failure's reason tells them where there were several. */
export type Delivered = Delivery & { tries: number }

export const defaultDeadlineMs = 30_000
const firstBackOffMs = 500
const longestBackOffMs = 8_000
/** What fails at once must not become a flood. */
const shortestWaitMs = 100
/** The host's sender ends at the try's timeout and has better words for it; a plugin that goes on is cut off then. */
const graceMs = 250

/** The longest that `deliver` may take, ms. */
export function longestDeliveryMs({ timeoutMs, deadlineMs = defaultDeadlineMs }: DeliveryLimits): number {
  return Math.max(timeoutMs, deadlineMs) + graceMs
}

/** Sends and tells what came of it; a plugin that throws, hangs or answers nonsense is a failed delivery. */
export async function deliver(notifier: Notifier, alert: Alert, options: DeliverOptions): Promise<Delivered> {
  const { deadlineMs = defaultDeadlineMs, random = Math.random, signal } = options
  const start = performance.now()
  const left = (): number => start + deadlineMs - performance.now()
  for (let tries = 1; ; tries++) {
    const timeoutMs = tries === 1 && deadlineMs === 0 ? options.timeoutMs : Math.min(options.timeoutMs, left())
    const delivery = await once(notifier, alert, { timeoutMs, signal })
    if (delivery.delivered || delivery.permanent || signal.aborted) return told(delivery, tries, start)
    const wait = waitBefore(tries + 1, delivery.retry_after_seconds ?? 0, random)
    if (wait >= left()) return told(gaveUp(delivery, wait, deadlineMs), tries, start)
    try {
      await sleep(wait, signal)
    } catch {
      return told(delivery, tries, start)
    }
  }
}

/** What would be sent; an error in words where the plugin cannot tell. */
export async function preview(
  notifier: Notifier,
  alert: Alert,
  options: DeliverOptions,
): Promise<{ preview: Preview } | { error: string }> {
  try {
    const answer = await withDeadline(() => notifier.preview(structuredClone(alert)), options)
    const { destination, contentType, body } = answer ?? {}
    if ([destination, contentType, body].some((part) => typeof part !== 'string')) {
      return { error: 'the plugin gave no preview' }
    }
    return { preview: { destination: maskPatterns(destination), contentType, body } }
  } catch (error) {
    return { error: shown(messageOf(error)) }
  }
}

async function once(notifier: Notifier, alert: Alert, options: DeliverOptions): Promise<Delivery> {
  try {
    return checkedDelivery(await withDeadline(() => notifier.send(structuredClone(alert)), options))
  } catch (error) {
    const { permanent, code } = (error ?? {}) as { permanent?: unknown; code?: unknown }
    const useless = permanent === true || code === 'ERR_SETTINGS'
    return { delivered: false, permanent: useless, reason: shown(messageOf(error)) }
  }
}

/** Full jitter: anything between nothing and a bound that doubles, but not before the service wants the next try. */
function waitBefore(attempt: number, retryAfterSeconds: number, random: () => number): number {
  const bound = Math.min(longestBackOffMs, firstBackOffMs * 2 ** (attempt - 2))
  return Math.max(retryAfterSeconds * 1000, shortestWaitMs, random() * bound)
}

function gaveUp(delivery: Delivery & { delivered: false }, waitMs: number, deadlineMs: number): Delivery {
  const { reason, retry_after_seconds: asked } = delivery
  if (!asked || asked * 1000 < waitMs || deadlineMs === 0) return delivery
  const deadline = formatDuration(deadlineMs)
  return { ...delivery, reason: `${reason}; the next try is wanted after ${asked}s, past the deadline of ${deadline}` }
}

function told(delivery: Delivery, tries: number, start: number): Delivered {
  if (delivery.delivered || tries === 1) return { ...delivery, tries }
  const spent = formatDuration(performance.now() - start)
  return { ...delivery, tries, reason: `${delivery.reason} (${count(tries, 'try', 'tries')} in ${spent})` }
}

function withDeadline<T>(work: () => Promise<T>, { timeoutMs, signal }: DeliverOptions): Promise<T> {
  return withinTime(work, {
    ms: timeoutMs + graceMs,
    signal,
    late: () => new Error(`no answer within ${formatDuration(timeoutMs)}`),
    interrupted: () => new Error('interrupted before an answer came'),
  })
}
