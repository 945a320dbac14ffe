/** Names of Jobs, and of the files they are written to. */
import { ArbError } from '../base/errors.js'
import { dnsLabelProblem, maxLabelLength } from './kube-names.js'

export const defaultNamePrefix = 'arb-tuning'
/** The worker id of the one Job of the Indexed layout. */
export const indexedWorkerId = 'indexed'

export interface JobNameParts {
  prefix: string
  sessionId: string
  workerId: string
  index: number
  /** Characters that Kubernetes appends to the Job's name, e.g. `-99` for the host name of the last of 100 indexes. */
  reserve?: number
}

/**
 * `{prefix}-{first 8 characters of the session id}-{worker}-{index}`, made a valid DNS-1123 label: lower case, `_` and
 * `.` to `-`. Throws where it is too long.
 */
export function jobName({ prefix, sessionId, workerId, index, reserve = 0 }: JobNameParts): string {
  const name = `${prefix}-${sessionId.slice(0, 8)}-${workerId}-${index}`.toLowerCase().replace(/[_.]/g, '-')
  const most = maxLabelLength - reserve
  if (name.length > most) {
    throw new ArbError({
      code: 'ARB_SESSION_INVALID',
      message: `the Job name "${name}" has ${name.length} characters; at most ${most} are allowed here`,
      hints: [`Make name_prefix at least ${name.length - most} characters shorter.`],
    })
  }
  const problem = dnsLabelProblem(name)
  if (problem)
    throw new ArbError({ code: 'ARB_SESSION_INVALID', message: `the Job name "${name}" is not valid: ${problem}` })
  return name
}

/** `job-{index, two digits or more}-{job name}.yaml` */
export function jobFileName(index: number, name: string): string {
  return `job-${String(index).padStart(2, '0')}-${name}.yaml`
}
