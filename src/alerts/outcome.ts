/** What the alert stage tells of each alert. */
import type { AlertKind, Incident, Preview } from '@arbk8s/plugin-kit'

/**
 * `would_send` and `previewed` (nothing due) in a dry-run; `not_due`, `delivered`, `failed` otherwise; `silenced` in both.
 */
export type AlertStatus = 'would_send' | 'previewed' | 'not_due' | 'silenced' | 'delivered' | 'failed'

/** What came of one alert on one channel. */
export interface AlertOutcome {
  channel: string
  status: AlertStatus
  kind: AlertKind | null
  /** Why it is due or not, or why it failed. */
  reason: string
  incident: Incident | null
  preview: Preview | null
  /** The alert's own id; null where none is due. */
  alertId?: string | null
  /** Tries that were made. */
  tries?: number
  /** Recipients whom a delivered alert did not reach. */
  undelivered?: { to: string; reason: string }[]
  /** The failed channels for which this one stands in. */
  standsInFor?: string[]
}
