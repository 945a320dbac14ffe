/** The apply stage as one call: guards, plan, and the sending where that was asked for. */
import type { Cluster } from '../cluster/open.js'
import { createWriter } from '../cluster/writer.js'
import { dryRunResult, executeApply } from './execute.js'
import { checkLive, checkTarget, type LiveGuard, type TargetGuard } from './guards.js'
import type { KubectlTarget } from './kubectl.js'
import { withNamespaces } from './namespaces.js'
import { planApply } from './plan.js'
import type { AppliedJob, ApplyResult, JobManifest } from './types.js'

/** What `applyJobs` works with. */
export interface ApplyJobsOptions {
  manifests: JobManifest[]
  /** Without a cluster only a local dry run is possible; `reason` says why there is none. */
  cluster?: Cluster | undefined
  reason?: string | undefined
  /** --namespace: manifests that name another one are refused. */
  namespace?: string | undefined
  /** False: a dry run, which changes nothing. */
  apply: boolean
  guard: LiveGuard & TargetGuard
  /** Take over fields that other managers set. */
  force?: boolean | undefined
  kubectl?: KubectlTarget | undefined
  /** Jobs under way at once; default 16. */
  concurrency?: number | undefined
  signal?: AbortSignal | undefined
  /** Called as soon as it is known what became of a Job. */
  onResult?: ((job: AppliedJob) => void) | undefined
}

/**
 * Plans the manifests and, where `apply` is true, applies them. Errors: ARB_USAGE (namespaces), ARB_LIVE_REFUSED,
 * ARB_CONTEXT_PROTECTED, ARB_TARGET_INSECURE, ARB_NAMESPACE_NOT_FOUND, and those of the cluster; a Job that is refused is
 * data, not an error.
 */
export async function applyJobs(options: ApplyJobsOptions): Promise<ApplyResult> {
  const { cluster, guard, signal } = options
  const fallback = options.namespace ?? cluster?.target.namespace ?? 'default'
  const manifests = withNamespaces(options.manifests, fallback, options.namespace)
  if (options.apply) {
    for (const { job } of manifests) checkLive(job, guard)
    if (cluster) checkTarget(cluster.target, guard)
  }
  const plan = await planApply({ ...options, manifests, askServer: !options.apply, tolerant: !options.apply })
  if (!options.apply || !cluster) return dryRunResult(plan)
  const { reader, transport } = cluster
  return executeApply({ ...options, plan, manifests, reader, writer: createWriter(transport), signal })
}

/** The modes that the manifests' labels name, e.g. `paper`; for the line that tells the target. */
export function modesOf(manifests: JobManifest[]): string {
  const modes = new Set(manifests.map(({ job }) => job.metadata.labels?.mode).filter((mode) => mode !== undefined))
  return [...modes].sort().join('+')
}
