/** Stores and channels with the masker before them: no secret is kept in a history or a ledger, and none is sent. */
import type { Alert, HistoryStore, Notifier } from '@arbk8s/plugin-kit'

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
    send: (alert) => notifier.send(masked(alert)),
  })
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
