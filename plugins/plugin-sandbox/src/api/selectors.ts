/** Label and field selectors as the API server reads them. */
import type { KubeObject } from '../store/objects.js'
import type { Resource } from './resources.js'
import { badRequest } from './status.js'

export type Matcher = (object: KubeObject) => boolean

interface Token {
  kind: 'name' | 'op'
  text: string
}

/** A predicate for a label selector such as `a=b,c!=d,e in (f,g),h,!i`; empty matches everything. */
export function labelSelector(source: string | null): Matcher {
  if (!source) return () => true
  const parser = new Parser(tokens(source))
  const tests = parser.requirements()
  return (object) => tests.every((test) => test(object.metadata.labels ?? {}))
}

type LabelTest = (labels: Record<string, string>) => boolean

function tokens(source: string): Token[] {
  const out: Token[] = []
  const pattern = /\s*(?:(==|!=|=|!|\(|\)|,|<|>)|([^\s=!(),<>]+))/gy
  pattern.lastIndex = 0
  while (pattern.lastIndex < source.length) {
    const match = pattern.exec(source)
    if (!match) break
    out.push(match[1] ? { kind: 'op', text: match[1] } : { kind: 'name', text: match[2]! })
  }
  return out
}

const labelName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/

class Parser {
  private at = 0

  constructor(private readonly input: Token[]) {}

  requirements(): LabelTest[] {
    const tests = [this.requirement()]
    while (this.at < this.input.length) {
      if (!this.takeOp(',')) throw this.unexpected("',' or 'end of string'")
      tests.push(this.requirement())
    }
    return tests
  }

  private requirement(): LabelTest {
    if (this.takeOp('!')) {
      const absent = this.key()
      return (labels) => !Object.hasOwn(labels, absent)
    }
    const key = this.key()
    const next = this.input[this.at]
    if (!next || next.text === ',') return (labels) => Object.hasOwn(labels, key)
    if (this.takeOp('=') || this.takeOp('==')) {
      const wanted = this.value()
      return (labels) => labels[key] === wanted
    }
    if (this.takeOp('!=')) {
      const unwanted = this.value()
      return (labels) => labels[key] !== unwanted
    }
    return this.setTest(key, next)
  }

  private setTest(key: string, operator: Token): LabelTest {
    if (operator.text !== 'in' && operator.text !== 'notin') {
      throw this.unexpected('in, notin, =, ==, !=, gt, lt')
    }
    this.at++
    const values = this.values()
    const wantIn = operator.text === 'in'
    return (labels) => (labels[key] !== undefined && values.has(labels[key])) === wantIn
  }

  private values(): Set<string> {
    if (!this.takeOp('(')) throw this.unexpected("'('")
    const values = new Set<string>()
    for (;;) {
      values.add(this.value())
      if (this.takeOp(')')) return values
      if (!this.takeOp(',')) throw this.unexpected("',' or ')'")
    }
  }

  private key(): string {
    const token = this.input[this.at]
    if (token?.kind !== 'name') throw this.unexpected("!, identifier, or 'end of string'")
    this.at++
    const [prefix, name] = token.text.includes('/') ? token.text.split('/', 2) : [undefined, token.text]
    if (prefix === '' || !labelName.test(name ?? '') || (name ?? '').length > 63) {
      throw badRequest(
        `unable to parse requirement: key: Invalid value: ${JSON.stringify(token.text)}: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
      )
    }
    return token.text
  }

  private value(): string {
    const token = this.input[this.at]
    if (!token || token.text === ',' || token.text === ')') return ''
    if (token.kind !== 'name') throw this.unexpected('identifier')
    this.at++
    if (!labelValue.test(token.text) || token.text.length > 63) {
      throw badRequest(
        `unable to parse requirement: values[0][${'key'}]: Invalid value: ${JSON.stringify(token.text)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
      )
    }
    return token.text
  }

  private takeOp(text: string): boolean {
    const token = this.input[this.at]
    if (token?.kind !== 'op' || token.text !== text) return false
    this.at++
    return true
  }

  private unexpected(expected: string): Error {
    return badRequest(`unable to parse requirement: found '${this.input[this.at]?.text ?? ''}', expected: ${expected}`)
  }
}

/** A predicate for a field selector such as `metadata.name=x,status.phase!=Running`. */
export function fieldSelector(resource: Resource, source: string | null): Matcher {
  if (!source) return () => true
  const tests = source.split(',').map((part) => {
    const match = /^([^=!]*)(==|!=|=)(.*)$/.exec(part.trim())
    if (!match) throw badRequest(`invalid selector: '${source}'; can't understand '${part}'`)
    const [, field, operator, wanted] = match
    if (!resource.selectable.includes(field!)) throw badRequest(unsupportedField(resource, field!))
    return (object: KubeObject) => (fieldText(object, field!) === wanted) === (operator !== '!=')
  })
  return (object) => tests.every((test) => test(object))
}

function unsupportedField(resource: Resource, field: string): string {
  if (resource.group === 'batch') return `field label "${field}" not supported for batchv1.Job`
  if (resource.kind === 'Pod') return `field label not supported: ${field}`
  return `field label not supported: ${field}`
}

function fieldText(object: KubeObject, field: string): string {
  if (field === 'source') return String((object.source as { component?: string } | undefined)?.component ?? '')
  if (field === 'status.successful')
    return String((object.status as { succeeded?: number } | undefined)?.succeeded ?? 0)
  let value: unknown = object
  for (const part of field.split('.')) value = (value as Record<string, unknown> | undefined)?.[part]
  return value === undefined || value === null ? '' : String(value as string)
}
