/** Checks a parsed config against the table of keys and names the file and line of everything that is wrong. */
import { ArbError } from '../base/errors.js'
import { cleanLine, nearest, shorten } from '../base/text.js'
import { typeInWords, type ConfigKey, type ValueType } from './config-types.js'
import { parseQuantity } from './quantity.js'

/** Keys and list indexes from the config down to a value. */
export type ConfigPath = (string | number)[]

/** A config: its values, and, where it was read from a file, where each of them stands. */
export interface ConfigDocument {
  /** The file's name, or another name to show in messages. */
  file: string
  value: unknown
  /** 1-based line of the key or list item at the path; left out for a config that is no file. */
  lineOf?(path: ConfigPath): number
}

/** `k8s.yaml:12`, or the name alone where there are no lines. */
export function placeOf(document: ConfigDocument, path: ConfigPath): string {
  const line = lineAt(document, path)
  return line === null ? document.file : `${document.file}:${line}`
}

function lineAt(document: ConfigDocument, path: ConfigPath): number | null {
  if (!document.lineOf) return null
  return path.length > 0 ? document.lineOf(path) : 1
}

interface Problem {
  path: ConfigPath
  message: string
  hint?: string
}

interface Check {
  document: ConfigDocument
  problems: Problem[]
}

/** The config's values with exactly these keys. Throws one error that names the first problem and lists the others. */
export function checkConfig(document: ConfigDocument, keys: readonly ConfigKey[]): Record<string, unknown> {
  const check: Check = { document, problems: [] }
  const value = isMapping(document.value) ? readObject(check, document.value, keys, []) : {}
  if (!isMapping(document.value)) {
    const got = document.value === null || document.value === undefined ? 'nothing' : kindOf(document.value)
    check.problems.push({
      path: [],
      message: `expected a mapping of keys to values, found ${got}`,
      hint: 'Write lines such as "session_id: d29"; arbk8s init writes a commented config to begin with.',
    })
  }
  if (check.problems.length) throw problemsError(document, check.problems)
  return value
}

function problemsError(document: ConfigDocument, problems: Problem[]): ArbError {
  const [first, ...others] = problems as [Problem, ...Problem[]]
  const at = (problem: Problem): string => `${placeOf(document, problem.path)}: ${problem.message}`
  return new ArbError({
    code: 'ARB_CONFIG_INVALID',
    message: at(first),
    hints: [
      ...(first.hint ? [first.hint] : []),
      ...others.slice(0, 9).map((problem) => `Also ${at(problem)}${problem.hint ? ` ${problem.hint}` : ''}`),
      ...(others.length > 9 ? [`And ${others.length - 9} more.`] : []),
    ],
    details: {
      file: document.file,
      problems: problems.map(({ path, message, hint }) => ({
        line: lineAt(document, path),
        message,
        hint: hint ?? null,
      })),
    },
  })
}

function report(check: Check, path: ConfigPath, message: string, hint?: string): undefined {
  const name = path.map((step) => cleanLine(String(step))).join('.')
  check.problems.push({ path, message: name ? `${name}: ${message}` : message, ...(hint ? { hint } : {}) })
}

function readObject(
  check: Check,
  value: object,
  keys: readonly ConfigKey[],
  path: ConfigPath,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    const key = keys.find((entry) => entry.name === name)
    if (!key) unknownKey(check, name, keys, path)
    else if (inner !== null) result[name] = readValue(check, inner, key.type, [...path, name])
  }
  // The keys of the file itself are asked for once both files are known; see session.ts.
  for (const key of path.length ? keys : []) {
    if (key.required && (value as Record<string, unknown>)[key.name] == null)
      report(check, path, `"${key.name}" is missing`, `Add ${key.name}: ${typeInWords(key.type)}.`)
  }
  return result
}

function unknownKey(check: Check, name: string, keys: readonly ConfigKey[], path: ConfigPath): void {
  const names = keys.map((key) => key.name)
  const near = nearest(name, names)
  const where = path.length ? ` in ${path.join('.')}` : ''
  check.problems.push({
    path: [...path, name],
    message: `unknown key "${shorten(cleanLine(name), 80)}"${where}`,
    hint: near ? `Did you mean "${near}"?` : `Known: ${names.join(', ')}.`,
  })
}

function readValue(check: Check, value: unknown, type: ValueType, path: ConfigPath): unknown {
  switch (type.is) {
    case 'text':
      return readText(check, value, type.check, path)
    case 'quantity':
      return readQuantity(check, value, path)
    case 'integer':
      return readInteger(check, value, type, path)
    case 'choice':
      return readChoice(check, value, type.of, path)
    case 'boolean':
      return typeof value === 'boolean' ? value : wrongType(check, value, type, path)
    case 'list':
      return Array.isArray(value) ? readList(check, value, type.of, path) : wrongType(check, value, type, path)
    case 'map':
    case 'object':
    case 'kubernetes':
      return isMapping(value) ? readMapping(check, value, type, path) : wrongType(check, value, type, path)
  }
}

type MappingType = ValueType & { is: 'map' | 'object' | 'kubernetes' }

function readMapping(check: Check, value: Record<string, unknown>, type: MappingType, path: ConfigPath): object {
  if (type.is === 'map') return readMap(check, value, type, path)
  return type.is === 'object' ? readObject(check, value, type.keys, path) : value
}

function readList(check: Check, value: unknown[], of: ValueType, path: ConfigPath): unknown[] {
  return value.map((item, index) => readValue(check, item, of, [...path, index]))
}

function readText(
  check: Check,
  value: unknown,
  rule: ((text: string) => string | undefined) | undefined,
  path: ConfigPath,
) {
  if (typeof value !== 'string') return wrongType(check, value, { is: 'text' }, path)
  const problem = rule?.(value)
  return problem ? report(check, path, `"${shorten(cleanLine(value), 80)}" cannot be used: ${problem}`) : value
}

function readQuantity(check: Check, value: unknown, path: ConfigPath) {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string') return wrongType(check, value, { is: 'quantity' }, path)
  const quantity = parseQuantity(text)
  if (!quantity) return wrongType(check, value, { is: 'quantity' }, path)
  return quantity.nano < 0n ? report(check, path, 'it must not be negative') : text
}

function readInteger(check: Check, value: unknown, type: ValueType & { is: 'integer' }, path: ConfigPath) {
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= type.min && value <= type.max
  return fits ? value : wrongType(check, value, type, path)
}

function readChoice(check: Check, value: unknown, of: readonly string[], path: ConfigPath) {
  if (typeof value === 'string' && of.includes(value)) return value
  const near = typeof value === 'string' ? nearest(value, of) : undefined
  return wrongType(check, value, { is: 'choice', of }, path, near && `Did you mean "${near}"?`)
}

function readMap(
  check: Check,
  value: object,
  type: ValueType & { is: 'map' },
  path: ConfigPath,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    const problem = type.key?.(name)
    if (problem) report(check, [...path, name], `the name cannot be used: ${problem}`)
    result[name] = readValue(check, inner, type.of, [...path, name])
  }
  return result
}

// eslint-disable-next-line max-params -- the hint is there for one caller
function wrongType(check: Check, value: unknown, type: ValueType, path: ConfigPath, hint = quoteHint(value, type)) {
  return report(check, path, `expected ${typeInWords(type)}, found ${kindOf(value)}`, hint)
}

function quoteHint(value: unknown, type: ValueType): string | undefined {
  if (type.is !== 'text' || (typeof value !== 'number' && typeof value !== 'boolean')) return undefined
  return `Write it in quotes: "${value}".`
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'string') return `the text "${shorten(cleanLine(value), 60)}"`
  return typeof value === 'boolean' ? `the boolean ${value}` : `the number ${String(value)}`
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
