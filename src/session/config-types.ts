/** The value types of a session's config keys: what is allowed, in words and as JSON Schema. */

/** A closed set of shapes; `text` and map keys may carry a check that says what is wrong. */
export type ValueType =
  | { is: 'text'; check?: (text: string) => string | undefined }
  | { is: 'integer'; min: number; max: number }
  | { is: 'boolean' }
  | { is: 'choice'; of: readonly string[] }
  | { is: 'quantity' }
  | { is: 'list'; of: ValueType }
  | { is: 'map'; of: ValueType; key?: (key: string) => string | undefined }
  | { is: 'object'; keys: readonly ConfigKey[] }
  /** A part of a Kubernetes object, written as Kubernetes writes it and passed on. */
  | { is: 'kubernetes'; type: string }

export interface ConfigKey {
  name: string
  type: ValueType
  required?: boolean
  /** The value that is used where the key is not there, as the docs show it. */
  standard?: string
  /** True where the orchestrator config may have it as well; `only` where it alone may. */
  orchestrator?: true | 'only'
  description: string
}

/** The type in words, for `expected …` in messages and for the reference. */
export function typeInWords(type: ValueType): string {
  switch (type.is) {
    case 'text':
      return 'text'
    case 'integer':
      return `a whole number from ${type.min} to ${type.max}`
    case 'boolean':
      return 'true or false'
    case 'choice':
      return `one of ${type.of.join(', ')}`
    case 'quantity':
      return 'a quantity such as 500m, 2 or 1Gi'
    case 'list':
      return `a list of ${plural(type.of)}`
    case 'map':
      return `a mapping of names to ${plural(type.of)}`
    case 'object':
      return `a mapping with the keys ${type.keys.map((key) => key.name).join(', ')}`
    case 'kubernetes':
      return `a mapping as in Kubernetes' ${type.type}`
  }
}

function plural(type: ValueType): string {
  if (type.is === 'text') return 'texts'
  if (type.is === 'quantity') return 'quantities such as 500m, 2 or 1Gi'
  return `values, each ${typeInWords(type)}`
}

/** The type as JSON Schema (draft 2020-12). */
export function typeAsSchema(type: ValueType): Record<string, unknown> {
  switch (type.is) {
    case 'text':
      return { type: 'string' }
    case 'integer':
      return { type: 'integer', minimum: type.min, maximum: type.max }
    case 'boolean':
      return { type: 'boolean' }
    case 'choice':
      return { enum: [...type.of] }
    case 'quantity':
      return { type: ['string', 'number'] }
    case 'list':
      return { type: 'array', items: typeAsSchema(type.of) }
    case 'map':
      return { type: 'object', additionalProperties: typeAsSchema(type.of) }
    case 'object':
      return objectSchema(type.keys)
    case 'kubernetes':
      return { type: 'object' }
  }
}

/** The JSON Schema of a mapping with exactly these keys. */
export function objectSchema(keys: readonly ConfigKey[]): Record<string, unknown> {
  const required = keys.filter((key) => key.required).map((key) => key.name)
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length ? { required } : {}),
    properties: Object.fromEntries(
      keys.map((key) => [key.name, { description: key.description, ...typeAsSchema(key.type) }]),
    ),
  }
}
