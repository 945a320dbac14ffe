/** Waits for a session's Jobs, takes one snapshot of them and judges it. Nothing here can change the cluster. */
import { homedir } from 'node:os'

import { healthExitCode, judgeSnapshot, openCluster, takeSnapshot, waitForJobs } from 'arbk8s'

const [namespace = 'default', selector = 'app=arbitrage-tuning'] = process.argv.slice(2)

const now = (): Date => new Date()
const { signal } = new AbortController()
const { reader, close } = await openCluster({ env: process.env, homedir: homedir() })
try {
  const { end } = await waitForJobs(reader, { namespace, selector, timeoutMs: 120_000, intervalMs: 1000, now, signal })
  const snapshot = await takeSnapshot(reader, { namespace, selector, maxLogLines: 1, eventsLimit: Infinity, now })
  const health = judgeSnapshot(snapshot, { budgets: { image: 60_000 } })

  console.log(`${end}: ${health.overallHealth}`)
  for (const { jobName, workerId, phase, health: state, reasons } of health.jobs) {
    const log = snapshot.logs.find(({ job }) => job === jobName)
    console.log(`${workerId} ${phase} ${state} ${reasons.join(',')} | ${log?.lines.at(-1) ?? ''}`)
  }
  process.exitCode = healthExitCode(health.overallHealth, { strict: true })
} finally {
  close()
}
