/** The guard's own program: reads `+PID` and `-PID` lines, and on the end of input ends the groups that are left. */
import { createInterface } from 'node:readline'

import { signalGroup } from './process.js'

const graceMs = 2000
const groups = new Set<number>()

// Signals that stop the sandbox may reach the guard too; it ends with its input, not before.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const pid = Number(line.slice(1))
    if (!Number.isInteger(pid) || pid <= 1) return
    if (line.startsWith('+')) groups.add(pid)
    else groups.delete(pid)
  })
  .on('close', () => {
    for (const pid of groups) signalGroup(pid, 'SIGTERM')
    setTimeout(
      () => {
        for (const pid of groups) signalGroup(pid, 'SIGKILL')
      },
      groups.size > 0 ? graceMs : 0,
    )
  })
