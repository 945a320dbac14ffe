/** The API server's refusals (a status of 400 or more) as ArbErrors. */
import type { ArbError } from '../base/errors.js'
import { cleanLine, shorten } from '../base/text.js'
import {
  clusterError,
  describe,
  namespaceMissing,
  resourceName,
  type ClusterDetails,
  type Subject,
} from './cluster-error.js'
import { forbidden } from './forbidden.js'
import { oddAnswer } from './network-errors.js'
import { causesText, manager, parseStatus, retryAfterMs, type StatusObject } from './status-object.js'

export interface Refusal {
  server: URL
  subject: Subject
  status: number
  /** The body as it came. */
  text: string
  retryAfter: string | undefined
}

/** The error for an answer with a status of 400 or more. */
export function refused({ server, subject, status, text, retryAfter }: Refusal): ArbError {
  const body = parseStatus(text)
  const base: Partial<ClusterDetails> = { status, ...(body?.reason ? { reason: body.reason } : {}) }
  const said = body?.message ?? ''
  if (status === 401) return unauthorized(server, base)
  if (status === 403) return forbidden({ server, subject, said, base })
  if (status === 404) return notFound({ server, subject, body, base })
  if (status === 429 || isServerTrouble(status, said))
    return inTrouble({ server, subject, status, text, retryAfter }, body)
  if (!body) return oddAnswer(server, `status ${status} without a Status object`, status)
  return rejected({ server, subject, body, base })
}

/** An answer that another try may change. */
function inTrouble({ server, subject, status, retryAfter }: Refusal, body: StatusObject | undefined): ArbError {
  const wait = retryAfterMs(retryAfter) ?? body?.retryAfterMs
  const said = body?.message ? `: ${shorten(cleanLine(body.message), 200)}` : ''
  const hint =
    status === 429
      ? 'It has too much to do just now; try again later.'
      : 'It is in trouble, or a proxy before it is; try again later.'
  return clusterError(
    'ARB_CLUSTER_UNREACHABLE',
    `the API server at ${server.host} answers ${status} to ${describe(subject)}${said}`,
    {
      server,
      hints: [hint],
      details: {
        status,
        retryable: true,
        ambiguous: status !== 429,
        ...(body?.reason ? { reason: body.reason } : {}),
        ...(wait === undefined ? {} : { retry_after_ms: wait }),
      },
    },
  )
}

/** 5xx that may pass; a 500 in which apply names a field is the server's opinion of the object, and stays. */
function isServerTrouble(status: number, said: string): boolean {
  return (
    status >= 500 &&
    !/failed to create (manager for existing fields|typed patch object)|field not declared in schema/.test(said)
  )
}

function unauthorized(server: URL, details: Partial<ClusterDetails>): ArbError {
  return clusterError(
    'ARB_CLUSTER_UNAUTHORIZED',
    `the API server at ${server.host} does not accept the credential (401)`,
    {
      server,
      hints: ['Log in again: the token may have expired, or it is for another cluster.'],
      details,
    },
  )
}

function notFound({
  server,
  subject,
  body,
  base,
}: {
  server: URL
  subject: Subject
  body: StatusObject | undefined
  base: Partial<ClusterDetails>
}): ArbError {
  if (body?.kind === 'namespaces' && body.name) return namespaceMissing(body.name, server.host)
  if (body?.kind && body.name)
    return clusterError(
      'ARB_CLUSTER_REJECTED',
      `${body.kind} "${cleanLine(body.name)}" does not exist${subject.namespace ? ` in the namespace "${subject.namespace}"` : ''}`,
      { server, details: base },
    )
  return oddAnswer(server, `it does not know ${resourceName(subject)} (404)`, 404)
}

function rejected({
  server,
  subject,
  body,
  base,
}: {
  server: URL
  subject: Subject
  body: StatusObject
  base: Partial<ClusterDetails>
}): ArbError {
  const fields = body.causes.map((cause) => cause.field.replace(/^\./, '')).filter((field) => field !== '')
  const owners = body.causes.filter((cause) => cause.reason === 'FieldManagerConflict')
  const reason = owners.length
    ? owners.map((cause) => `${cause.field.replace(/^\./, '')} is managed by ${manager(cause.message)}`).join('; ')
    : causesText(body, subject)
  return clusterError('ARB_CLUSTER_REJECTED', `refused: ${shorten(reason, 300)}`, {
    server,
    hints: owners.length ? ['Another tool set these fields to other values; --force-conflicts takes them over.'] : [],
    details: { ...base, ...(fields.length ? { fields } : {}), ...(owners.length ? { conflict: true } : {}) },
  })
}
