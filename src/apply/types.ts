/** Plan → ApplyResult. */
import type { ClusterTarget } from '../cluster/types.js'

/** `exists` cannot be compared (no cluster); see `Plan.source`. */
export type PlanAction = 'create' | 'unchanged' | 'change' | 'conflict' | 'unknown'

export interface FieldChange {
  path: string
  /** Values as they may be shown: secrets are masked. */
  before: unknown
  after: unknown
  /** False where the API server never lets the field change. */
  mutable: boolean
}

export interface PlannedJob {
  name: string
  namespace: string
  file: string
  action: PlanAction
  changes: FieldChange[]
  /** What the API server's dry-run said against it, or why it was not asked. */
  message: string | null
  /** The kubectl command that would do the same. */
  kubectl: string
}

export interface Plan {
  target: ClusterTarget | null
  /** `server`: the API server's own dry-run was asked; `local`: no cluster was reachable. */
  source: 'server' | 'local'
  /** Why there was no server, for a local plan. */
  reason: string | null
  jobs: PlannedJob[]
}

export type ApplyStatus = 'SUCCESS' | 'FAILED' | 'SKIPPED'

export interface AppliedJob extends PlannedJob {
  status: ApplyStatus
  /** created, configured, unchanged; null where nothing was applied. */
  outcome: 'created' | 'configured' | 'unchanged' | null
  reason: string | null
}

export interface ApplyResult {
  mode: 'dry_run' | 'apply'
  plan: Plan
  jobs: AppliedJob[]
  summary: { total: number; successful: number; failed: number; skipped: number }
}
