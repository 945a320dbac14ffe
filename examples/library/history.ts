/** Appends a session's health to a history, reads the newest records back and sums them up. */
import { homedir } from 'node:os'

import {
  appendRecord,
  collectRecords,
  judgeSnapshot,
  loadPluginHost,
  openCluster,
  openStore,
  pluginContext,
  summarise,
  takeSnapshot,
  toRecord,
} from 'arbk8s'

const [location = 'history.jsonl', namespace = 'default', selector = 'app=arbitrage-tuning'] = process.argv.slice(2)

// The same plugins as the CLI's: a path is JSONL, `s3://…` would be the store plugin of that scheme.
const { signal } = new AbortController()
const store = await openStore(await loadPluginHost(), location, pluginContext({ signal }))
const { reader, close } = await openCluster({ env: process.env, homedir: homedir() })
try {
  const now = (): Date => new Date()
  const snapshot = await takeSnapshot(reader, { namespace, selector, maxLogLines: 0, eventsLimit: Infinity, now })
  await appendRecord(store, toRecord(judgeSnapshot(snapshot), snapshot.events))

  const { records, damage } = await collectRecords(store, { namespace, selector, limit: 20 })
  const { total, counts, last } = summarise(records)
  console.log(`${total} records: OK ${counts.OK}, WARN ${counts.WARN}, ERROR ${counts.ERROR}; ${damage.count} damaged`)
  console.log(`last: ${last?.overall_health}, ${last?.jobs_ok} OK, ${last?.jobs_error} ERROR`)
} finally {
  close()
  await store.close?.()
}
