/**
 * The table in the form that the walk reads: each type resolved once, each definition when it is first met. Nothing of a
 * field that is not used is touched.
 */
import { parseQuantity } from '../../session/quantity.js'
import { fieldChoices } from './enums.js'
import { schemaTable } from './generated/table.js'
import type { FieldSchema } from './types.js'

export interface PlainType {
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

export type PreparedType =
  { is: 'plain'; plain: PlainType } | { is: 'list' | 'map'; of: PreparedType } | { is: 'object'; name: string }

export interface PreparedField {
  schema: FieldSchema
  type: PreparedType
  choices: readonly string[] | undefined
}

export interface Definition {
  fields: Map<string, PreparedField>
  required: { name: string; schema: FieldSchema }[]
}

const definitions = new Map<string, Definition>()

/** The definition of a name in the table. */
export function definitionOf(name: string): Definition {
  const known = definitions.get(name)
  if (known) return known
  const entries = Object.entries(schemaTable.definitions[name]!)
  const definition: Definition = {
    fields: new Map(
      entries.map(([field, schema]) => [
        field,
        { schema, type: prepareType(schema.type), choices: fieldChoices[`${name}.${field}`] },
      ]),
    ),
    required: entries.filter(([, schema]) => schema.required).map(([field, schema]) => ({ name: field, schema })),
  }
  definitions.set(name, definition)
  return definition
}

function prepareType(type: string): PreparedType {
  if (type.startsWith('[]')) return { is: 'list', of: prepareType(type.slice(2)) }
  if (type.startsWith('{}')) return { is: 'map', of: prepareType(type.slice(2)) }
  const plain = plainTypes.get(type)
  return plain ? { is: 'plain', plain } : { is: 'object', name: type }
}

/** Whether Kubernetes 1.`minor` has the field. */
export function isThere({ since, until }: FieldSchema, minor: number): boolean {
  return (since === undefined || minor >= since) && (until === undefined || minor <= until)
}
