/**
 * From records to incidents, from incidents to alerts, and sending what is due.
 *
 * @module alerts
 */
export { incidentOf } from '../alerts/incident.js'
export { readRun, type Run, type RunQuery } from '../alerts/read-run.js'
export { buildAlert } from '../alerts/alert.js'
export {
  sendAlerts,
  type AlertOutcome,
  type AlertStatus,
  type Channel,
  type SendOptions,
  type SendResult,
} from '../alerts/send.js'
export { sendDrill, type DrillOptions } from '../alerts/drill.js'
export { ledgerLocation } from '../alerts/ledger.js'
