/**
 * Level 2: is the object what Kubernetes' own types allow in the chosen version? One walk over the value along the table;
 * nothing is built or compiled at run time.
 */
import { nearest } from '../../base/text.js'
import { parseQuantity } from '../../session/quantity.js'
import { shown, type FieldPath, type Problem } from '../path.js'
import { fieldChoices } from './enums.js'
import { schemaTable } from './generated/table.js'
import type { FieldSchema } from './types.js'

const maxProblems = 100

interface Check {
  minor: number
  problems: Problem[]
}

/** The problems of a value that should be a `definition` (e.g. `Job`) in Kubernetes 1.`minor`. */
export function checkSchema(value: unknown, definition: string, minor: number): Problem[] {
  const check: Check = { minor, problems: [] }
  checkType(check, value, definition, [])
  return check.problems
}

function add(check: Check, problem: Omit<Problem, 'level' | 'severity'>): void {
  if (check.problems.length < maxProblems) check.problems.push({ level: 2, severity: 'error', ...problem })
}

function checkType(check: Check, value: unknown, type: string, path: FieldPath): void {
  if (type.startsWith('[]')) checkList(check, value, type.slice(2), path)
  else if (type.startsWith('{}')) checkMap(check, value, type.slice(2), path)
  else {
    const plain = plainTypes.get(type)
    if (!plain) checkObject(check, value, type, path)
    else if (!plain.test(value)) wrongType(check, value, plain.words, path)
  }
}

interface PlainType {
  words: string
  test(value: unknown): boolean
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isInteger = (value: unknown, bits: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** (bits - 1)
const isQuantity = (value: unknown): boolean =>
  (isText(value) || typeof value === 'number') && !!parseQuantity(String(value))

const plainTypes = new Map<string, PlainType>([
  ['string', { words: 'text', test: isText }],
  ['bytes', { words: 'base64 text', test: (value) => isText(value) && /^[A-Za-z0-9+/\r\n]*={0,2}\s*$/.test(value) }],
  [
    'time',
    {
      words: 'a time such as 2025-11-16T10:00:00Z',
      test: (value) => isText(value) && !Number.isNaN(Date.parse(value)),
    },
  ],
  ['boolean', { words: 'true or false', test: (value) => typeof value === 'boolean' }],
  ['int32', { words: 'a whole number', test: (value) => isInteger(value, 32) }],
  ['int64', { words: 'a whole number', test: (value) => isInteger(value, 64) }],
  ['double', { words: 'a number', test: (value) => typeof value === 'number' }],
  ['int-or-string', { words: 'a whole number or text', test: (value) => isText(value) || isInteger(value, 32) }],
  ['quantity', { words: 'a quantity such as 500m, 2 or 1Gi', test: isQuantity }],
  ['any', { words: 'anything', test: () => true }],
])

function checkList(check: Check, value: unknown, inner: string, path: FieldPath): void {
  if (!Array.isArray(value)) return wrongType(check, value, 'a list', path)
  value.forEach((item, index) => {
    if (item === null && !plainTypes.has(inner)) wrongType(check, item, 'a mapping', [...path, index])
    else checkType(check, item, inner, [...path, index])
  })
}

function checkMap(check: Check, value: unknown, inner: string, path: FieldPath): void {
  if (!isMapping(value)) return wrongType(check, value, 'a mapping of names to values', path)
  for (const [name, item] of Object.entries(value)) checkType(check, item, inner, [...path, name])
}

function checkObject(check: Check, value: unknown, definition: string, path: FieldPath): void {
  const fields = schemaTable.definitions[definition]!
  if (!isMapping(value)) return wrongType(check, value, 'a mapping', path)
  for (const [name, inner] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name]! : undefined
    const at = [...path, name]
    if (!field) unknownField(check, name, fields, at)
    else if (!isThere(field, check.minor)) otherVersion(check, field, at)
    // A null is a field that is not there.
    else if (inner !== null) {
      checkType(check, inner, field.type, at)
      checkChoice(check, inner, fieldChoices[`${definition}.${name}`], at)
    }
  }
  for (const [name, field] of Object.entries(fields)) {
    if (field.required && isThere(field, check.minor) && (value[name] === undefined || value[name] === null))
      missing(check, name, path)
  }
}

function isThere({ since, until }: FieldSchema, minor: number): boolean {
  return (since === undefined || minor >= since) && (until === undefined || minor <= until)
}

function missing(check: Check, name: string, path: FieldPath): void {
  add(check, {
    rule: 'schema/required',
    path: [...path, name],
    message: `"${name}" is missing`,
    fix: `Add ${name}:.`,
  })
}

function unknownField(check: Check, name: string, fields: Record<string, FieldSchema>, path: FieldPath): void {
  const known = Object.keys(fields).filter((field) => isThere(fields[field]!, check.minor))
  const near = nearest(name, known)
  add(check, {
    rule: 'schema/unknown-field',
    path,
    at: 'key',
    message: `unknown field "${shown(name)}"`,
    fix: near
      ? `Did you mean "${near}"?`
      : `Remove it. Known here: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', …' : ''}.`,
  })
}

function otherVersion(check: Check, { since, until }: FieldSchema, path: FieldPath): void {
  const name = String(path.at(-1))
  const when =
    since !== undefined && check.minor < since ? `came with Kubernetes 1.${since}` : `went after Kubernetes 1.${until}`
  add(check, {
    rule: 'schema/version',
    path,
    at: 'key',
    message: `"${name}" is not a field of Kubernetes 1.${check.minor}: it ${when}`,
    fix: `Remove it, or validate against the version that your cluster runs (--kube-version).`,
  })
}

function checkChoice(check: Check, value: unknown, choices: readonly string[] | undefined, path: FieldPath): void {
  if (!choices || typeof value !== 'string' || value === '' || choices.includes(value)) return
  const near = nearest(value, choices)
  add(check, {
    rule: 'schema/choice',
    path,
    message: `"${shown(value)}" is not one of ${choices.join(', ')}`,
    fix: near ? `Did you mean "${near}"?` : `Write one of ${choices.join(', ')}.`,
  })
}

function wrongType(check: Check, value: unknown, words: string, path: FieldPath): void {
  add(check, {
    rule: 'schema/type',
    path,
    message: `expected ${words}, found ${kindOf(value)}`,
    fix: quoteFix(value, words) ?? `Write ${words}.`,
  })
}

function quoteFix(value: unknown, words: string): string | undefined {
  if (words === 'text' && (typeof value === 'number' || typeof value === 'boolean'))
    return `Write it in quotes: "${value}".`
  if (words === 'a whole number' && isText(value) && /^\d+$/.test(value)) return 'Write it without quotes.'
  return undefined
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return isText(value)
    ? `the text "${shown(value)}"`
    : `${typeof value === 'boolean' ? 'the boolean' : 'the number'} ${String(value)}`
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
