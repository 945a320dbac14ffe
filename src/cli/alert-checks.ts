/** Doctor's lines about alerts: what never arrived, and silences that have ended or last long. */
import type { Config } from '@oclif/core'

import { ledgerLocation } from '../alerts/ledger.js'
import { LedgerView } from '../alerts/ledger-view.js'
import { silenceNotes } from '../alerts/match.js'
import { neverDelivered } from '../alerts/never-delivered.js'
import type { Silence } from '../base/alert-rules.js'
import { count } from '../base/text.js'
import { type Check, failed } from './doctor.js'
import { openLedger, type StoreSettings } from './history.js'
import { neverDeliveredText } from './render/alerts.js'

export interface AlertCheckOptions {
  config: Config
  /** Where the history is; undefined where none is configured. */
  location: string | undefined
  stores: StoreSettings | undefined
  silences: Silence[] | undefined
  now: Date
  signal: AbortSignal
}

/** Reads the ledger from its newest checkpoint on; nothing is sent or written. */
export async function checkAlerts(options: AlertCheckOptions): Promise<Check[]> {
  const { silences = [], now } = options
  const silent = silenceNotes(silences, now).map((note) => warn(note, 'Change "silences:" in that file.'))
  try {
    const lost = (await lostAlerts(options)).map((entry) =>
      warn(neverDeliveredText(entry), `Try the channel: arbk8s alerts test --channel ${entry.channel} --no-dry-run`),
    )
    if (lost.length + silent.length > 0) return [...lost, ...silent]
    const inForce = silences.length > 0 ? `; ${count(silences.length, 'silence')}` : ''
    return [{ area: 'alerts', status: 'ok', detail: `none is left undelivered${inForce}`, fix: null }]
  } catch (error) {
    return [failed('alerts', error), ...silent]
  }
}

async function lostAlerts({ config, location, stores, now, signal }: AlertCheckOptions) {
  if (location === undefined) return []
  const ledger = await openLedger(config, ledgerLocation(location), signal, stores)
  try {
    const view = await new LedgerView(ledger, () => now).load()
    return neverDelivered(view.all(), now)
  } finally {
    await ledger.close?.()
  }
}

function warn(detail: string, fix: string): Check {
  return { area: 'alerts', status: 'warn', detail, fix }
}
