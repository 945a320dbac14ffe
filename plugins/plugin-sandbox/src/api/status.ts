/** Status objects: the form in which an API server answers with an error. */
import type { JsonObject } from '../store/objects.js'

export interface Cause {
  reason: string
  message: string
  field: string
}

export interface StatusDetails {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: Cause[]
  retryAfterSeconds?: number
}

/** An answer that is a failed Status; thrown anywhere while a request is served. */
export class StatusError extends Error {
  /** The Status's own list metadata, which carries a token after an expired page. */
  listMeta: JsonObject = {}

  constructor(
    readonly code: number,
    readonly reason: string | undefined,
    message: string,
    readonly details?: StatusDetails,
  ) {
    super(message)
  }

  /** The Status object, fields in the server's order. */
  body(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.listMeta,
      status: 'Failure',
      message: this.message,
      ...(this.reason ? { reason: this.reason } : {}),
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    }
  }
}

/** What errors name: `jobs.batch "x"` and `Job.batch "x"`. */
export interface Named {
  group: string
  plural: string
  kind: string
}

const qualified = (word: string, group: string) => (group ? `${word}.${group}` : word)

function detailsOf(named: Named, name: string, word: string): StatusDetails {
  return { ...(name ? { name } : {}), ...(named.group ? { group: named.group } : {}), kind: word }
}

export function notFound(named: Named, name: string): StatusError {
  const message = `${qualified(named.plural, named.group)} "${name}" not found`
  return new StatusError(404, 'NotFound', message, detailsOf(named, name, named.plural))
}

export function alreadyExists(named: Named, name: string): StatusError {
  const message = `${qualified(named.plural, named.group)} "${name}" already exists`
  return new StatusError(409, 'AlreadyExists', message, detailsOf(named, name, named.plural))
}

export function conflict(named: Named, name: string, why = modified): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(named.plural, named.group)} "${name}": ${why}`
  return new StatusError(409, 'Conflict', message, detailsOf(named, name, named.plural))
}

const modified = 'the object has been modified; please apply your changes to the latest version and try again'

/** 422 with one cause per problem; the message lists them as the server does. */
export function invalid(named: Pick<Named, 'group' | 'kind'>, name: string, causes: Cause[]): StatusError {
  const lines = causes.map((cause) => `${cause.field}: ${cause.message}`)
  const list = lines.length === 1 ? lines[0]! : `[${lines.join(', ')}]`
  return new StatusError(422, 'Invalid', `${qualified(named.kind, named.group)} "${name}" is invalid: ${list}`, {
    ...(name ? { name } : {}),
    ...(named.group ? { group: named.group } : {}),
    kind: named.kind,
    causes,
  })
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message)
}

export function forbidden(named: Named, name: string, why: string, causes?: Cause[]): StatusError {
  const message = `${qualified(named.plural, named.group)} "${name}" is forbidden: ${why}`
  return new StatusError(403, 'Forbidden', message, {
    ...detailsOf(named, name, named.plural),
    ...(causes ? { causes } : {}),
  })
}

export const unauthorized = () => new StatusError(401, 'Unauthorized', 'Unauthorized')

export const noSuchResource = () =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})

export const methodNotAllowed = () =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

/** 410 for a watch or a list from a revision that is no longer kept. */
export function expired(message: string, listMeta: JsonObject = {}): StatusError {
  return Object.assign(new StatusError(410, 'Expired', message), { listMeta })
}

// The kinds of cause, in the server's words.

export const valueText = (value: unknown) =>
  typeof value === 'string' ? JSON.stringify(value) : JSON.stringify(value ?? null)

export const invalidValue = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${valueText(value)}: ${why}`,
  field,
})

export const required = (field: string, why = ''): Cause => ({
  reason: 'FieldValueRequired',
  message: why ? `Required value: ${why}` : 'Required value',
  field,
})

export const unsupported = (field: string, value: unknown, supported: string[]): Cause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${valueText(value)}: supported values: ${supported.map((text) => JSON.stringify(text)).join(', ')}`,
  field,
})

export const forbiddenField = (field: string, why: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
})

export const duplicate = (field: string, value: unknown): Cause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${valueText(value)}`,
  field,
})

export const tooLong = (field: string, max: number): Cause => ({
  reason: 'FieldValueTooLong',
  message: `Too long: must have at most ${max} bytes`,
  field,
})
