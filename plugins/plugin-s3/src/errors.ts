/** What a failed call means for the next step. */

/** What a call does, for messages and for the right that it needs. */
export interface Call {
  action: 's3:PutObject' | 's3:GetObject' | 's3:ListBucket' | 's3:DeleteObject'
  bucket: string
  /** The object's key, or the prefix that is listed. */
  key: string
}

/**
 * How to go on after a failure: `again` another try may succeed; `taken` the key exists already; `unsupported` the store
 * does not know a header that was sent; `missing` no such object; `final` nothing helps.
 */
export type Verdict = 'again' | 'taken' | 'unsupported' | 'missing' | 'final'

/** An answer that no S3 server gives. The message says what was wrong with it. */
export class JunkAnswer extends Error {
  override readonly name = 'JunkAnswer'
}

/** A redirect, which is never followed: the signed request would go to another host. */
export class Redirected extends Error {
  override readonly name = 'Redirected'
  constructor(
    readonly status: number,
    readonly region: string | undefined,
  ) {
    super('redirected')
  }
}

/** The try's own deadline. */
export class TryTimeout extends Error {
  override readonly name = 'TryTimeout'
}

/** The parts of an SDK error that are looked at. */
export interface Failure {
  name: string
  code: string
  status: number
  message: string
}

const temporaryNames = new Set([
  'SlowDown', 'RequestTimeout', 'ThrottlingException', 'Throttling', 'InternalError', 'ServiceUnavailable',
  'OperationAborted', 'ConditionalRequestConflict', 'RequestTimeTooSkewed', 'TimeoutError', 'TryTimeout', 'JunkAnswer',
]) // prettier-ignore
const networkCodes =
  /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|UND_ERR|ERR_STREAM_PREMATURE_CLOSE)/

/** The verdict about what a call threw. */
export function judge(error: unknown): Verdict {
  const failure = failureOf(error)
  const { name, status } = failure
  if (status === 412 || name === 'PreconditionFailed') return 'taken'
  if (status === 501 || name === 'NotImplemented') return 'unsupported'
  if (name === 'NoSuchKey' || (status === 404 && name === 'NotFound')) return 'missing'
  return isTemporary(failure) ? 'again' : 'final'
}

function isTemporary({ name, code, status, message }: Failure): boolean {
  if (temporaryNames.has(name) || networkCodes.test(code) || message === 'aborted') return true
  // An answer that says success and cannot be read.
  if (status >= 200 && status < 300) return true
  return [408, 409, 425, 429].includes(status) || status >= 500
}

/** Reads the SDK's error; nothing of it but these fields is used, since it holds the whole answer. */
export function failureOf(error: unknown): Failure {
  const it = error as { name?: unknown; code?: unknown; Code?: unknown; $metadata?: { httpStatusCode?: number } }
  return {
    name: typeof it.name === 'string' ? it.name : 'Error',
    code: typeof it.code === 'string' ? it.code : '',
    status: it.$metadata?.httpStatusCode ?? 0,
    message: error instanceof Error ? error.message : String(error),
  }
}
