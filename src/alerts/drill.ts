/** A drill: one message to every channel that says it is one. Needs no history and leaves no trace in the ledger. */
import { buildDrill } from './alert.js'
import { type Channel, limitsOf, previewOn } from './channel.js'
import { deliver } from './deliver.js'
import type { AlertOutcome } from './outcome.js'

/** What `sendDrill` works with. */
export interface DrillOptions {
  namespace: string
  selector: string
  channels: Channel[]
  dryRun: boolean
  timeoutMs: number
  /** For all tries; default 30 s. */
  deadlineMs?: number | undefined
  /** The clock. */
  now: () => Date
  signal: AbortSignal
}

/** Sends the drill, or shows it. A channel that fails is an outcome, never an exception. */
export async function sendDrill(options: DrillOptions): Promise<AlertOutcome[]> {
  return Promise.all(options.channels.map((channel) => drillChannel(channel, options)))
}

async function drillChannel(channel: Channel, options: DrillOptions): Promise<AlertOutcome> {
  const alert = buildDrill({ ...options, now: options.now() })
  const base = { channel: channel.name, kind: alert.kind, incident: alert.incident, preview: null }
  if ('error' in channel) return { ...base, status: 'failed', reason: channel.error }
  if (options.dryRun) {
    const shown = await previewOn(channel, alert, options)
    if ('error' in shown) return { ...base, status: 'failed', reason: shown.error }
    return { ...base, status: 'would_send', reason: 'you asked for it', preview: shown.preview }
  }
  const delivery = await deliver(channel.notifier, alert, { ...options, ...limitsOf(channel, options) })
  const sent = { ...base, alertId: alert.id, tries: delivery.tries }
  return delivery.delivered
    ? { ...sent, status: 'delivered', reason: 'you asked for it', undelivered: delivery.undelivered ?? [] }
    : { ...sent, status: 'failed', reason: delivery.reason }
}
