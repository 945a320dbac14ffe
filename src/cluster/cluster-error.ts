/** An ArbError about the cluster, with the particulars that decide what to do next. */
import { ArbError, type ErrorCode } from '../base/errors.js'
import { cleanLine } from '../base/text.js'

/** What a request is about, for messages and for the right that is missing. */
export interface Subject {
  verb: string
  group: string
  resource: string
  subresource?: string
  namespace?: string
  name?: string
}

/** Particulars that a ClusterError carries for the code that decides what to do next. */
export interface ClusterDetails extends Record<string, unknown> {
  server: string
  /** HTTP status, where there was an answer. */
  status?: number
  /** The Status object's reason, e.g. `Invalid`. */
  reason?: string
  /** True where a write may have been done although no proper answer came. */
  ambiguous?: boolean
  /** Another try may succeed. */
  retryable?: boolean
  retry_after_ms?: number
  /** Fields that the server objects to. */
  fields?: string[]
}

/** `jobs.batch`, `pods/log`. */
export function resourceName({ group, resource, subresource }: Subject): string {
  return `${resource}${subresource ? `/${subresource}` : ''}${group ? `.${group}` : ''}`
}

/** `list jobs.batch in the namespace "x"`. */
export function describe(subject: Subject): string {
  const object = subject.name ? ` "${subject.name}"` : ''
  const where = subject.namespace ? ` in the namespace "${subject.namespace}"` : ''
  return `${subject.verb} ${resourceName(subject)}${object}${where}`
}

/** What an error may say beside its message. */
export interface Rest {
  server: URL
  hints?: string[]
  details?: Partial<ClusterDetails>
  cause?: unknown
}

/** An error that names its server. */
export function clusterError(
  code: ErrorCode,
  message: string,
  { server, hints = [], details = {}, cause }: Rest,
): ArbError {
  return new ArbError({ code, message, hints, details: { server: server.host, ...details }, cause })
}

/** The details of an error that came from here. */
export function clusterDetails(error: unknown): Partial<ClusterDetails> {
  return error instanceof ArbError ? (error.details as Partial<ClusterDetails>) : {}
}

/** The error for a namespace that is not there. */
export function namespaceMissing(namespace: string, server: string): ArbError {
  return new ArbError({
    code: 'ARB_NAMESPACE_NOT_FOUND',
    message: `the namespace "${cleanLine(namespace)}" does not exist in the cluster at ${server}`,
    hints: [`Make it with \`kubectl create namespace ${cleanLine(namespace)}\`, or give another with -n.`],
    details: { namespace, server },
  })
}
