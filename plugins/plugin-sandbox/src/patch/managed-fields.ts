/** Who owns which field: what an update changes hands of, and what server-side apply refuses. */
import { StatusError } from '../api/status.js'
import type { Cause } from '../api/status.js'
import type { ObjectType } from '../schema/type.js'
import type { JsonObject, KubeObject, ManagedFieldsEntry } from '../store/objects.js'
import { displayPath, fieldsOf, fromFieldsV1, toFieldsV1 } from './field-set.js'
import type { FieldPath, Fields } from './field-set.js'

export interface Manager {
  name: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  /** RFC 3339. */
  time: string
}

/** managedFields after an update (create, PUT, patch) of `live` to `next` by a manager. */
export function trackUpdate(
  type: ObjectType,
  live: KubeObject | undefined,
  next: KubeObject,
  manager: Manager,
): ManagedFieldsEntry[] {
  const entries = next.metadata.managedFields ?? live?.metadata.managedFields ?? []
  const before: Fields = live ? fieldsOf(type, live, { containers: true }) : new Map()
  const after = fieldsOf(type, next, { containers: true })
  const changed = changedPaths(before, after)
  const removed = [...before.keys()].filter((path) => !after.has(path))
  if (changed.size === 0 && removed.length === 0) return entries
  const lost = new Set([...changed, ...removed])
  const mine = entryOf(entries, manager)
  const owned = new Set([...(mine ? fromFieldsV1(mine.fieldsV1) : []), ...changed].filter((path) => after.has(path)))
  const others = entries.filter((entry) => entry !== mine).map((entry) => without(entry, lost))
  return compact([...others, { ...newEntry(manager), fieldsV1: toFieldsV1(owned) }])
}

/** Fields of `after` that are new or hold something else. */
export function changedPaths(before: Fields, after: Fields): Set<FieldPath> {
  return new Set([...after].filter(([path, value]) => before.get(path) !== value).map(([path]) => path))
}

/** managedFields after an apply of a configuration that owns `owned`. */
export function trackApply(
  entries: ManagedFieldsEntry[],
  owned: Set<FieldPath>,
  taken: Set<FieldPath>,
  manager: Manager,
): ManagedFieldsEntry[] {
  const mine = entryOf(entries, manager)
  const fieldsV1 = toFieldsV1(owned)
  const same = mine !== undefined && JSON.stringify(mine.fieldsV1) === JSON.stringify(fieldsV1)
  const next = same ? mine : { ...newEntry(manager), fieldsV1 }
  const kept = entries.map((entry) => (entry === mine ? next : without(entry, taken)))
  return compact(mine ? kept : [...kept, next])
}

/** Fields of other managers that an apply would change: the conflicts. */
export function conflictsOf(
  entries: ManagedFieldsEntry[],
  changed: Set<FieldPath>,
  manager: Manager,
): [ManagedFieldsEntry, FieldPath[]][] {
  return entries
    .filter((entry) => !isSame(entry, manager) && !entry.subresource)
    .map((entry): [ManagedFieldsEntry, FieldPath[]] => [
      entry,
      [...fromFieldsV1(entry.fieldsV1)].filter((path) => changed.has(path)),
    ])
    .filter(([, paths]) => paths.length > 0)
}

/** 409 with one cause per field. */
export function conflictError(conflicts: [ManagedFieldsEntry, FieldPath[]][]): StatusError {
  const causes: Cause[] = conflicts.flatMap(([entry, paths]) =>
    paths.sort().map((path) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${nameOf(entry)}`,
      field: displayPath(path),
    })),
  )
  const total = causes.length
  const lines = conflicts.map(([entry, paths]) =>
    total === 1
      ? `conflict with ${nameOf(entry)}: ${displayPath(paths[0]!)}`
      : `conflicts with ${nameOf(entry)}:\n${paths.map((path) => `- ${displayPath(path)}`).join('\n')}`,
  )
  const head = `Apply failed with ${total} conflict${total === 1 ? '' : 's'}`
  return new StatusError(409, 'Conflict', `${head}: ${lines.join('\n')}`, { causes })
}

function nameOf(entry: ManagedFieldsEntry): string {
  return `${JSON.stringify(entry.manager)} using ${entry.apiVersion}`
}

function isSame(entry: ManagedFieldsEntry, manager: Manager): boolean {
  return entry.manager === manager.name && entry.operation === manager.operation && !entry.subresource
}

/** The manager's own entry. */
export function entryOf(entries: ManagedFieldsEntry[], manager: Manager): ManagedFieldsEntry | undefined {
  return entries.find((entry) => isSame(entry, manager))
}

function newEntry(manager: Manager): Omit<ManagedFieldsEntry, 'fieldsV1'> & { fieldsV1: JsonObject } {
  const { name, operation, apiVersion, time } = manager
  return { manager: name, operation, apiVersion, time, fieldsType: 'FieldsV1', fieldsV1: {} }
}

function without(entry: ManagedFieldsEntry, paths: Set<FieldPath>): ManagedFieldsEntry {
  const owned = fromFieldsV1(entry.fieldsV1)
  const kept = [...owned].filter((path) => !paths.has(path))
  return kept.length === owned.size ? entry : { ...entry, fieldsV1: toFieldsV1(kept) }
}

function compact(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  return entries.filter((entry) => Object.keys(entry.fieldsV1).length > 0)
}
