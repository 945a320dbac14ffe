/**
 * Job → YAML text, always the same bytes for the same object. Structure is written in block style; what is read at a
 * glance (labels, args, resources, one variable) in flow style on one line. The text is for people and for kubectl alike.
 */
import type { Job } from '../session/job.js'
import { scalarText } from './write-scalar.js'

/** Characters that a line of arguments may have, its closing comma not counted. */
const maxArgumentLine = 120
const flowKeys = new Set([
  'labels',
  'annotations',
  'command',
  'args',
  'resources',
  'nodeSelector',
  'matchLabels',
  'values',
])
/** Lists whose items are written in flow style, one a line. */
const flowItemKeys = new Set(['env', 'tolerations', 'onPodConditions'])

/** The manifest's text, ending with a newline. */
export function jobYaml(job: Job): string {
  return `${blockMap(job as unknown as Record<string, unknown>, 0).join('\n')}\n`
}

function blockMap(record: Record<string, unknown>, indent: number): string[] {
  return Object.entries(record).flatMap(([key, value]) => (value === undefined ? [] : entry(key, value, indent)))
}

function entry(key: string, value: unknown, indent: number): string[] {
  const head = `${' '.repeat(indent)}${scalarText(key)}:`
  if (isEmptyOrScalar(value)) return [`${head} ${flow(value, false)}`]
  if (Array.isArray(value) && isTextList(value) && flowKeys.has(key)) return argumentLines(`${head} [`, value)
  if (flowKeys.has(key)) return [`${head} ${flow(value)}`]
  if (!Array.isArray(value)) return [head, ...blockMap(value as Record<string, unknown>, indent + 2)]
  const items = value.map((item) =>
    flowItemKeys.has(key) || isEmptyOrScalar(item) ? [flow(item)] : blockItem(item, indent),
  )
  return [head, ...items.flatMap(([first, ...rest]) => [`${' '.repeat(indent)}- ${first}`, ...rest])]
}

/** A list's item: its first line follows the dash. */
function blockItem(item: unknown, indent: number): string[] {
  const lines = Array.isArray(item) ? [flow(item)] : blockMap(item as Record<string, unknown>, indent + 2)
  return [lines[0]!.trimStart(), ...lines.slice(1)]
}

function isEmptyOrScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0
}

function isTextList(value: unknown[]): value is string[] {
  return value.every((item) => typeof item === 'string')
}

function flow(value: unknown, inFlow = true): string {
  if (typeof value === 'string') return scalarText(value, inFlow)
  if (Array.isArray(value)) return `[${value.map((item) => flow(item)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const entries = Object.entries(value as Record<string, unknown>).filter(([, inner]) => inner !== undefined)
  return `{${entries.map(([key, inner]) => `${scalarText(key, true)}: ${flow(inner)}`).join(', ')}}`
}

/** A list of arguments over as many lines as it needs; an option stays on one line with its value. */
function argumentLines(head: string, values: string[]): string[] {
  const [first = '', ...rest] = groups(values.map((value) => scalarText(value, true)))
  const lines: string[] = []
  let line = head + first
  for (const group of rest) {
    const longer = `${line}, ${group}`
    if (longer.length > maxArgumentLine) lines.push(`${line},`)
    line = longer.length > maxArgumentLine ? ' '.repeat(head.length) + group : longer
  }
  return [...lines, `${line}]`]
}

/** Options (`--name`) with the values that follow them. */
function groups(values: string[]): string[] {
  const result: string[] = []
  for (const value of values) {
    const last = result.at(-1)
    const takesValue = last?.startsWith('-') && !last.includes(', ') && !value.startsWith('-')
    if (takesValue) result[result.length - 1] = `${last}, ${value}`
    else result.push(value)
  }
  return result
}
