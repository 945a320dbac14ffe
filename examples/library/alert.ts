/** Finds the incident that a history shows, builds its payload, then tells a channel what is due. */
import {
  buildAlert,
  incidentOf,
  ledgerLocation,
  loadNotifier,
  loadPluginHost,
  openStore,
  pluginContext,
  readRun,
  sendAlerts,
} from 'arbk8s'

const [location = 'history.jsonl', namespace = 'default', selector = 'app=arbitrage-tuning'] = process.argv.slice(2)

const host = await loadPluginHost()
const { signal } = new AbortController()
const store = await openStore(host, location, pluginContext({ signal }))
const ledger = await openStore(host, ledgerLocation(location), pluginContext({ signal }))

const run = await readRun(store, { namespace, selector, historyLimit: 20 })
const incident = incidentOf(run.records)
console.log(incident ? `${incident.id}: ${buildAlert(incident, 'opened').payload.title}` : 'no incident')

const notifier = await loadNotifier(host, 'console', pluginContext({ signal, print: (text) => console.log(text) }))
const { outcomes } = await sendAlerts({
  namespace,
  selector,
  store,
  ledger,
  channels: [{ name: 'console', notifier }],
  dryRun: false,
  historyLimit: 20,
  eventsLimit: 10,
  repeatIntervalMs: 4 * 3_600_000,
  timeoutMs: 5000,
  now: () => new Date(),
  signal,
})
for (const { channel, status, reason } of outcomes) console.log(`${channel}: ${status}, ${reason}`)
