/** Objects for the tests of health/: real ones from files, and small ones made by hand for what one cluster cannot make. */
import { readFileSync } from 'node:fs'

import { parse } from 'yaml'

import type { ClusterEvent, ContainerStatus, Pod, Snapshot } from '../../../src/cluster/types.js'
import type { Condition, Job, JobSpec, JobStatus } from '../../../src/session/job.js'

const folder = new URL('../../fixtures/health/', import.meta.url)

/** A Job of a real cluster with its pods and events, as a snapshot of the time at which it was read. */
export function fixture(name: string): Snapshot {
  const text = readFileSync(new URL(`${name}.yaml`, folder), 'utf8')
  const { taken_at, job, pods, events } = parse(text) as {
    taken_at: string
    job: Job
    pods: Pod[]
    events: ClusterEvent[]
  }
  return snapshot({ jobs: [job], pods, events, takenAt: taken_at })
}

export const now = '2026-01-01T12:00:00Z'

/** `now` less some seconds. */
export function ago(seconds: number): string {
  return new Date(Date.parse(now) - seconds * 1000).toISOString()
}

export function snapshot(parts: Partial<Snapshot>): Snapshot {
  return {
    namespace: 'trading-bots',
    selector: 'session_id=s',
    takenAt: now,
    jobs: [],
    pods: [],
    events: [],
    logs: [],
    errors: [],
    ...parts,
  }
}

export function job(
  parts: { name?: string; spec?: Partial<JobSpec>; status?: JobStatus; labels?: Record<string, string> } = {},
): Job {
  const name = parts.name ?? 'one'
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: 'trading-bots',
      uid: `uid-${name}`,
      creationTimestamp: ago(600),
      labels: parts.labels ?? {},
    },
    spec: {
      completions: 1,
      parallelism: 1,
      template: {
        spec: { containers: [{ name: 'main', image: 'team/tuning:1', resources: { limits: { memory: '1Gi' } } }] },
      },
      ...parts.spec,
    },
    status: { startTime: ago(600), ...parts.status },
  }
}

export function condition(type: string, reason = '', message = '', status = 'True'): Condition {
  return { type, status, reason, message, lastTransitionTime: ago(10) }
}

export function pod(status: NonNullable<Pod['status']>, parts: { job?: string; name?: string } = {}): Pod {
  const owner = parts.job ?? 'one'
  const name = parts.name ?? `${owner}-abcde`
  return {
    metadata: {
      name,
      namespace: 'trading-bots',
      uid: `uid-${name}`,
      creationTimestamp: ago(600),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: owner, uid: `uid-${owner}` }],
    },
    spec: { containers: [{ name: 'main' }] },
    status: { startTime: ago(600), ...status },
  }
}

/** A pod whose only container waits. */
export function waiting(reason: string, message = '', more: Partial<ContainerStatus> = {}): Pod {
  return pod({
    phase: 'Pending',
    containerStatuses: [{ name: 'main', state: { waiting: { reason, message } }, ...more }],
  })
}

/** A failed pod whose only container ended. */
export function ended(exitCode: number, reason = 'Error', more: { message?: string; name?: string } = {}): Pod {
  const terminated = { exitCode, reason, finishedAt: ago(60), ...(more.message ? { message: more.message } : {}) }
  return pod(
    { phase: 'Failed', containerStatuses: [{ name: 'main', state: { terminated } }] },
    more.name ? { name: more.name } : {},
  )
}

export function event(
  kind: 'Job' | 'Pod',
  reason: string,
  message: string,
  more: { first?: number; last?: number; name?: string } = {},
): ClusterEvent {
  const name = more.name ?? (kind === 'Job' ? 'one' : 'one-abcde')
  return {
    metadata: { name: `${name}.1` },
    type: 'Warning',
    reason,
    message,
    firstTimestamp: ago(more.first ?? 600),
    lastTimestamp: ago(more.last ?? 30),
    involvedObject: { kind, name, namespace: 'trading-bots', uid: `uid-${name}` },
  }
}
