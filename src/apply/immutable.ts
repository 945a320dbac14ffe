/** Which fields of a Job the API server lets change once it is there. */
import type { Job } from '../session/job.js'
import type { Path } from './compare.js'

const mutableSpec = new Set([
  'parallelism',
  'suspend',
  'backoffLimit',
  'activeDeadlineSeconds',
  'ttlSecondsAfterFinished',
])
/** Of the pod template's spec, while the Job is suspended and has not begun. */
const mutableWhileSuspended = new Set(['nodeSelector', 'tolerations', 'affinity', 'schedulingGates'])

/** True where a change of the field is allowed; the API server has the last word. */
export function isMutable(path: Path, live: Job, wanted: Job): boolean {
  const [root, field = '', part = '', inner = ''] = path
  if (root === 'metadata') return true
  if (mutableSpec.has(field)) return true
  // An Indexed Job may grow and shrink while parallelism goes along.
  if (field === 'completions')
    return live.spec.completionMode === 'Indexed' && wanted.spec.completions === wanted.spec.parallelism
  if (field !== 'template' || !isSuspended(live)) return false
  return part === 'metadata' || (part === 'spec' && mutableWhileSuspended.has(inner))
}

function isSuspended(job: Job): boolean {
  return job.spec.suspend === true && job.status?.startTime === undefined
}
