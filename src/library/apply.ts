/**
 * Manifests against a cluster: the plan without a change, and the apply.
 *
 * @module apply
 */
export { applyJobs, type ApplyJobsOptions } from '../apply/apply.js'
export { liveReason, type LiveGuard, type TargetGuard } from '../apply/guards.js'
export type { KubectlTarget } from '../apply/kubectl.js'
export type * from '../apply/types.js'
export { applyReport } from '../apply/report.js'
export { applyResultToWire, type WireAppliedJob, type WireApplyResult } from '../apply/wire.js'
