/** Manifests → Plan → ApplyResult. */
import type { ClusterTarget } from '../cluster/types.js'
import type { Job } from '../session/job.js'

/** A Job with the file that it stands in (`-`: stdin). */
export interface JobManifest {
  file: string
  job: Job
}

/** `unknown`: it could not be compared with the cluster; see `Plan.reason`. */
export type PlanAction = 'create' | 'unchanged' | 'change' | 'conflict' | 'unknown'

/** One field of a Job that an apply would set to another value. */
export interface FieldChange {
  /** E.g. `spec.template.spec.containers[worker].env[SEED].value`: list entries by their name where they have one. */
  path: string
  /** Values as they may be shown: secrets are masked. Undefined: not set. */
  before: unknown
  after: unknown
  /** False where the API server never lets the field change. */
  mutable: boolean
}

/** What an apply would do to one Job. */
export interface PlannedJob {
  name: string
  namespace: string
  file: string
  action: PlanAction
  changes: FieldChange[]
  /** True where the API server's dry-run refused the Job; `message` says why. */
  refused: boolean
  /** What the API server said, or what else is to be known. */
  message: string | null
  /** The kubectl command that would do the same. */
  kubectl: string
  /** sha256 of the object in canonical JSON, `sha256:…`. */
  digest: string
  /** Of the Job that is there; null where there is none or it is not known. */
  uid: string | null
  /** True where the Job that is there is being deleted: it is not sent. */
  deleting: boolean
}

/** What an apply would do, and how that is known. */
export interface Plan {
  target: ClusterTarget | null
  /**
   * `server`: the API server's own dry-run was asked for every Job; `live`: compared here with the Jobs that are there;
   * `local`: no cluster was asked.
   */
  source: 'server' | 'live' | 'local'
  /** Why the server's dry-run was not asked, where it was wanted. */
  reason: string | null
  jobs: PlannedJob[]
}

/** `SKIPPED`: a dry run, or never sent. */
export type ApplyStatus = 'SUCCESS' | 'FAILED' | 'SKIPPED'

/** What became of one Job. */
export interface AppliedJob extends PlannedJob {
  status: ApplyStatus
  /** created, configured, unchanged; null where nothing was applied. */
  outcome: 'created' | 'configured' | 'unchanged' | null
  /** Why it failed or was skipped. */
  reason: string | null
}

/** What `applyJobs` did, or would do. */
export interface ApplyResult {
  mode: 'dry_run' | 'apply'
  plan: Plan
  jobs: AppliedJob[]
  summary: { total: number; successful: number; failed: number; skipped: number }
  /** True where a signal came before every Job had been sent. */
  interrupted: boolean
}
