/** Snapshot → Health: plain data. */
import type { Health } from '@arbk8s/plugin-kit'

export type { Health }
export type Phase = 'SUCCEEDED' | 'FAILED' | 'RUNNING' | 'PENDING' | 'UNKNOWN'

/** Classes of trouble; each has its own budget before it turns ERROR. */
export type TroubleClass =
  | 'permanent'
  | 'image'
  | 'config'
  | 'capacity'
  | 'quota'
  | 'crash'
  | 'memory'
  | 'disruption'
  | 'deadline'
  | 'node'
  | 'queue'
  | 'transient'

/** Why a Job is not simply fine, worked out from its pods and events. */
export interface Cause {
  class: TroubleClass
  /** Kubernetes' own word, e.g. `ImagePullBackOff`, `FailedCreate`. */
  reason: string
  message: string
  pod: string | null
  container: string | null
  exitCode: number | null
  signal: number | null
  /** When the trouble was first seen, RFC 3339, or null. */
  since: string | null
  /** What to do, in one line. */
  fix: string
}

export interface JobHealth {
  jobName: string
  namespace: string
  uid: string | null
  workerId: string | null
  phase: Phase
  health: Health
  /** Codes: `pending`, `job_failed`, `unknown_phase`, `retried`, `suspended`, and causes. */
  reasons: string[]
  cause: Cause | null
  succeeded: number
  failed: number
  active: number
  completions: number
  startTime: string | null
  endTime: string | null
  labels: Record<string, string>
}

export interface SessionHealth {
  namespace: string
  selector: string
  overallHealth: Health
  /** Why overall is not OK where no single Job says it: `no_jobs`, `read_errors`. */
  reasons: string[]
  /** RFC 3339, UTC. */
  timestamp: string
  jobs: JobHealth[]
  errors: string[]
}
