/** An ApplyResult in the wire's snake_case. */
import type { Finding } from '../manifests/finding.js'
import type { ValidationResult } from '../manifests/validate.js'
import type { AppliedJob, ApplyResult, ApplyStatus, PlanAction } from './types.js'

/** What --json prints. */
export interface WireApplyResult {
  mode: 'dry_run' | 'apply'
  target: {
    context: string | null
    cluster: string | null
    user: string | null
    server: string
    insecure: boolean
  } | null
  source: 'server' | 'live' | 'local'
  source_reason: string | null
  interrupted: boolean
  summary: { total: number; successful: number; failed: number; skipped: number }
  jobs: WireAppliedJob[]
  /** What validation found; with an error among them nothing was planned or sent. */
  findings: Finding[]
}

/** One Job: what would be done to it, or was. */
export interface WireAppliedJob {
  name: string
  namespace: string
  file: string
  status: ApplyStatus
  action: PlanAction
  outcome: AppliedJob['outcome']
  refused: boolean
  message: string | null
  reason: string | null
  changes: { path: string; before: unknown; after: unknown; mutable: boolean }[]
  kubectl: string
  digest: string
}

/** The result as --json prints it. */
export function applyResultToWire(
  { mode, plan, jobs, summary, interrupted }: ApplyResult,
  findings: Finding[],
): WireApplyResult {
  const { target } = plan
  return {
    mode,
    target: target && {
      context: target.context,
      cluster: target.cluster,
      user: target.user,
      server: target.server,
      insecure: target.insecure,
    },
    source: plan.source,
    source_reason: plan.reason,
    interrupted,
    summary,
    jobs: jobs.map((job) => ({
      name: job.name,
      namespace: job.namespace,
      file: job.file,
      status: job.status,
      action: job.action,
      outcome: job.outcome,
      refused: job.refused,
      message: job.message,
      reason: job.reason,
      changes: job.changes.map((change) => ({ ...change, before: change.before ?? null, after: change.after ?? null })),
      kubectl: job.kubectl,
      digest: job.digest,
    })),
    findings,
  }
}

/** What --json prints where manifests are invalid: nothing was planned. */
export function invalidToWire({ summary, findings }: ValidationResult, apply: boolean): WireApplyResult {
  return {
    mode: apply ? 'apply' : 'dry_run',
    target: null,
    source: 'local',
    source_reason: 'manifests are not valid',
    interrupted: false,
    summary: { total: summary.total, successful: 0, failed: summary.invalid, skipped: summary.valid },
    jobs: [],
    findings: findings.filter((finding) => finding.severity === 'error'),
  }
}
