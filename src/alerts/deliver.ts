/** One alert to one channel: within a deadline, whatever the plugin does. */
import type { Alert, Delivery, Notifier, Preview } from '@arbk8s/plugin-kit'

import { formatDuration } from '../base/duration.js'
import { messageOf } from '../base/errors.js'
import { maskUrl } from '../base/secrets.js'
import { cleanLine, shorten } from '../base/text.js'

export interface DeliverOptions {
  timeoutMs: number
  signal: AbortSignal
}

/** Sends and tells what came of it; a plugin that throws, hangs or answers nonsense is a failed delivery. */
export async function deliver(notifier: Notifier, alert: Alert, options: DeliverOptions): Promise<Delivery> {
  try {
    const answer = await withDeadline(() => notifier.send(structuredClone(alert)), options)
    if (answer?.delivered === true) return { delivered: true }
    if (answer?.delivered === false)
      return { ...answer, permanent: answer.permanent === true, reason: shown(answer.reason) }
    return failed('the plugin did not say whether the alert was delivered')
  } catch (error) {
    return failed(shown(messageOf(error)))
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
    return { preview: { destination: maskUrl(destination), contentType, body } }
  } catch (error) {
    return { error: shown(messageOf(error)) }
  }
}

function failed(reason: string): Delivery {
  return { delivered: false, permanent: false, reason }
}

function shown(reason: unknown): string {
  return shorten(maskUrl(cleanLine(String(reason))), 500) || 'no reason was given'
}

async function withDeadline<T>(work: () => Promise<T>, { timeoutMs, signal }: DeliverOptions): Promise<T> {
  signal.throwIfAborted()
  let stop: () => void = () => undefined
  const over = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${formatDuration(timeoutMs)}`)), timeoutMs)
    const interrupted = (): void => reject(new Error('interrupted before an answer came'))
    signal.addEventListener('abort', interrupted, { once: true })
    stop = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', interrupted)
    }
  })
  try {
    return await Promise.race([work(), over])
  } finally {
    stop()
  }
}
