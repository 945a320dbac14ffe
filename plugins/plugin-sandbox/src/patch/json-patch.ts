/** JSON patch (RFC 6902). */
import { isRecord } from '../schema/decode.js'
import { define } from './merge-patch.js'

export class JsonPatchError extends Error {}

interface Operation {
  op: string
  path: string
  from?: string
  value?: unknown
}

/** The document with every operation applied in turn; throws JsonPatchError where one cannot be. */
export function jsonPatch(document: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw new JsonPatchError('a JSON patch is a list of operations')
  let root = structuredClone(document)
  for (const operation of operations as Operation[]) root = apply(root, operation)
  return root
}

function apply(root: unknown, operation: Operation): unknown {
  const path = pointer(operation.path)
  switch (operation.op) {
    case 'add':
      return insert(root, path, structuredClone(operation.value))
    case 'remove':
      return remove(root, path)
    case 'replace':
      read(root, path)
      return insert(remove(root, path), path, structuredClone(operation.value))
    case 'move': {
      const from = pointer(operation.from)
      const value = read(root, from)
      return insert(remove(root, from), path, value)
    }
    case 'copy':
      return insert(root, path, structuredClone(read(root, pointer(operation.from))))
    case 'test':
      if (!sameJson(read(root, path), operation.value)) throw new JsonPatchError(`test failed at ${operation.path}`)
      return root
    default:
      throw new JsonPatchError(`unexpected kind: ${operation.op}`)
  }
}

function pointer(text: string | undefined): string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')))
    throw new JsonPatchError(`not a JSON pointer: ${text}`)
  return text
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function read(root: unknown, path: string[]): unknown {
  let value = root
  for (const part of path) {
    if (Array.isArray(value)) value = value[index(part, value.length - 1)]
    else if (isRecord(value) && Object.hasOwn(value, part)) value = value[part]
    else throw new JsonPatchError(`there is no /${path.join('/')}`)
  }
  return value
}

function insert(root: unknown, path: string[], value: unknown): unknown {
  if (path.length === 0) return value
  const parent = read(root, path.slice(0, -1))
  const key = path.at(-1)!
  if (Array.isArray(parent)) parent.splice(key === '-' ? parent.length : index(key, parent.length), 0, value)
  else if (isRecord(parent)) define(parent, key, value)
  else throw new JsonPatchError(`there is no /${path.join('/')}`)
  return root
}

function remove(root: unknown, path: string[]): unknown {
  if (path.length === 0) return null
  read(root, path)
  const parent = read(root, path.slice(0, -1))
  const key = path.at(-1)!
  if (Array.isArray(parent)) parent.splice(index(key, parent.length - 1), 1)
  else Reflect.deleteProperty(parent as Record<string, unknown>, key)
  return root
}

function index(part: string, max: number): number {
  const value = /^(0|[1-9]\d*)$/.test(part) ? Number(part) : NaN
  if (!(value <= max)) throw new JsonPatchError(`there is no item ${part}`)
  return value
}

/** Equality of JSON values, whatever the order of keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => sameJson(item, b[at]))
  if (!isRecord(a) || !isRecord(b)) return false
  const keys = Object.keys(a).filter((key) => a[key] !== undefined)
  const others = Object.keys(b).filter((key) => b[key] !== undefined)
  return keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
}
