/** Sets of fields of an object, as managedFields write them down (FieldsV1). */
import { isRecord } from '../schema/decode.js'
import { fieldType, isGranular, isItemised } from '../schema/type.js'
import type { ListType, ObjectType, Type } from '../schema/type.js'
import type { JsonObject } from '../store/objects.js'

/** A field's path: elements `f:name`, `k:{"name":"c"}`, `v:"x"` joined by a character that none of them has. */
export type FieldPath = string
const separator = '\u0000'

/** Every field of a value with what it holds: a leaf its JSON, a list item or a map the empty string. */
export type Fields = Map<FieldPath, string>

// The server owns these; no manager does.
const unmanaged = new Set([
  'f:apiVersion',
  'f:kind',
  'f:status',
  ...['name', 'namespace', 'generateName', 'uid', 'selfLink', 'resourceVersion', 'generation', 'creationTimestamp'].map(
    (name) => path('f:metadata', `f:${name}`),
  ),
  ...['deletionTimestamp', 'deletionGracePeriodSeconds', 'managedFields'].map((name) =>
    path('f:metadata', `f:${name}`),
  ),
])

function path(...elements: string[]): FieldPath {
  return elements.join(separator)
}

/** The fields that a manager owns by giving this object. `containers`: maps themselves count too, as updates record them. */
export function fieldsOf(type: ObjectType, value: JsonObject, options: { containers: boolean }): Fields {
  const fields: Fields = new Map()
  for (const [key, inner] of Object.entries(value)) {
    visit(type.fields[key], inner, `f:${key}`, { fields, containers: options.containers })
  }
  return fields
}

interface Walk {
  fields: Fields
  containers: boolean
}

function visit(type: Type | undefined, value: unknown, at: FieldPath, walk: Walk): void {
  if (unmanaged.has(at) || value === undefined) return
  if (isGranular(type) && isRecord(value) && Object.keys(value).length > 0) {
    if (type.kind === 'map' && walk.containers) walk.fields.set(at, '')
    for (const key of Object.keys(value)) visit(fieldType(type, key), value[key], path(at, `f:${key}`), walk)
  } else if (isItemised(type) && Array.isArray(value)) {
    if (walk.containers) walk.fields.set(at, '')
    for (const item of value) visitItem(type, item, at, walk)
  } else walk.fields.set(at, canonical(value))
}

function visitItem(type: ListType, item: unknown, at: FieldPath, walk: Walk): void {
  const itemPath = path(at, itemElement(type, item))
  walk.fields.set(itemPath, '')
  if (!type.keys || !isRecord(item)) return
  for (const [key, inner] of Object.entries(item))
    visit(fieldType(type.of, key), inner, path(itemPath, `f:${key}`), walk)
}

/** How a list's item is named in a path. */
export function itemElement(type: ListType, item: unknown): string {
  if (!type.keys) return `v:${JSON.stringify(item)}`
  const record = isRecord(item) ? item : {}
  const keys = type.keys.map((key) => [key, record[key] ?? (key === 'protocol' ? 'TCP' : '')] as const)
  return `k:${JSON.stringify(Object.fromEntries(keys.sort(([a], [b]) => (a < b ? -1 : 1))))}`
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null'
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`
}

/** FieldsV1 of a set of paths. */
export function toFieldsV1(paths: Iterable<FieldPath>): JsonObject {
  const root: JsonObject = {}
  const members = new Set(paths)
  for (const each of [...members].sort()) {
    let node = root
    let so_far = ''
    for (const element of each.split(separator)) {
      so_far = so_far ? path(so_far, element) : element
      if (!isRecord(node[element])) {
        node[element] = {}
      }
      const child = node[element] as JsonObject
      // A member that has members below it is marked with a dot of its own.
      if (so_far !== each && members.has(so_far)) child['.'] = {}
      node = child
    }
  }
  return root
}

/** The set of paths that FieldsV1 stands for. */
export function fromFieldsV1(fields: unknown): Set<FieldPath> {
  const paths = new Set<FieldPath>()
  const walk = (node: unknown, at: FieldPath) => {
    if (!isRecord(node)) return
    const keys = Object.keys(node)
    if (at && keys.length === 0) paths.add(at)
    for (const key of keys) {
      if (key === '.') paths.add(at)
      else walk(node[key], at ? path(at, key) : key)
    }
  }
  walk(fields, '')
  return paths
}

/** True where `inner` is the same field as `outer` or one within it. */
export function within(inner: FieldPath, outer: FieldPath): boolean {
  return inner === outer || inner.startsWith(outer + separator)
}

/** A path as conflicts show it: `.spec.template.spec.containers[name="c"].image`. */
export function displayPath(at: FieldPath): string {
  return at
    .split(separator)
    .map((element) => {
      const rest = element.slice(2)
      if (element.startsWith('f:')) return `.${rest}`
      if (element.startsWith('v:')) return `[=${rest}]`
      const keys = Object.entries(JSON.parse(rest) as JsonObject)
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
    })
    .join('')
}

export function elementsOf(at: FieldPath): string[] {
  return at.split(separator)
}
