/** What differs between two Jobs, field by field, with the spellings that Kubernetes takes for the same. */
import { isRecord } from '../base/json.js'
import type { Job } from '../session/job.js'
import { parseQuantity } from '../session/quantity.js'
import { isMutable } from './immutable.js'
import { shownValue } from './mask.js'
import type { FieldChange } from './types.js'

export type Path = readonly string[]

interface Difference {
  path: Path
  before: unknown
  after: unknown
}

export interface CompareOptions {
  /** Also fields that only the first object has. Without it, what the manifest does not set is none of its business. */
  extras: boolean
}

/** Lists whose entries have a name of their own, by the list's key. */
const listKeys: Record<string, string> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  imagePullSecrets: 'name',
  volumeMounts: 'mountPath',
  ports: 'containerPort',
}

/**
 * The changes from the Job that is there to the one wanted, in labels, annotations and spec. Values are masked where they
 * look secret.
 */
export function compareJobs(live: Job, wanted: Job, options: CompareOptions): FieldChange[] {
  const parts = [
    ...differences(['metadata', 'labels'], live.metadata.labels, wanted.metadata.labels, options),
    ...differences(['metadata', 'annotations'], live.metadata.annotations, wanted.metadata.annotations, options),
    ...differences(['spec'], live.spec, wanted.spec, options),
  ]
  return parts.map(({ path, before, after }) => ({
    path: pathText(path),
    before: shownValue(path, before),
    after: shownValue(path, after),
    mutable: isMutable(path, live, wanted),
  }))
}

/** `spec.template.spec.containers[worker].image`. */
export function pathText(path: Path): string {
  return path.reduce((text, part) => (part.startsWith('[') ? text + part : `${text}.${part}`))
}

function differences(path: Path, before: unknown, after: unknown, options: CompareOptions): Difference[] {
  if (isEmpty(after)) return options.extras && !isEmpty(before) ? [{ path, before, after }] : []
  if (isEmpty(before)) return [{ path, before, after }]
  if (Array.isArray(before) && Array.isArray(after)) return listDifferences(path, before, after, options)
  if (isRecord(before) && isRecord(after)) return objectDifferences(path, before, after, options)
  return isSame(path, before, after) ? [] : [{ path, before, after }]
}

/** The API drops what is empty, false or "" by itself. A zero is kept: it means something. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return isRecord(value) && Object.values(value).every((inner) => inner === null || inner === undefined)
}

function objectDifferences(
  path: Path,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  options: CompareOptions,
): Difference[] {
  const keys = new Set([...Object.keys(after), ...(options.extras ? Object.keys(before) : [])])
  return [...keys].flatMap((key) => differences([...path, key], own(before, key), own(after, key), options))
}

function own(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function listDifferences(path: Path, before: unknown[], after: unknown[], options: CompareOptions): Difference[] {
  const key = listKeys[path.at(-1) ?? '']
  if (key !== undefined && isKeyed(before, key) && isKeyed(after, key)) {
    const index = (list: Record<string, unknown>[]) =>
      Object.fromEntries(list.map((entry) => [`[${String(entry[key])}]`, entry]))
    return objectDifferences(path, index(before), index(after), options)
  }
  if (before.length !== after.length) return [{ path, before, after }]
  // An entry of a list without keys is wholly the manifest's or not at all.
  return after.flatMap((entry, index) => differences([...path, `[${index}]`], before[index], entry, options))
}

function isKeyed(list: unknown[], key: string): list is Record<string, unknown>[] {
  const names = list.map((entry) => (isRecord(entry) ? entry[key] : undefined))
  return names.every((name) => name !== undefined) && new Set(names).size === names.length
}

function isSame(path: Path, before: unknown, after: unknown): boolean {
  if (before === after) return true
  return isQuantity(path) && sameQuantity(String(before), String(after))
}

function isQuantity(path: Path): boolean {
  const parent = path.at(-2)
  return parent === 'requests' || parent === 'limits' || path.at(-1) === 'sizeLimit'
}

function sameQuantity(before: string, after: string): boolean {
  const nano = parseQuantity(before)?.nano
  return nano !== undefined && nano === parseQuantity(after)?.nano
}
