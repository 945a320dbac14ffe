/**
 * One run of the alert stage as a process of its own, over files: `node alerts-sender.mjs OPTIONS`, with
 * `{history, channels: {NAME: URL}, shiftMs}` as JSON. Says `ready`, waits for a line on stdin, and prints its outcomes.
 */
import { once } from 'node:events'

import { ledgerLocation } from '../../dist/alerts/ledger.js'
import { sendAlerts } from '../../dist/alerts/send.js'
import { jsonlStore } from '../../plugins/plugin-jsonl/dist/store.js'

const { history, channels, shiftMs = 0 } = JSON.parse(process.argv[2])

const notifier = (url) => ({
  apiVersion: 1,
  preview: async ({ title }) => ({ destination: url, contentType: 'text/plain', body: title }),
  send: async ({ id, kind }) => {
    const { status } = await globalThis.fetch(url, { method: 'POST', body: JSON.stringify({ id, kind }) })
    return status === 200 ? { delivered: true } : { delivered: false, permanent: true, reason: `HTTP ${status}` }
  },
})

// The first request loads what it needs: the kill is meant for the moments behind that.
await globalThis.fetch(Object.values(channels).at(-1), { method: 'HEAD' })
process.stdout.write('ready\n')
await once(process.stdin, 'data')
const { outcomes } = await sendAlerts({
  namespace: 'trading-bots',
  selector: 'session_id=demo',
  store: jsonlStore(history),
  ledger: jsonlStore(ledgerLocation(history)),
  channels: Object.entries(channels).map(([name, url]) => ({ name, notifier: notifier(url) })),
  dryRun: false,
  historyLimit: 20,
  eventsLimit: 10,
  repeatIntervalMs: 86_400_000,
  timeoutMs: 1500,
  deadlineMs: 0,
  now: () => new Date(Date.now() + shiftMs),
  signal: new AbortController().signal,
})
process.stdout.write(`${JSON.stringify(outcomes.map(({ channel, status, kind }) => ({ channel, status, kind })))}\n`)
process.exit(0)
