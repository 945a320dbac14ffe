/** The closed list of reasons with what each means; `docs/reference/health.md` shows it and a test compares. */
import type { JobReason, SessionReason, TroubleClass } from './types.js'

/** How long each class of trouble is a WARN before it is an ERROR, in ms; Infinity: it stays a WARN. */
export type Budgets = Record<TroubleClass, number>

const minute = 60_000

/** Grace for a cause that is `likely` and not `definite`. */
export const likelyGraceMs = minute

/** The budgets in force where none are given, in ms. */
export const defaultBudgets: Budgets = {
  permanent: 0,
  image: 5 * minute,
  config: minute / 2,
  capacity: 10 * minute,
  quota: 5 * minute,
  crash: 5 * minute,
  memory: 10 * minute,
  disruption: Infinity,
  deadline: 0,
  node: 5 * minute,
  queue: Infinity,
  transient: 5 * minute,
}

/** Every reason with its meaning. */
export const reasonCatalogue: Record<JobReason | SessionReason, string> = {
  pending: 'The Job has not started, or its pods have not.',
  job_failed: 'The Job failed for good: its Failed or FailureTarget condition is true.',
  unknown_phase: 'The Job’s status contradicts itself, or its node does not answer.',
  retried: 'One or more pods failed or containers were restarted; the Job went on.',
  suspended: 'The Job is suspended, by a person or by a queue.',
  failed_indexes: 'The Job is complete and some of its indexes failed.',
  deleting: 'The Job is being deleted before it finished.',
  permanent:
    'Something that waiting cannot mend: an image name that is not valid, a command that is not in the image, a refused template.',
  image: 'An image cannot be pulled.',
  config: 'A Secret, ConfigMap or key that the pod needs is missing, or its security context cannot be met.',
  capacity: 'No node takes the pod.',
  quota: 'A quota or limit range refuses the pod.',
  crash: 'The container ends with an error.',
  memory: 'The container was killed for its use of memory.',
  disruption: 'The cluster took the pod away: eviction, preemption, drain.',
  deadline: 'The Job or a pod ran longer than its deadline.',
  node: 'The node went away, or refused the pod.',
  queue: 'The Job waits in a queue.',
  transient: 'Something that most often passes by itself, such as a volume that is not attached yet.',
  no_jobs: 'No Job matches the selector.',
  read_errors: 'Something beside the Jobs could not be read; `errors` names it.',
}
