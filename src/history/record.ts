/** Health → Record: one line of history, written here and checked here when it comes back. */
import type { Health, HistoryRecord, WireJobSummary } from '@arbk8s/plugin-kit'

import type { ClusterEvent, ContainerLog } from '../cluster/types.js'
import type { JobHealth, SessionHealth } from '../health/types.js'
import { durationSeconds } from '../health/wire.js'
import { selectEvents } from './events.js'
import { recordedCauses } from './evidence.js'
import { sharedLabels } from './labels.js'

/** Warning events that a record keeps at most, unless told otherwise. */
export const defaultEventsLimit = 20

/**
 * The record of a judged session, with its Warning events and the causes of the Jobs that are not OK, since clusters
 * forget them after about an hour. `logs` gives the causes their last lines (see `readEvidence`).
 */
export function toRecord(
  health: SessionHealth,
  events: ClusterEvent[] = [],
  options: { eventsLimit?: number; logs?: ContainerLog[] } = {},
): HistoryRecord {
  const causes = recordedCauses(health.jobs, options.logs ?? [])
  const count = (state: Health): number => health.jobs.filter((job) => job.health === state).length
  return {
    timestamp: health.timestamp,
    namespace: health.namespace,
    selector: health.selector,
    overall_health: health.overallHealth,
    jobs_ok: count('OK'),
    jobs_warn: count('WARN'),
    jobs_error: count('ERROR'),
    raw_snapshot: null,
    session_id: sessionOf(health),
    errors: health.errors,
    jobs: health.jobs.map((job, index) => ({
      ...jobSummary(job, health.timestamp),
      ...(causes[index] && { cause: causes[index] }),
    })),
    events: selectEvents(events, { limit: options.eventsLimit ?? defaultEventsLimit, warningsOnly: true }),
    labels: sharedLabels(health.jobs),
  }
}

function sessionOf({ jobs, selector }: SessionHealth): string | null {
  const ids = new Set(jobs.map((job) => job.labels.session_id).filter((id) => id !== undefined))
  if (ids.size === 1) return [...ids][0]!
  return /(?:^|,)\s*session_id\s*==?\s*([^,\s]+)/.exec(selector)?.[1] ?? null
}

function jobSummary(job: JobHealth, now: string): WireJobSummary {
  return {
    job_name: job.jobName,
    phase: job.phase,
    health: job.health,
    reasons: job.reasons,
    duration_seconds: durationSeconds(job, now),
    worker_id: job.workerId,
    retries: job.retries,
    uid: job.uid,
  }
}
