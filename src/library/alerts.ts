/**
 * From records to incidents, from incidents to alerts, and sending what is due.
 *
 * @module alerts
 */
export { incidentOf } from '../alerts/incident.js'
export { readRun, type Run, type RunQuery } from '../alerts/read-run.js'
export { buildAlert, type AlertContext } from '../alerts/alert.js'
export type { ChannelBase, LoadedChannel } from '../alerts/channel.js'
export type { NeverDelivered } from '../alerts/never-delivered.js'
export type { AlertMatch, LifecycleRules, Route, Silence, TimeWindow } from '../base/alert-rules.js'
export {
  sendAlerts,
  type AlertRules,
  type AlertOutcome,
  type AlertStatus,
  type Channel,
  type SendOptions,
  type SendResult,
} from '../alerts/send.js'
export { sendDrill, type DrillOptions } from '../alerts/drill.js'
export { ledgerLocation } from '../alerts/ledger.js'
export type { DeliveryLimits } from '../alerts/deliver.js'
export { replayAlerts, type ReplayEntry, type ReplayOptions, type ReplayResult } from '../alerts/replay.js'
export { defaultLifecycle } from '../base/alert-rules.js'
export type { SeriesKey } from '../alerts/ledger.js'
