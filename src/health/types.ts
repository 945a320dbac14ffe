/** Snapshot → Health: plain data. */
import type { Health } from '@arbk8s/plugin-kit'

export type { Health }
/** Where a Job is on its way, by its conditions and completions. */
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

/**
 * How sure it is that waiting does not help. `definite`: ERROR at once. `likely`: a minute of grace. `possible`: the
 * budget of the class.
 */
export type Certainty = 'definite' | 'likely' | 'possible'

/** Why a Job is not simply fine, worked out from its pods and events. */
export interface Cause {
  class: TroubleClass
  certainty: Certainty
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

/** Codes of a Job; the classes stand for its cause. `reasonCatalogue` says what each means. */
export type JobReason =
  'pending' | 'job_failed' | 'unknown_phase' | 'retried' | 'suspended' | 'failed_indexes' | 'deleting' | TroubleClass
/** Codes of the session as a whole. */
export type SessionReason = 'no_jobs' | 'read_errors'

/** How one Job stands, and why. */
export interface JobHealth {
  jobName: string
  namespace: string
  uid: string | null
  workerId: string | null
  phase: Phase
  health: Health
  reasons: JobReason[]
  cause: Cause | null
  /** The Job condition that decided the phase, with Kubernetes' own reason, e.g. `BackoffLimitExceeded`. */
  condition: { type: string; reason: string; message: string; since: string | null } | null
  /** Failed pods and restarts of containers after which the Job went on; the last failure of a failed Job is its end. */
  retries: number
  succeeded: number
  failed: number
  active: number
  /** Pods that must succeed; 1 where the Job does not say. */
  completions: number
  startTime: string | null
  /** End of a succeeded or failed Job, RFC 3339. */
  endTime: string | null
  labels: Record<string, string>
}

/** How a session stands: each Job, and all of them together. */
export interface SessionHealth {
  namespace: string
  selector: string
  overallHealth: Health
  /** Why overall is not OK where no single Job says it. */
  reasons: SessionReason[]
  /** RFC 3339, UTC. */
  timestamp: string
  jobs: JobHealth[]
  errors: string[]
}
