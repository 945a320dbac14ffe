/** Manifests → Plan: what an apply would do to each Job, by the API server's dry-run where there is one to ask. */
import { ArbError } from '../base/errors.js'
import { mapBounded } from '../base/wait.js'
import { clusterDetails } from '../cluster/cluster-error.js'
import { requireNamespace } from '../cluster/namespace.js'
import type { ClusterTarget, DryRunner, Reader } from '../cluster/types.js'
import type { Job } from '../session/job.js'
import { compareJobs } from './compare.js'
import { deletingMessage, isDeleting } from './deleting.js'
import { digestOf } from './digest.js'
import { kubectlApply, type KubectlTarget } from './kubectl.js'
import type { FieldChange, JobManifest, Plan, PlanAction, PlannedJob } from './types.js'

export interface PlanOptions {
  /** With their namespaces set (`withNamespaces`). */
  manifests: JobManifest[]
  /** Without a cluster the plan is local, and `reason` says why. */
  cluster?: { target: ClusterTarget; reader: Reader; dryRunner: DryRunner } | undefined
  reason?: string | undefined
  /** Ask the API server's dry-run; without it the Jobs that are there are compared here. */
  askServer: boolean
  /** A cluster that does not answer, or does not let this user look, makes a local plan instead of an error. */
  tolerant: boolean
  /** Take over fields of other managers, as the apply would. */
  force?: boolean | undefined
  kubectl?: KubectlTarget | undefined
  /** Jobs looked at at once; default 16. */
  concurrency?: number | undefined
  signal?: AbortSignal | undefined
}

/** Errors that mean "no cluster to ask", not "something is wrong with the request". */
const noCluster = new Set(['ARB_CLUSTER_UNREACHABLE', 'ARB_CLUSTER_FORBIDDEN'])

/** The plan. Errors: those of the cluster; ARB_NAMESPACE_NOT_FOUND. */
export async function planApply(options: PlanOptions): Promise<Plan> {
  if (!options.cluster) return localPlan(options, options.reason ?? 'no cluster was asked')
  try {
    return await clusterPlan(options, options.cluster)
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason
    if (!options.tolerant || !(error instanceof ArbError) || !noCluster.has(error.code)) throw error
    return localPlan(options, error.message)
  }
}

function localPlan(options: PlanOptions, reason: string): Plan {
  const jobs = options.manifests.map((manifest) => planned(manifest, options, { action: 'unknown' }))
  return { target: options.cluster?.target ?? null, source: 'local', reason, jobs }
}

async function clusterPlan(options: PlanOptions, cluster: NonNullable<PlanOptions['cluster']>): Promise<Plan> {
  const { manifests, signal, askServer } = options
  const { reader, target } = cluster
  const namespaces = new Set(manifests.map(({ job }) => job.metadata.namespace ?? target.namespace))
  for (const namespace of namespaces) await requireNamespace(reader, namespace, { signal })
  // Asked once: a user who may not apply is told so once, not for every Job.
  const asking: Asking = { unasked: null }
  const jobs = await mapBounded(manifests, options.concurrency ?? 16, async (manifest) => {
    const { namespace = target.namespace, name } = manifest.job.metadata
    const live = await reader.getJob(namespace, name, { signal })
    const local = compareHere(manifest.job, live)
    const verdict = askServer ? await askDryRun(manifest.job, live, { options, cluster, local, asking }) : local
    return planned(manifest, options, { ...verdict, uid: live?.metadata.uid ?? null })
  })
  const asked = askServer && asking.unasked === null
  return { target, source: asked ? 'server' : 'live', reason: asking.unasked, jobs }
}

/** Why the dry-run cannot be asked, once that is known. */
interface Asking {
  unasked: string | null
}

interface Verdict {
  action: PlanAction
  changes?: FieldChange[]
  refused?: boolean
  message?: string | null
  uid?: string | null
  deleting?: boolean
}

function planned({ file, job }: JobManifest, options: PlanOptions, verdict: Verdict): PlannedJob {
  const { name, namespace = 'default' } = job.metadata
  const { action, changes = [], refused = false, message = null, uid = null, deleting = false } = verdict
  const kubectl = kubectlApply(file, namespace, options.kubectl)
  return { name, namespace, file, action, changes, refused, message, kubectl, digest: digestOf(job), uid, deleting }
}

/** What can be told from the Job that is there. */
export function compareHere(wanted: Job, live: Job | undefined): Verdict {
  if (!live) return { action: 'create' }
  if (isDeleting(live)) return { action: 'conflict', message: deletingMessage, deleting: true }
  const changes = compareJobs(live, wanted, { extras: false })
  if (changes.length === 0) return { action: 'unchanged', message: endOf(live) }
  if (changes.every((change) => change.mutable)) return { action: 'change', changes }
  return { action: 'conflict', changes, message: immutableMessage(changes) }
}

function immutableMessage(changes: FieldChange[]): string {
  const fields = changes.filter((change) => !change.mutable).map((change) => change.path)
  const more = fields.length > 3 ? ` and ${fields.length - 3} more` : ''
  return `cannot be changed in a Job that is there: ${fields.slice(0, 3).join(', ')}${more}; use a new session id`
}

/** A Job that has ended is not run again by an apply; that should be seen. */
function endOf(live: Job): string | null {
  const end = live.status?.conditions?.find(
    ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
  )
  return end ? `it has ended already (${end.type}) and is not run again` : null
}

interface AskContext {
  options: PlanOptions
  cluster: NonNullable<PlanOptions['cluster']>
  local: Verdict
  asking: Asking
}

async function askDryRun(wanted: Job, live: Job | undefined, context: AskContext): Promise<Verdict> {
  const { options, cluster, local, asking } = context
  if (asking.unasked !== null || local.deleting) return local
  try {
    const { signal, force } = options
    const { job: result } = await cluster.dryRunner.dryRunApply(wanted, { signal, force })
    if (!live) return { action: 'create', message: admissionMessage(wanted, result) }
    const changes = compareJobs(live, result, { extras: true })
    return changes.length === 0 ? { action: 'unchanged', message: endOf(live) } : { action: 'change', changes }
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason
    if (!(error instanceof ArbError)) throw error
    if (error.code === 'ARB_CLUSTER_FORBIDDEN') {
      asking.unasked = error.message
      return local
    }
    if (error.code !== 'ARB_CLUSTER_REJECTED') throw error
    return refusal(error, wanted, live)
  }
}

function refusal(error: ArbError, wanted: Job, live: Job | undefined): Verdict {
  const { status, conflict } = clusterDetails(error)
  const isConflict = live !== undefined && (status === 422 || conflict === true)
  if (!isConflict) return { action: live ? 'change' : 'create', refused: true, message: error.message }
  const changes = conflictChanges(wanted, live)
  const message = changes.some((change) => !change.mutable) ? immutableMessage(changes) : error.message
  return { action: 'conflict', changes, refused: true, message }
}

/** The fields behind a refusal. Where every field that the manifest sets is as it was, something was taken out of it. */
export function conflictChanges(wanted: Job, live: Job): FieldChange[] {
  const changes = compareJobs(live, wanted, { extras: false })
  if (changes.some((change) => !change.mutable)) return changes
  const extras = compareJobs(live, wanted, { extras: true }).filter((change) => isListEntry(change))
  return [...changes, ...extras]
}

/** Entries that a manifest may have lost; other extra fields are the server's defaults. */
function isListEntry({ path, after }: FieldChange): boolean {
  return after === undefined && /\]$|\.(args|command)$/.test(path)
}

/** Fields that admission sets to another value than the manifest. */
function admissionMessage(wanted: Job, result: Job): string | null {
  const changed = compareJobs(wanted, result, { extras: false })
    .filter((change) => change.before !== undefined)
    .map((change) => change.path)
  return changed.length === 0 ? null : `the cluster’s admission changes ${changed.slice(0, 5).join(', ')}`
}
