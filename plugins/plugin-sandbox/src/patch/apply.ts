/** Server-side apply: a manager's whole intent merged into the live object. */
import { isRecord } from '../schema/decode.js'
import { fieldType, isGranular, isItemised } from '../schema/type.js'
import type { ListType, MapType, ObjectType, Type } from '../schema/type.js'
import type { JsonObject, KubeObject, ManagedFieldsEntry } from '../store/objects.js'
import { elementsOf, fieldsOf, fromFieldsV1, itemElement, within } from './field-set.js'
import type { FieldPath } from './field-set.js'
import { changedPaths, conflictError, conflictsOf, entryOf, trackApply } from './managed-fields.js'
import type { Manager } from './managed-fields.js'
import { define } from './merge-patch.js'

export interface Applied {
  object: JsonObject
  managedFields: ManagedFieldsEntry[]
}

/** The live object with the configuration applied; throws a 409 StatusError on conflicts unless forced. */
export function applyConfiguration(
  type: ObjectType,
  live: KubeObject | undefined,
  config: JsonObject,
  how: { manager: Manager; force: boolean },
): Applied {
  const { manager, force } = how
  const entries = live?.metadata.managedFields ?? []
  const owned = new Set(fieldsOf(type, config, { containers: false }).keys())
  const base = live ? withoutManaged(live) : {}
  const merged = merge(type, base, config) as JsonObject
  const changed = changedPaths(fieldsOf(type, base, { containers: true }), fieldsOf(type, merged, { containers: true }))
  const conflicts = live ? conflictsOf(entries, changed, manager) : []
  if (conflicts.length > 0 && !force) throw conflictError(conflicts)
  dropForsaken(type, merged, { entries, owned, manager })
  const taken = new Set(conflicts.flatMap(([, paths]) => paths))
  return { object: merged, managedFields: trackApply(entries, owned, taken, manager) }
}

function withoutManaged(live: KubeObject): JsonObject {
  return { ...live, metadata: { ...live.metadata, managedFields: undefined } }
}

function merge(type: Type | undefined, live: unknown, config: unknown): unknown {
  if (isGranular(type) && isRecord(config)) return mergeFields(type, isRecord(live) ? live : {}, config)
  if (isItemised(type) && Array.isArray(config)) return mergeItems(type, Array.isArray(live) ? live : [], config)
  return structuredClone(config)
}

function mergeFields(type: ObjectType | MapType, live: JsonObject, config: JsonObject): JsonObject {
  const out: JsonObject = { ...live }
  for (const [key, value] of Object.entries(config)) {
    if (value === null) Reflect.deleteProperty(out, key)
    else define(out, key, merge(fieldType(type, key), out[key], value))
  }
  return out
}

function mergeItems(type: ListType, live: unknown[], config: unknown[]): unknown[] {
  const out = [...live]
  for (const item of config) {
    const element = itemElement(type, item)
    const at = out.findIndex((each) => itemElement(type, each) === element)
    if (at < 0) out.push(structuredClone(item))
    else out[at] = merge(type.of, out[at], item)
  }
  return out
}

/** Removes what the manager applied before, does not apply now, and nobody else owns. */
function dropForsaken(
  type: ObjectType,
  merged: JsonObject,
  who: { entries: ManagedFieldsEntry[]; owned: Set<FieldPath>; manager: Manager },
): void {
  const mine = entryOf(who.entries, who.manager)
  if (!mine) return
  const others = who.entries.filter((entry) => entry !== mine).flatMap((entry) => [...fromFieldsV1(entry.fieldsV1)])
  const forsaken = [...fromFieldsV1(mine.fieldsV1)].filter((path) => !who.owned.has(path))
  const kept = [...others, ...who.owned]
  for (const path of forsaken) {
    if (!kept.some((each) => within(each, path))) removeAt(type, merged, elementsOf(path))
  }
}

function removeAt(type: Type | undefined, container: unknown, elements: string[]): void {
  const [element, ...rest] = elements
  if (element === undefined) return
  if (Array.isArray(container) && isItemised(type)) {
    const at = container.findIndex((item) => itemElement(type, item) === element)
    if (at < 0) return
    if (rest.length === 0) container.splice(at, 1)
    else removeAt(type.of, (container[at] = copy(container[at])), rest)
  } else if (isRecord(container) && element.startsWith('f:')) removeField(type, container, [element.slice(2), ...rest])
}

function removeField(type: Type | undefined, container: JsonObject, [key, ...rest]: string[]): void {
  if (key === undefined || !Object.hasOwn(container, key)) return
  if (rest.length === 0) Reflect.deleteProperty(container, key)
  else removeAt(fieldType(type, key), (container[key] = copy(container[key])), rest)
}

/** A copy of one level: stored objects are never changed in place. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return [...value]
  return isRecord(value) ? { ...value } : value
}
