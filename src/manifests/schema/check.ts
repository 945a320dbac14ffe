/**
 * Level 2: is the object what Kubernetes' own types allow in the chosen version? One walk over the value along the table;
 * a path is only made where there is something to say.
 */
import { nearest } from '../../base/text.js'
import { shown, type Problem } from '../path.js'
import { definitionOf, isThere, type Definition, type PreparedField, type PreparedType } from './prepare.js'
import type { FieldSchema } from './types.js'

const maxProblems = 100

interface Check {
  minor: number
  problems: Problem[]
  /** The path to the value that is looked at; copied into problems. */
  path: (string | number)[]
}

/** The problems of a value that should be a `definition` (e.g. `Job`) in Kubernetes 1.`minor`. */
export function checkSchema(value: unknown, definition: string, minor: number): Problem[] {
  const check: Check = { minor, problems: [], path: [] }
  checkObject(check, value, definition)
  return check.problems
}

function add(check: Check, problem: Omit<Problem, 'level' | 'severity' | 'path'>, more: string[] = []): void {
  if (check.problems.length < maxProblems)
    check.problems.push({ level: 2, severity: 'error', path: [...check.path, ...more], ...problem })
}

function checkType(check: Check, value: unknown, type: PreparedType): void {
  if (type.is === 'plain') {
    if (!type.plain.test(value)) wrongType(check, value, type.plain.words)
  } else if (type.is === 'object') checkObject(check, value, type.name)
  else if (type.is === 'list') checkList(check, value, type.of)
  else checkMap(check, value, type.of)
}

function checkList(check: Check, value: unknown, of: PreparedType): void {
  if (!Array.isArray(value)) return wrongType(check, value, 'a list')
  for (let index = 0; index < value.length; index++) {
    check.path.push(index)
    checkType(check, value[index], of)
    check.path.pop()
  }
}

function checkMap(check: Check, value: unknown, of: PreparedType): void {
  if (!isMapping(value)) return wrongType(check, value, 'a mapping of names to values')
  for (const name of Object.keys(value)) {
    check.path.push(name)
    checkType(check, value[name], of)
    check.path.pop()
  }
}

function checkObject(check: Check, value: unknown, name: string): void {
  if (!isMapping(value)) return wrongType(check, value, 'a mapping')
  const definition = definitionOf(name)
  for (const key of Object.keys(value)) {
    check.path.push(key)
    checkField(check, value[key], key, definition)
    check.path.pop()
  }
  for (const { name: field, schema } of definition.required)
    if ((value[field] ?? null) === null && isThere(schema, check.minor)) missing(check, field)
}

function checkField(check: Check, value: unknown, name: string, definition: Definition): void {
  const field: PreparedField | undefined = definition.fields.get(name)
  if (!field) return unknownField(check, name, definition)
  if (!isThere(field.schema, check.minor)) return otherVersion(check, name, field.schema)
  // A null is a field that is not there.
  if (value === null) return
  checkType(check, value, field.type)
  if (field.choices) checkChoice(check, value, field.choices)
}

function missing(check: Check, name: string): void {
  add(check, { rule: 'schema/required', message: `"${name}" is missing`, fix: `Add ${name}:.` }, [name])
}

function unknownField(check: Check, name: string, { fields }: Definition): void {
  const known = [...fields].filter(([, { schema }]) => isThere(schema, check.minor)).map(([field]) => field)
  const near = nearest(name, known)
  add(check, {
    rule: 'schema/unknown-field',
    at: 'key',
    message: `unknown field "${shown(name)}"`,
    fix: near
      ? `Did you mean "${near}"?`
      : `Remove it. Known here: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', …' : ''}.`,
  })
}

function otherVersion(check: Check, name: string, { since, until }: FieldSchema): void {
  const when =
    since !== undefined && check.minor < since ? `came with Kubernetes 1.${since}` : `went after Kubernetes 1.${until}`
  add(check, {
    rule: 'schema/version',
    at: 'key',
    message: `"${name}" is not a field of Kubernetes 1.${check.minor}: it ${when}`,
    fix: `Remove it, or validate against the version that your cluster runs (--kube-version).`,
  })
}

function checkChoice(check: Check, value: unknown, choices: readonly string[]): void {
  if (typeof value !== 'string' || value === '' || choices.includes(value)) return
  const near = nearest(value, choices)
  add(check, {
    rule: 'schema/choice',
    message: `"${shown(value)}" is not one of ${choices.join(', ')}`,
    fix: near ? `Did you mean "${near}"?` : `Write one of ${choices.join(', ')}.`,
  })
}

function wrongType(check: Check, value: unknown, words: string): void {
  add(check, {
    rule: 'schema/type',
    message: `expected ${words}, found ${kindOf(value)}`,
    fix: quoteFix(value, words) ?? `Write ${words}.`,
  })
}

function quoteFix(value: unknown, words: string): string | undefined {
  if (words === 'text' && (typeof value === 'number' || typeof value === 'boolean'))
    return `Write it in quotes: "${value}".`
  if (words === 'a whole number' && typeof value === 'string' && /^\d+$/.test(value)) return 'Write it without quotes.'
  return undefined
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return typeof value === 'string'
    ? `the text "${shown(value)}"`
    : `${typeof value === 'boolean' ? 'the boolean' : 'the number'} ${String(value)}`
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
