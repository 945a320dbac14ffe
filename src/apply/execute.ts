/** Plan → ApplyResult: sends each Job, several at a time, and settles every answer that leaves a doubt. */
import { ArbError, messageOf } from '../base/errors.js'
import { mapBounded } from '../base/wait.js'
import type { Reader, Writer } from '../cluster/types.js'
import { deletingError } from './deleting.js'
import { checkLive, type LiveGuard } from './guards.js'
import { conflictChanges } from './plan.js'
import { sendJob } from './send-job.js'
import type { AppliedJob, ApplyResult, JobManifest, Plan, PlannedJob } from './types.js'

export interface ExecuteOptions {
  plan: Plan
  /** The manifests that the plan was made from, in its order. */
  manifests: JobManifest[]
  writer: Writer
  reader: Reader
  guard: LiveGuard
  /** Take over fields of other managers. */
  force?: boolean | undefined
  /** Jobs under way at once; default 16. */
  concurrency?: number | undefined
  /** How long one Job may be tried after answers that leave a doubt, ms; default one minute. */
  settleMs?: number | undefined
  signal?: AbortSignal | undefined
  onResult?: ((job: AppliedJob) => void) | undefined
}

/** A dry run's result: the plan, every Job skipped. */
export function dryRunResult(plan: Plan): ApplyResult {
  return resultOf(
    'dry_run',
    plan,
    plan.jobs.map((job) => skipped(job, 'dry run')),
    false,
  )
}

/**
 * Applies every Job of the plan. One that fails stops no other. Throws ARB_LIVE_REFUSED before anything is sent where a
 * Job is live and that was not allowed; after a signal, Jobs not yet begun are SKIPPED.
 */
export async function executeApply(options: ExecuteOptions): Promise<ApplyResult> {
  const { plan, manifests, guard, signal } = options
  for (const { job } of manifests) checkLive(job, guard)
  const jobs = await mapBounded(plan.jobs, options.concurrency ?? 16, async (planned, index) => {
    const applied = signal?.aborted
      ? skipped(planned, 'interrupted before it was sent')
      : await applyOne(planned, manifests[index]!, options)
    options.onResult?.(applied)
    return applied
  })
  return resultOf('apply', plan, jobs, signal?.aborted ?? false)
}

async function applyOne(planned: PlannedJob, { job }: JobManifest, options: ExecuteOptions): Promise<AppliedJob> {
  try {
    checkLive(job, options.guard)
    if (planned.deleting) throw deletingError(planned.name)
    const outcome = await sendJob(job, planned, options)
    return { ...planned, status: 'SUCCESS', outcome, reason: null }
  } catch (error) {
    return failed(planned, await explained(error, planned, job, options), error)
  }
}

function failed(planned: PlannedJob, details: Partial<PlannedJob>, error: unknown): AppliedJob {
  return { ...planned, ...details, status: 'FAILED', outcome: null, reason: reasonOf(error, details) }
}

function reasonOf(error: unknown, details: Partial<PlannedJob>): string {
  const immutable = (details.changes ?? []).filter((change) => !change.mutable).map((change) => change.path)
  const said = messageOf(error)
  return immutable.length > 0 ? `${said} (${immutable.slice(0, 3).join(', ')})` : said
}

/** For a refused change, the fields that stand in the way: the server names only the pod template as a whole. */
async function explained(
  error: unknown,
  planned: PlannedJob,
  wanted: JobManifest['job'],
  { reader, signal }: ExecuteOptions,
): Promise<Partial<PlannedJob>> {
  if (!(error instanceof ArbError) || error.details.status !== 422 || signal?.aborted) return {}
  const live = await reader.getJob(planned.namespace, planned.name, { signal }).catch(() => undefined)
  return live ? { action: 'conflict', changes: conflictChanges(wanted, live) } : {}
}

function skipped(planned: PlannedJob, reason: string): AppliedJob {
  return { ...planned, status: 'SKIPPED', outcome: null, reason }
}

function resultOf(mode: ApplyResult['mode'], plan: Plan, jobs: AppliedJob[], interrupted: boolean): ApplyResult {
  const number = (status: AppliedJob['status']): number => jobs.filter((job) => job.status === status).length
  const summary = {
    total: jobs.length,
    successful: number('SUCCESS'),
    failed: number('FAILED'),
    skipped: number('SKIPPED'),
  }
  return { mode, plan, jobs, summary, interrupted }
}
