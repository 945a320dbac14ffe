/**
 * One Job to the API server. Server-side apply by name makes one object however often it is sent, so an answer that
 * leaves a doubt (a reset, a timeout, a 5xx, a page that is not JSON) is settled by looking at the object, then by sending
 * again.
 */
import { ArbError, messageOf } from '../base/errors.js'
import { sleep } from '../base/wait.js'
import { clusterDetails } from '../cluster/cluster-error.js'
import { backOff } from '../cluster/retry.js'
import type { Reader, Writer } from '../cluster/types.js'
import type { Job } from '../session/job.js'
import { compareJobs } from './compare.js'
import { deletingError, isDeleting } from './deleting.js'
import type { AppliedJob, PlannedJob } from './types.js'

export interface SendOptions {
  writer: Writer
  reader: Reader
  force?: boolean | undefined
  settleMs?: number | undefined
  signal?: AbortSignal | undefined
}

type Outcome = NonNullable<AppliedJob['outcome']>

const standardSettleMs = 60_000
/** Odd answers and resets in a row after which it is not the moment's trouble. */
const maxDoubts = 5

/** Sends until the object is there as wanted, or the server refuses it. Throws the refusal, or an error that says what is not known. */
export async function sendJob(job: Job, planned: PlannedJob, options: SendOptions): Promise<Outcome> {
  const { writer, signal, force } = options
  const ends = performance.now() + (options.settleMs ?? standardSettleMs)
  for (let tries = 1; ; tries++) {
    try {
      const { job: stored, created } = await writer.applyJob(job, { signal, force })
      // The server takes an apply to an object that is on its way out, and answers 200.
      if (isDeleting(stored)) throw deletingError(job.metadata.name)
      // A second try that finds the object finds what the first one made.
      return created || tries > 1 ? doneOutcome(planned) : foundOutcome(planned)
    } catch (error) {
      if (signal?.aborted) throw interrupted(signal.reason)
      const state = await stateAfter(error, job, options)
      if (state === 'stored') return doneOutcome(planned)
      if (state === 'deleting') throw deletingError(job.metadata.name)
      const wait = waitFor(error, tries, state)
      if (wait === undefined || performance.now() + wait > ends) throw undecided(error, state)
      await sleep(wait, signal).catch(() => {
        throw interrupted(signal?.reason)
      })
    }
  }
}

/** What was made of a Job that is now there as wanted. */
function doneOutcome(planned: PlannedJob): Outcome {
  return planned.uid === null ? 'created' : foundOutcome(planned)
}

/** What was made of a Job that was there when it was sent. One that the plan did not know was made by somebody else meanwhile. */
function foundOutcome({ action }: PlannedJob): Outcome {
  return action === 'change' ? 'configured' : 'unchanged'
}

/** How the object stands after a failed try. Throws the failure where it is the server's last word. */
async function stateAfter(error: unknown, job: Job, options: SendOptions): Promise<Look> {
  const { ambiguous = false, retryable = false } = clusterDetails(error)
  if (!ambiguous && !retryable) throw error
  return ambiguous ? look(job, options) : 'absent'
}

type Look = 'stored' | 'absent' | 'deleting' | 'different' | 'unknown'

/** Whether the object is there as it was sent. */
async function look(job: Job, { reader, signal }: SendOptions): Promise<Look> {
  try {
    const found = await reader.getJob(job.metadata.namespace ?? '', job.metadata.name, { signal })
    if (!found) return 'absent'
    if (isDeleting(found)) return 'deleting'
    return compareJobs(found, job, { extras: false }).length === 0 ? 'stored' : 'different'
  } catch (error) {
    if (signal?.aborted) throw interrupted(signal.reason)
    if (error instanceof ArbError) return 'unknown'
    throw error
  }
}

/** A cluster that does not even answer the question is not asked for long: the reader has tried often already. */
function waitFor(error: unknown, tries: number, state: Look): number | undefined {
  if (tries >= (state === 'unknown' ? 2 : maxDoubts) && clusterDetails(error).status !== 429) return undefined
  return backOff(error, tries) ?? (clusterDetails(error).ambiguous ? 200 * tries : undefined)
}

const unknownWords = 'whether it was made is not known; run the same command again, it makes nothing twice'

function undecided(error: unknown, state: Look): unknown {
  if (state === 'absent' || !(error instanceof ArbError)) return error
  const words = state === 'unknown' ? unknownWords : 'the Job that is there differs from the manifest'
  return new ArbError({
    code: error.code,
    message: `${messageOf(error)}; ${words}`,
    hints: error.hints,
    details: error.details,
    cause: error,
  })
}

function interrupted(reason: unknown): ArbError {
  return new ArbError({
    code: 'ARB_INTERRUPTED',
    message: `interrupted while it was being sent: ${unknownWords}`,
    cause: reason,
  })
}
