/** The API server's Status objects, read defensively, and their messages in one short line. */
import { isRecord } from '../base/json.js'
import { cleanLine, shorten } from '../base/text.js'
import type { Subject } from './cluster-error.js'

/** The parts of a Status that are used; empty text where one is not there. */
export interface StatusObject {
  message: string
  reason: string
  kind: string
  name: string
  causes: { field: string; message: string; reason: string }[]
  retryAfterMs: number | undefined
}
/** The field manager that a conflict names, in quotes. */
export function manager(message: string): string {
  return cleanLine(/conflict with ("[^"]*")/.exec(message)?.[1] ?? message)
}

/** The fields that the server objects to, each with its reason. */
export function causesText(body: StatusObject, subject: Subject): string {
  if (body.causes.length === 0) return shortReason(body.message, subject)
  return body.causes.map((cause) => `${cause.field ? `${cause.field}: ` : ''}${withoutDump(cause.message)}`).join('; ')
}

/** A message without the object it begins with and without a dump of the value. */
export function shortReason(said: string, subject: Subject): string {
  const kind = /^\S+ "[^"]*" is (?:invalid|forbidden): /.exec(said)
  const own = new RegExp(`^${subject.resource}\\S* "[^"]*" is (?:invalid|forbidden): `).exec(said)
  return shorten(withoutDump(said.slice((own ?? kind)?.[0].length ?? 0)), 300)
}

/** Without the Go dump of the whole value: `Invalid value: core.PodTemplateSpec{…}: field is immutable`. */
function withoutDump(message: string): string {
  const text = cleanLine(message)
  const start = text.search(/Invalid value: \S*\{/)
  const end = text.lastIndexOf('}: ')
  return start >= 0 && end > start ? `${text.slice(0, start)}${text.slice(end + 3)}` : text
}

/** The Status of a body, or undefined where it is not one. */
export function parseStatus(text: string): StatusObject | undefined {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(body) || body.kind !== 'Status') return undefined
  const details = isRecord(body.details) ? body.details : {}
  const causes = Array.isArray(details.causes) ? details.causes.filter(isRecord) : []
  return {
    message: asText(body.message),
    reason: asText(body.reason),
    kind: asText(details.kind),
    name: asText(details.name),
    causes: causes.slice(0, 50).map((cause) => ({
      field: cleanLine(asText(cause.field)),
      message: asText(cause.message),
      reason: asText(cause.reason),
    })),
    retryAfterMs:
      typeof details.retryAfterSeconds === 'number' ? retryAfterMs(String(details.retryAfterSeconds)) : undefined,
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

const longestRetryAfterMs = 60_000

/** Milliseconds of a Retry-After header (seconds or a date), at most a minute; undefined for nonsense. */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : /[A-Za-z]/.test(text) ? Date.parse(text) - now : Number.NaN
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestRetryAfterMs)
}
