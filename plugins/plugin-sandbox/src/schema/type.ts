/**
 * A small description of the fields of an object: what decoding accepts, how lists merge in patches and in server-side
 * apply. One description serves field validation, strategic merge and managed fields, so that they cannot disagree.
 */

export type Scalar = 'string' | 'int32' | 'int64' | 'bool' | 'quantity' | 'time' | 'any'

export interface ScalarType {
  kind: Scalar
}

export interface ObjectType {
  kind: 'object'
  /** The Go type's name, which decoding errors show. */
  name: string
  fields: Record<string, Type>
  /** Owned and replaced as one value in server-side apply. */
  atomic?: boolean
}

export interface MapType {
  kind: 'map'
  of: Type
  atomic?: boolean
}

export interface ListType {
  kind: 'list'
  of: Type
  /** Present for lists whose items are told apart by these fields (server-side apply). */
  keys?: string[]
  /** Present for lists that strategic merge patch merges by this field. */
  patchKey?: string
  /** A list of scalars that is a set: merged, not replaced. */
  set?: boolean
}

export type Type = ScalarType | ObjectType | MapType | ListType

export const string: ScalarType = { kind: 'string' }
export const int32: ScalarType = { kind: 'int32' }
export const int64: ScalarType = { kind: 'int64' }
export const bool: ScalarType = { kind: 'bool' }
export const quantity: ScalarType = { kind: 'quantity' }
export const time: ScalarType = { kind: 'time' }
/** Kept as given: fields that the sandbox stores and does not act on. */
export const any: ScalarType = { kind: 'any' }

export function object(name: string, fields: Record<string, Type>): ObjectType {
  return { kind: 'object', name, fields }
}

export function atomic(name: string, fields: Record<string, Type>): ObjectType {
  return { kind: 'object', name, fields, atomic: true }
}

export function map(of: Type): MapType {
  return { kind: 'map', of }
}

/** A list that is replaced as a whole. */
export function list(of: Type): ListType {
  return { kind: 'list', of }
}

/** A list whose items are told apart by fields; `patchKey` is strategic merge's, by default the first of them. */
export function listBy(of: Type, keys: string[], patchKey = keys[0]): ListType {
  return { kind: 'list', of, keys, patchKey }
}

export function setOf(of: Type): ListType {
  return { kind: 'list', of, set: true }
}

/** True for objects and maps whose fields are owned one by one. */
export function isGranular(type: Type | undefined): type is ObjectType | MapType {
  return (type?.kind === 'object' || type?.kind === 'map') && !type.atomic
}

/** True for lists whose items are owned one by one. */
export function isItemised(type: Type | undefined): type is ListType {
  return type?.kind === 'list' && (type.keys !== undefined || type.set === true)
}

/** The type of a field of an object or a map. */
export function fieldType(type: Type | undefined, key: string): Type | undefined {
  if (type?.kind === 'map') return type.of
  return type?.kind === 'object' && Object.hasOwn(type.fields, key) ? type.fields[key] : undefined
}
