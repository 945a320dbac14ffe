/** One named part of a kubeconfig, and its values read with care. */
import path from 'node:path'

import { ArbError } from '../base/errors.js'
import { cleanLine } from '../base/text.js'

/** A named part of a kubeconfig, as it stood in the file. Paths in it start at `folder`. */
export interface RawEntry {
  name: string
  folder: string
  file: string
  values: Record<string, unknown>
}

/** A text value of an entry, undefined where it is not there or empty; another type is an error that names the key. */
export function textOf(entry: RawEntry, key: string): string | undefined {
  const value = entry.values[key]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw invalidEntry(entry, `"${key}" must be text`)
}

/** A path value of an entry, made absolute from the folder of its file. */
export function pathOf(entry: RawEntry, key: string): string | undefined {
  const value = textOf(entry, key)
  return value === undefined ? undefined : path.resolve(entry.folder, value)
}

/** The error for an entry with a value that cannot be used. */
export function invalidEntry(entry: RawEntry, problem: string): ArbError {
  return new ArbError({
    code: 'ARB_KUBECONFIG_INVALID',
    message: `${entry.file}: "${cleanLine(entry.name)}": ${problem}`,
    hints: ['Mend the entry, or name another file with --kubeconfig or another context with --context.'],
  })
}
