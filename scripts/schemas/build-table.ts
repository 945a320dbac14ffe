/** Merges the models of all versions into one table: every field with its type and the versions that have it. */
import type { FieldSchema, SchemaTable } from '../../src/manifests/schema/types.js'
import type { ModelField, Models } from './read-models.js'
import { schemaRoots, type SchemaSource } from './sources.js'

export interface VersionModels {
  source: SchemaSource
  models: Models
}

/** `versions` in ascending order. */
export function buildTable(versions: VersionModels[]): SchemaTable {
  const known = versions.map((version) => version.source.minor)
  const table: SchemaTable = { oldest: known[0]!, newest: known.at(-1)!, definitions: {} }
  const waiting: string[] = [...schemaRoots]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const short = shortName(name)
    if (table.definitions[short]) continue
    const fields: Record<string, FieldSchema> = {}
    for (const field of fieldNames(name, versions)) {
      const { schema, refers } = mergeField(name, field, versions)
      fields[field] = schema
      if (refers) waiting.push(refers)
    }
    table.definitions[short] = fields
  }
  table.definitions = sorted(table.definitions)
  return table
}

function fieldNames(name: string, versions: VersionModels[]): string[] {
  const names = new Set(versions.flatMap(({ models }) => [...(models.get(name)?.keys() ?? [])]))
  return [...names].sort()
}

function mergeField(name: string, field: string, versions: VersionModels[]): { schema: FieldSchema; refers?: string } {
  const minors = versions.map((version) => version.source.minor)
  const having = versions.filter(({ models }) => models.get(name)?.has(field))
  const all = having.map(({ models }) => models.get(name)!.get(field)!)
  const fromClient = having.filter(({ source }) => source.form === 'client')
  const newest = (fromClient.at(-1) ?? having.at(-1)!).models.get(name)!.get(field)!
  const quantity = all.some((entry) => /\bQuantity\b/.test(entry.type))
  const { type, refers } = typeOf(newest, quantity)
  const schema: FieldSchema = { type }
  if (all.every((entry) => entry.required)) schema.required = true
  const first = minors.indexOf(having[0]!.source.minor)
  if (first > 0) schema.since = minors[first - 1]! + 1
  const last = having.at(-1)!.source.minor
  if (last < minors.at(-1)!) schema.until = last
  return refers ? { schema, refers } : { schema }
}

const plainTypes: Record<string, string> = {
  boolean: 'boolean',
  string: 'string',
  IntOrString: 'int-or-string',
  Date: 'time',
  V1MicroTime: 'time',
  any: 'any',
  object: 'any',
}

/** Our word for a type: a plain one, a definition's name, `[]T` or `{}T`; and the definition to follow. */
function typeOf({ type, format }: ModelField, quantity: boolean): { type: string; refers?: string } {
  const list = /^Array<(.*)>$/.exec(type)
  if (list) return wrapped('[]', { type: list[1]!, format })
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)
  if (map) return quantity ? { type: '{}quantity' } : wrapped('{}', { type: map[1]!, format: '' })
  if (quantity) return { type: 'quantity' }
  if (type === 'number') return { type: format === 'double' ? 'double' : format === 'int64' ? 'int64' : 'int32' }
  if (format === 'byte') return { type: 'bytes' }
  const plain = plainTypes[type]
  if (plain) return { type: plain }
  if (!/^[A-Z]\w+$/.test(type)) throw new Error(`a type that is not understood: ${type}`)
  return { type: shortName(type), refers: type }
}

function wrapped(mark: string, inner: { type: string; format: string }): { type: string; refers?: string } {
  const found = typeOf({ ...inner, required: false }, false)
  return { ...found, type: mark + found.type }
}

/** `V1JobSpec` → `JobSpec`. */
function shortName(name: string): string {
  return name.replace(/^(?:Core)?V\d+(?:(?:alpha|beta)\d+)?/, '')
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
