/** Paths to fields, and what checks say about them before file and line are known. */
import { cleanLine, shorten } from '../base/text.js'
import type { FindingLevel, FindingSeverity } from './finding.js'

/** Keys and list indexes from the document down to a field. */
export type FieldPath = readonly (string | number)[]

/** 1-based. */
export interface Position {
  line: number
  column: number
}

/** A finding that still stands in its document alone. */
export interface Problem {
  rule: string
  level: FindingLevel
  severity: FindingSeverity
  path: FieldPath
  /** Whether the key itself or its value is meant; default the value. */
  at?: 'key' | 'value'
  /** Where it is, for problems of the text itself; otherwise it is looked up by path. */
  position?: Position
  message: string
  fix: string
}

/** `spec.template.spec.containers[0].image`; names with dots or slashes in brackets, cleaned and shortened. */
export function pathText(path: FieldPath): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += text ? `.${step}` : step
    else text += `["${shown(step)}"]`
  }
  return text
}

/** Text from a manifest as messages show it: one line, no control characters, not endless. */
export function shown(text: string): string {
  return shorten(cleanLine(text), 80)
}
