/** Jobs that were there and are not any more: deleted, or removed by their TTL. */
import type { Snapshot } from '../cluster/types.js'
import type { Job } from '../session/job.js'
import { phaseOf } from './phase.js'

/**
 * The snapshot with the Jobs that vanished, as they were last seen; `errors` names those whose end nobody saw. A Job that
 * was made anew under the same name stands for the old one.
 */
export function withVanished(snapshot: Snapshot, seen: Iterable<Job>): Snapshot {
  const names = new Set(snapshot.jobs.map((job) => job.metadata.name))
  const vanished = [...seen].filter((job) => !names.has(job.metadata.name))
  if (vanished.length === 0) return snapshot
  const errors = vanished
    .map((job) => ({ name: job.metadata.name, phase: phaseOf(job, []).phase }))
    .filter(({ phase }) => phase !== 'SUCCEEDED' && phase !== 'FAILED')
    .map(({ name, phase }) => `Job ${name} is gone before its end was seen; it was last ${phase}`)
  return { ...snapshot, jobs: [...snapshot.jobs, ...vanished], errors: [...snapshot.errors, ...errors] }
}

/** True for a Job that succeeded or failed for good, by what its own status says. */
export function isOver(job: Job): boolean {
  const { phase } = phaseOf(job, [])
  return phase === 'SUCCEEDED' || phase === 'FAILED'
}
