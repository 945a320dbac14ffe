/** Label selectors as kubectl and the API server read them: parsed before any request, so that a typo is our error. */
import { ArbError } from './errors.js'
import { shorten } from './text.js'

/** How a requirement compares a label with its values. */
export type SelectorOperator = 'in' | 'notin' | 'exists' | 'absent' | 'gt' | 'lt'

/** One part of a selector. `=` and `==` are `in` with one value, `!=` is `notin` with one. */
export interface Requirement {
  key: string
  operator: SelectorOperator
  values: string[]
}

interface Token {
  text: string
  /** 1-based position in the selector. */
  at: number
  word: boolean
}

const namePattern = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const prefixPattern = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/**
 * The requirements of a selector such as `app=x,env in (a,b),!debug`; none for an empty text, which selects everything.
 * Throws ARB_SELECTOR_INVALID with the position of what does not fit.
 */
export function parseSelector(text: string): Requirement[] {
  const parser = new Parser(text)
  return parser.parse()
}

/** True where the labels meet every requirement. */
export function matchesSelector(requirements: readonly Requirement[], labels: Record<string, string> = {}): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined
    switch (operator) {
      case 'exists':
        return value !== undefined
      case 'absent':
        return value === undefined
      case 'in':
        return value !== undefined && values.includes(value)
      case 'notin':
        return value === undefined || !values.includes(value)
      case 'gt':
        return value !== undefined && /^-?\d+$/.test(value) && BigInt(value) > BigInt(values[0]!)
      case 'lt':
        return value !== undefined && /^-?\d+$/.test(value) && BigInt(value) < BigInt(values[0]!)
    }
  })
}

/** The selector of the Jobs of one session. */
export function sessionSelector(sessionId: string): string {
  return `session_id=${sessionId}`
}

class Parser {
  private readonly tokens: Token[]
  private position = 0

  constructor(private readonly text: string) {
    this.tokens = tokenise(text)
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = []
    if (this.tokens.length === 0) return requirements
    for (;;) {
      requirements.push(this.requirement())
      const next = this.take()
      if (!next) return requirements
      if (next.text !== ',') throw this.unexpected(next, 'a comma')
    }
  }

  private requirement(): Requirement {
    if (this.peek()?.text === '!') {
      this.take()
      return { key: this.key(), operator: 'absent', values: [] }
    }
    const key = this.key()
    const operator = this.peek()
    if (!operator || operator.text === ',') return { key, operator: 'exists', values: [] }
    this.take()
    switch (operator.text) {
      case '=':
      case '==':
        return { key, operator: 'in', values: [this.value()] }
      case '!=':
        return { key, operator: 'notin', values: [this.value()] }
      case '>':
        return { key, operator: 'gt', values: [this.integer()] }
      case '<':
        return { key, operator: 'lt', values: [this.integer()] }
      case 'in':
      case 'notin':
        return { key, operator: operator.text, values: this.list() }
      default:
        throw this.unexpected(operator, 'an operator (=, ==, !=, in, notin, <, >) or a comma')
    }
  }

  private key(): string {
    const token = this.take()
    if (!token?.word) throw this.unexpected(token, 'a label key')
    const slash = token.text.indexOf('/')
    const name = token.text.slice(slash + 1)
    const prefixed = slash < 0 || prefixPattern.test(token.text.slice(0, slash))
    if (!prefixed || !namePattern.test(name))
      throw this.invalid(token, `"${shorten(token.text, 80)}" is not a label key`)
    return token.text
  }

  /** A value; nothing where the value is empty, as in `key=` or `key=,other`. */
  private value(): string {
    const token = this.peek()
    if (!token || token.text === ',' || token.text === ')') return ''
    this.take()
    if (!token.word) throw this.unexpected(token, 'a label value')
    if (!namePattern.test(token.text)) throw this.invalid(token, `"${shorten(token.text, 80)}" is not a label value`)
    return token.text
  }

  private integer(): string {
    const token = this.take()
    if (!token || !/^-?\d+$/.test(token.text)) throw this.unexpected(token, 'a whole number')
    return token.text
  }

  private list(): string[] {
    const open = this.take()
    if (open?.text !== '(') throw this.unexpected(open, 'an opening bracket')
    const values: string[] = []
    for (;;) {
      values.push(this.value())
      const next = this.take()
      if (next?.text === ')') return values
      if (next?.text !== ',') throw this.unexpected(next, 'a comma or a closing bracket')
    }
  }

  private peek(): Token | undefined {
    return this.tokens[this.position]
  }

  private take(): Token | undefined {
    return this.tokens[this.position++]
  }

  private unexpected(token: Token | undefined, wanted: string): ArbError {
    const found = token ? `found "${token.text}"` : 'it ends'
    return this.invalid(token, `${wanted} is expected, but ${found}`)
  }

  private invalid(token: Token | undefined, problem: string): ArbError {
    const at = token?.at ?? this.text.length + 1
    return new ArbError({
      code: 'ARB_SELECTOR_INVALID',
      message: `the selector "${shorten(this.text, 100)}" does not parse: at position ${at} ${problem}`,
      hints: ['Write it as kubectl does, e.g. -l session_id=d29 or -l "app=arbitrage-tuning,mode in (paper,shadow)".'],
      details: { selector: this.text, position: at },
    })
  }
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = []
  const pattern = /\s+|(==|!=|[=!<>(),])|([^\s=!<>(),]+)/g
  for (const match of text.matchAll(pattern)) {
    if (match[1] ?? match[2]) tokens.push({ text: match[0], at: match.index + 1, word: match[2] !== undefined })
  }
  return tokens
}
