/** Values of a Job as they may be shown in a plan. */
import { isRecord } from '../base/json.js'
import { maskPatterns } from '../base/secret-patterns.js'
import { maskedArgs, maskedValue } from '../base/secrets.js'
import type { Path } from './compare.js'

/** The value with everything masked that is, or may be, a secret: by the name it stands under. */
export function shownValue(path: Path, value: unknown): unknown {
  if (value === undefined || value === null) return value
  const name = secretName(path)
  if (name !== undefined && typeof value === 'string') return maskedValue(name, value)
  if (isTextList(value)) return maskedArgs(value)
  if (Array.isArray(value)) return value.map((entry, index) => shownValue([...path, `[${index}]`], entry))
  if (isRecord(value)) return maskedObject(path, value)
  return typeof value === 'string' ? maskPatterns(value) : value
}

/** The name that tells what a text is: of the variable for `env[NAME].value`, of the annotation or label. */
function secretName(path: Path): string | undefined {
  const last = path.at(-1) ?? ''
  if (last === 'value' && path.at(-3) === 'env') return (path.at(-2) ?? '').slice(1, -1)
  return path.at(-2) === 'annotations' || path.at(-2) === 'labels' ? last : undefined
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

function maskedObject(path: Path, value: Record<string, unknown>): Record<string, unknown> {
  const name = typeof value.name === 'string' ? value.name : undefined
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'value' && name !== undefined && typeof inner === 'string') return [key, maskedValue(name, inner)]
      return [key, shownValue([...path, key], inner)]
    }),
  )
}
