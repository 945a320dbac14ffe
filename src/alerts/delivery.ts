/** A plugin's word about a delivery, checked: whatever it answers, the host goes on with plain data and shown text. */
import type { Delivery } from '@arbk8s/plugin-kit'

import { maskPatterns } from '../base/secret-patterns.js'
import { cleanLine, shorten } from '../base/text.js'

/** A `reference` is kept in the ledger: bytes of JSON. */
const maxReferenceBytes = 16 * 1024
const maxUndelivered = 100

/** The delivery as the host goes on with it; an answer that says nothing is a failure that may pass. */
export function checkedDelivery(answer: unknown): Delivery {
  const { delivered } = (answer ?? {}) as { delivered?: unknown }
  if (delivered === true) return arrived(answer as Record<string, unknown>)
  if (delivered === false) return refused(answer as Record<string, unknown>)
  return { delivered: false, permanent: false, reason: 'the plugin did not say whether the alert was delivered' }
}

/** Text of a plugin or a server as it may be shown: one line, bounded, without controls. */
export function shown(reason: unknown): string {
  return shorten(maskPatterns(cleanLine(typeof reason === 'string' ? reason : '')), 500) || 'no reason was given'
}

function arrived({ detail, reference, undelivered }: Record<string, unknown>): Delivery {
  const missed = asUndelivered(undelivered)
  const kept = asReference(reference)
  return {
    delivered: true,
    ...(typeof detail === 'string' && detail !== '' ? { detail: shown(detail) } : {}),
    ...(kept === undefined ? {} : { reference: kept }),
    ...(missed.length > 0 ? { undelivered: missed } : {}),
  }
}

function refused({ permanent, reason, retry_after_seconds: after }: Record<string, unknown>): Delivery {
  const wait = typeof after === 'number' && Number.isFinite(after) && after >= 0 ? { retry_after_seconds: after } : {}
  return { delivered: false, permanent: permanent === true, reason: shown(reason), ...wait }
}

/** Plain JSON, or nothing. */
function asReference(value: unknown): unknown {
  try {
    const text = JSON.stringify(value)
    return text === undefined || Buffer.byteLength(text) > maxReferenceBytes ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function asUndelivered(value: unknown): { to: string; reason: string }[] {
  if (!Array.isArray(value)) return []
  return (value as ({ to?: unknown; reason?: unknown } | null)[])
    .filter((entry): entry is { to: string; reason?: unknown } => typeof entry?.to === 'string')
    .slice(0, maxUndelivered)
    .map(({ to, reason }) => ({ to: shown(to), reason: shown(reason) }))
}
