/** Whether a failed read is worth another try, and when. */
import { clusterDetails } from './cluster-error.js'

const firstBackOffMs = 100
const longestBackOffMs = 5_000
const maxTries = 10
/** Nobody wants to wait half a minute to hear that nothing listens: it is tried again only this often. */
const maxRefusedTries = 3

/** Milliseconds to the next try after the failure of the `tries`th, or undefined where none is worth while. */
export function backOff(error: unknown, tries: number): number | undefined {
  const details = clusterDetails(error)
  const neverConnected = details.network !== undefined && !details.ambiguous
  if (!details.retryable || tries >= (neverConnected ? maxRefusedTries : maxTries)) return undefined
  const grown = Math.min(firstBackOffMs * 2 ** (tries - 1), longestBackOffMs)
  return Math.max(details.retry_after_ms ?? 0, grown * (0.75 + Math.random() / 2))
}
