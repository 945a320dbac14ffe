/** Decoding of an object against its type: wrong types are errors, unknown fields are dropped and named. */
import type { JsonObject } from '../store/objects.js'
import type { ListType, MapType, ObjectType, Scalar, Type } from './type.js'

/** A value of the wrong type, in the words of the server's decoder. */
export class DecodeError extends Error {}

export interface Decoded {
  value: JsonObject
  /** Paths of fields that the type does not have, e.g. `spec.template.spec.foo`. */
  unknown: string[]
}

interface Place {
  /** Fields from the root, dotted, indexes in brackets. */
  path: string
  /** `Struct.path` as Go's decoder names a field. */
  field: string
}

/** An object of this type from JSON: nulls and empty lists and maps dropped, as a typed server's own form has it. */
export function decode(type: ObjectType, input: unknown): Decoded {
  const unknown: string[] = []
  const value = decodeValue(type, input, { path: '', field: type.name }, unknown)
  return { value: (value ?? {}) as JsonObject, unknown }
}

function decodeValue(type: Type, value: unknown, place: Place, unknown: string[]): unknown {
  if (value === null || value === undefined) return undefined
  switch (type.kind) {
    case 'object':
      return decodeObject(type, value, place, unknown)
    case 'map':
      return decodeMap(type, value, place, unknown)
    case 'list':
      return decodeList(type, value, place, unknown)
    default:
      return scalars[type.kind](value, place)
  }
}

function decodeObject(type: ObjectType, value: unknown, place: Place, unknown: string[]): JsonObject {
  if (!isRecord(value)) throw wrongType(value, place, goType(type))
  const out: JsonObject = {}
  for (const [key, inner] of Object.entries(value)) {
    const path = place.path ? `${place.path}.${key}` : key
    const field = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined
    if (!field) {
      unknown.push(path)
      continue
    }
    const decoded = decodeValue(field, inner, { path, field: `${type.name}.${path}` }, unknown)
    if (decoded !== undefined && decoded !== '') out[key] = decoded
  }
  return out
}

function decodeMap(type: MapType, value: unknown, place: Place, unknown: string[]): JsonObject | undefined {
  if (!isRecord(value)) throw wrongType(value, place, goType(type))
  const entries = Object.entries(value).map(([key, inner]) => {
    const decoded = decodeValue(type.of, inner, { path: `${place.path}.${key}`, field: place.field }, unknown)
    return [key, decoded ?? ''] as const
  })
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

function decodeList(type: ListType, value: unknown, place: Place, unknown: string[]): unknown[] | undefined {
  if (!Array.isArray(value)) throw wrongType(value, place, goType(type))
  const items = value.map(
    (item, index) =>
      decodeValue(type.of, item, { path: `${place.path}[${index}]`, field: place.field }, unknown) ?? zero(type.of),
  )
  return items.length > 0 ? items : undefined
}

function zero(type: Type): unknown {
  return type.kind === 'object' ? {} : ''
}

const integers: Record<'int32' | 'int64', [number, number]> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
}

const scalars: Record<Scalar, (value: unknown, place: Place) => unknown> = {
  any: (value) => value,
  string: (value, place) => expect('string', value, place),
  bool: (value, place) => expect('bool', value, place),
  int32: (value, place) => decodeInteger('int32', value, place),
  int64: (value, place) => decodeInteger('int64', value, place),
  quantity(value) {
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new DecodeError('quantities must match the regular expression')
    return String(value)
  },
  time(value) {
    if (typeof value === 'string' && !Number.isNaN(Date.parse(value))) return value
    throw new DecodeError(`parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse`)
  },
}

function expect(kind: 'string' | 'bool', value: unknown, place: Place): unknown {
  if (typeof value !== (kind === 'bool' ? 'boolean' : kind)) throw wrongType(value, place, kind)
  return value
}

function decodeInteger(kind: 'int32' | 'int64', value: unknown, place: Place): unknown {
  const [min, max] = integers[kind]
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw wrongType(value, place, kind)
  return value
}

function wrongType(value: unknown, place: Place, wanted: string): DecodeError {
  const found = Array.isArray(value) ? 'array' : typeof value === 'number' ? `number${numberText(value)}` : typeof value
  return new DecodeError(
    `json: cannot unmarshal ${found.replace('boolean', 'bool')} into Go struct field ${place.field} of type ${wanted}`,
  )
}

function numberText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? '' : ` ${value}`
}

function goType(type: Type): string {
  if (type.kind === 'list') return `[]${goType(type.of)}`
  if (type.kind === 'map') return `map[string]${goType(type.of)}`
  return type.kind === 'object' ? `v1.${type.name}` : type.kind
}

export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
