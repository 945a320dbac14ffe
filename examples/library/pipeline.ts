/** Runs all seven stages: applies the session's Jobs, waits for them, records their health, alerts on the console. */
import { homedir } from 'node:os'

import {
  ledgerLocation,
  loadNotifier,
  loadPluginHost,
  openCluster,
  openStore,
  pluginContext,
  runPipeline,
  type Cluster,
} from 'arbk8s'

const [k8sConfig = 'k8s.yaml', jobsDir = 'jobs', history = 'history.jsonl'] = process.argv.slice(2)

const host = await loadPluginHost()
const { signal } = new AbortController()
const context = pluginContext({ signal, print: (text) => console.log(text) })
let cluster: Cluster | undefined
const result = await runPipeline({
  k8sConfig,
  jobsDir,
  enableApply: true,
  enableAlerts: true,
  guard: { allowLive: false, forbidLive: true, protectedContexts: [], allowInsecure: false },
  strictHealth: false,
  wait: { timeoutMs: 120_000 },
  eventsLimit: 20,
  historyLimit: 20,
  repeatIntervalMs: 4 * 3_600_000,
  alertTimeoutMs: 5000,
  openCluster: async () => (cluster = await openCluster({ env: process.env, homedir: homedir() })),
  openHistory: async () => ({
    store: await openStore(host, history, context),
    ledger: await openStore(host, ledgerLocation(history), context),
  }),
  openChannels: async () => ({
    channels: [{ name: 'console', notifier: await loadNotifier(host, 'console', context) }],
    incomplete: false,
  }),
  onEnd: ({ number, name, status, message }) => console.log(`${number} ${name} ${status}: ${message}`),
  now: () => new Date(),
  signal,
})
cluster?.close()
console.log(`${result.mode}: ${result.appliedJobs} applied, health ${result.health?.overallHealth}`)
process.exitCode = result.exitCode
