/** A session's Jobs. Pure: the same session and time give the same objects. */
import { buildJob } from './build-job.js'
import { ArbError } from '../base/errors.js'
import { count } from '../base/text.js'
import type { Job } from './job.js'
import { plansOf } from './layouts.js'
import { jobFileName } from './names.js'
import { sumResources } from './quantity.js'
import type { Session } from './session.js'
import { sharesOf, type Share } from './shares.js'

/** One Job of a session, and the file that it belongs in. */
export interface GeneratedJob {
  fileName: string
  job: Job
  workerId: string
}

/** All Jobs of a session, and what they add up to. */
export interface GeneratedSession {
  session: Session
  jobs: GeneratedJob[]
  /** Every worker's iterations; their sum is the session's total. */
  shares: Share[]
  warnings: string[]
  totals: {
    jobs: number
    workers: number
    iterations: number
    /** Per resource, over all workers, e.g. `{cpu: '1', memory: '1Gi'}`. */
    requests: Record<string, string>
  }
}

/** Makes the Jobs of a session. `createdAt` is ISO 8601. Throws where names or placeholders cannot be used. */
export function generateJobs(session: Session, { createdAt }: { createdAt: string }): GeneratedSession {
  const shares = sharesOf(session.totalIterations, session.workers, session.layout === 'indexed' ? 0 : 1)
  const jobs = plansOf(session, shares, createdAt).map((plan, index) => ({
    fileName: jobFileName(index, plan.name),
    job: buildJob(session, plan),
    workerId: plan.workerId,
  }))
  refuseEqualNames(jobs)
  const requests = session.resources?.requests ?? {}
  return {
    session,
    jobs,
    shares,
    warnings: warningsOf(session, shares),
    totals: {
      jobs: jobs.length,
      workers: shares.length,
      iterations: session.totalIterations,
      requests: sumResources([{ resources: requests, times: shares.length }]),
    },
  }
}

function refuseEqualNames(jobs: GeneratedJob[]): void {
  const seen = new Set<string>()
  for (const { job } of jobs) {
    const { name } = job.metadata
    if (seen.has(name)) {
      throw new ArbError({
        code: 'ARB_SESSION_INVALID',
        message: `two workers would both be the Job "${name}"`,
        hints: ['Change session_id or name_prefix so that their names differ.'],
      })
    }
    seen.add(name)
  }
}

function warningsOf(session: Session, shares: Share[]): string[] {
  const warnings: string[] = []
  const idle = session.workers - shares.length
  if (idle > 0) {
    const names = idle === 1 ? `worker-${session.workers}` : `worker-${shares.length + 1} to worker-${session.workers}`
    warnings.push(
      `${session.workers} workers are more than the ${count(session.totalIterations, 'iteration')}: ${names} would have none and ${idle === 1 ? 'gets' : 'get'} no Job`,
    )
  }
  for (const name of ['SESSION_ID', 'WORKER_ID', 'JOB_COMPLETION_INDEX', 'TOTAL_ITERATIONS', 'WORKERS']) {
    if (Object.hasOwn(session.extraEnv, name) && setByUs(name, session))
      warnings.push(`extra_env.${name} replaces the value that tells a worker what it is`)
  }
  if (session.queue && !session.resources?.requests)
    warnings.push('queue is set without resources.requests; Kueue admits Jobs by their requests')
  return warnings
}

function setByUs(name: string, session: Session): boolean {
  return session.layout === 'indexed' || name === 'SESSION_ID' || name === 'WORKER_ID'
}
