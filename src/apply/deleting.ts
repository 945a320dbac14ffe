/** A Job that is being deleted still takes an apply, and is gone all the same. */
import { ArbError } from '../base/errors.js'
import type { Job } from '../session/job.js'

/** What is said of such a Job, in the plan and in the result. */
export const deletingMessage = 'the Job is being deleted; apply again when it is gone'

/** Whether the object waits for its finalizers or its pods to go. */
export function isDeleting(job: Job): boolean {
  return job.metadata.deletionTimestamp !== undefined
}

/** The error for a Job that cannot be applied because it is on its way out. */
export function deletingError(name: string): ArbError {
  return new ArbError({ code: 'ARB_CLUSTER_REJECTED', message: deletingMessage, details: { job: name } })
}
