/** Masking of data that is kept or sent: every text in it, but for what it is found again by. */
import type { Masker } from './masker.js'

/**
 * Names and times by which history, ledger and receivers find an entry again. A secret that happens to read like a
 * namespace must not make an incident disappear.
 */
const identity = new Set([
  'timestamp',
  'namespace',
  'selector',
  'session_id',
  'id',
  'attempt',
  'incident_id',
  'channel',
  'kind',
  'phase',
  'status',
])

/** A copy with every text masked, keys included; what has one of the names above stays. */
export function maskDeep<T>(value: T, mask: Masker['mask']): T {
  if (typeof value === 'string') return mask(value) as T
  if (Array.isArray(value)) return value.map((entry: unknown) => maskDeep(entry, mask)) as T
  if (value === null || typeof value !== 'object') return value
  const out: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    const kept = identity.has(key) && typeof inner === 'string'
    const masked = kept ? (inner as unknown) : maskDeep(inner as unknown, mask)
    // So that `__proto__` is a key like any other.
    Object.defineProperty(out, mask(key), { value: masked, enumerable: true, writable: true, configurable: true })
  }
  return out as T
}
