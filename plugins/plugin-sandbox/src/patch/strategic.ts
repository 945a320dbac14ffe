/** Strategic merge patch, with the directives that kubectl sends. */
import { isRecord } from '../schema/decode.js'
import { fieldType } from '../schema/type.js'
import type { ListType, Type } from '../schema/type.js'
import { sameJson } from './json-patch.js'
import { define } from './merge-patch.js'

const orderPrefix = '$setElementOrder/'
const deletePrefix = '$deleteFromPrimitiveList/'

export class StrategicPatchError extends Error {}

/** The target with the patch merged in, lists by their merge keys. */
export function strategicMerge(type: Type | undefined, target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  if (patch.$patch === 'replace') return without(patch, ['$patch'])
  if (patch.$patch === 'delete') return undefined
  const out: Record<string, unknown> = isRecord(target) ? { ...target } : {}
  if (Array.isArray(patch.$retainKeys)) {
    for (const key of Object.keys(out)) if (!patch.$retainKeys.includes(key)) Reflect.deleteProperty(out, key)
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch' || key === '$retainKeys' || key.startsWith(orderPrefix)) continue
    if (key.startsWith(deletePrefix)) {
      removeScalars(out, key.slice(deletePrefix.length), value)
      continue
    }
    mergeField(out, key, value, { type: fieldType(type, key), order: patch[orderPrefix + key] })
  }
  return out
}

function mergeField(
  out: Record<string, unknown>,
  key: string,
  value: unknown,
  how: { type: Type | undefined; order: unknown },
): void {
  if (value === null) {
    Reflect.deleteProperty(out, key)
    return
  }
  const merged =
    how.type?.kind === 'list' && Array.isArray(value)
      ? mergeList(how.type, Array.isArray(out[key]) ? out[key] : [], value, how.order)
      : strategicMerge(how.type, out[key], value)
  if (merged === undefined) Reflect.deleteProperty(out, key)
  else define(out, key, merged)
}

function mergeList(type: ListType, target: unknown[], patch: unknown[], order: unknown): unknown[] {
  if (type.set) return sortBy([...target, ...patch.filter((item) => !target.includes(item))], order, (item) => item)
  if (!type.patchKey) return patch
  if (patch.some((item) => isRecord(item) && item.$patch === 'replace')) {
    return patch.filter((item) => !(isRecord(item) && item.$patch === 'replace' && Object.keys(item).length === 1))
  }
  const key = type.patchKey
  const out = [...target]
  for (const item of patch) {
    if (!isRecord(item) || item[key] === undefined)
      throw new StrategicPatchError(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`)
    const at = out.findIndex((each) => isRecord(each) && sameJson(each[key], item[key]))
    if (item.$patch === 'delete') {
      if (at >= 0) out.splice(at, 1)
    } else if (at >= 0) out[at] = strategicMerge(type.of, out[at], item)
    else out.push(strategicMerge(type.of, undefined, item))
  }
  return sortBy(out, order, (item) => (isRecord(item) ? item[key] : item), key)
}

/** Items in the order that `$setElementOrder` gives; those it does not name keep their place at the end. */
function sortBy(items: unknown[], order: unknown, keyOf: (item: unknown) => unknown, key?: string): unknown[] {
  if (!Array.isArray(order)) return items
  const wanted = order.map((entry) => (key && isRecord(entry) ? entry[key] : entry))
  const rank = (item: unknown) => {
    const at = wanted.findIndex((each) => sameJson(each, keyOf(item)))
    return at < 0 ? wanted.length : at
  }
  return [...items].sort((a, b) => rank(a) - rank(b))
}

function removeScalars(out: Record<string, unknown>, key: string, values: unknown): void {
  const list = out[key]
  if (Array.isArray(list) && Array.isArray(values)) out[key] = list.filter((item) => !values.includes(item))
}

function without(record: Record<string, unknown>, keys: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)))
}
