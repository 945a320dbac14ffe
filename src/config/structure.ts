/** Small checks of nested settings; a problem knows the keys that lead to it, and the reader of the file adds the line. */
import { isRecord } from '../base/json.js'
import { nearest } from '../base/text.js'

/** Keys and indices that lead to a value within a setting. */
export type StructurePath = (string | number)[]

/** A nested setting that cannot be used. */
export class StructureProblem extends Error {
  constructor(
    readonly path: StructurePath,
    message: string,
    readonly hints: string[] = [],
  ) {
    super(message)
  }
}

/** `routes[0].match.severity`. */
export function pathText(path: StructurePath): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${part}`)).join('')
}

/** The value as a mapping that has no other keys than these. */
export function mapAt(value: unknown, path: StructurePath, known: readonly string[]): Record<string, unknown> {
  if (!isRecord(value)) throw new StructureProblem(path, `"${pathText(path)}" must be a mapping`)
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue
    const near = nearest(key, known)
    const hint = near ? `Did you mean "${near}"?` : `Known: ${known.join(', ')}`
    throw new StructureProblem([...path, key], `unknown key "${key}" in "${pathText(path)}"`, [hint])
  }
  return value
}

/** The value as a list. */
export function listAt(value: unknown, path: StructurePath): unknown[] {
  if (!Array.isArray(value)) throw new StructureProblem(path, `"${pathText(path)}" must be a list`)
  return value
}

/** The value as text that is not empty. */
export function textAt(value: unknown, path: StructurePath): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim()
  throw new StructureProblem(path, `"${pathText(path)}" must be text`)
}

/** One text, or a list of at least one. */
export function textsAt(value: unknown, path: StructurePath): string[] {
  if (!Array.isArray(value)) return [textAt(value, path)]
  if (value.length === 0) throw new StructureProblem(path, `"${pathText(path)}" must not be empty`)
  return value.map((entry, index) => textAt(entry, [...path, index]))
}
