/** Stores and channels with the masker before them: no secret is kept in a history or a ledger, and none is sent. */
import type { Alert, Delivery, HistoryStore, Notifier } from '@arbk8s/plugin-kit'

import { isRecord } from '../base/json.js'
import { maskDeep } from '../base/mask-deep.js'
import { masker } from './masker.js'

/** The store; what is appended is masked. Its other methods, optional ones too, are its own. */
export function maskedStore(store: HistoryStore): HistoryStore {
  return over(store, { append: (record) => store.append(maskDeep(record, masker.mask)) })
}

/** The channel; what it is told is masked, but for its own reference, which it must get back as it gave it. */
export function maskedNotifier(notifier: Notifier): Notifier {
  const masked = (alert: Alert): Alert => ({ ...maskDeep(alert, masker.mask), previous: alert.previous })
  return over(notifier, {
    preview: (alert) => notifier.preview(masked(alert)),
    // Here and not only where it is shown: what is shortened on the way is not found any more.
    send: async (alert) => maskedDelivery(await notifier.send(masked(alert)).catch(throwMasked)),
  })
}

function maskedDelivery(delivery: Delivery): Delivery {
  const masked = maskDeep(delivery, masker.mask)
  if (!isRecord(delivery) || !('reference' in delivery)) return masked
  return { ...(masked as object), reference: delivery.reference } as Delivery
}

function throwMasked(error: unknown): never {
  if (error instanceof Error) error.message = masker.mask(error.message)
  throw error
}

/** The object with some methods replaced; a plugin's methods may use `this`, private fields included. */
function over<T extends object>(object: T, methods: Partial<T>): T {
  return new Proxy(object, {
    get(target, key) {
      const value: unknown = key in methods ? methods[key as keyof T] : Reflect.get(target, key)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
