/** JSON merge patch (RFC 7386). */
import { isRecord } from '../schema/decode.js'

/** The target with the patch merged in: null removes a field, anything but an object replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const out: Record<string, unknown> = isRecord(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(out, key)
    else define(out, key, mergePatch(out[key], value))
  }
  return out
}

/** Sets an own property, also for names such as `__proto__`. */
export function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
}
