/** Scalars and bracketed lists and mappings for the fast reader of yaml-block.ts; every doubt gives up. */
import { maxDepth } from './yaml-value.js'
import { resolvePlain } from './yaml-scalar.js'

/** Thrown to give up; it carries nothing, so it costs nothing. */
export const doubt = Symbol('the full parser must look')

/** Leaves the document to the full parser. */
export function giveUp(): never {
  throw doubt
}

/** Keys that the full parser refuses or gives a meaning. */
export const reserved = new Set(['__proto__', 'constructor', 'prototype', '<<'])
/** A plain scalar in brackets, spaces within it included. */
const flowPlain =
  /(?:[A-Za-z0-9_./$+(~]|-+[A-Za-z0-9._/])[A-Za-z0-9_./$+@=%()~-]*(?:(?::| +)[A-Za-z0-9_./$+@=%()~-]+)*/y
const space = 32

/** A plain scalar's value; gives up where readers do not agree on it. */
export function resolved(written: string): unknown {
  const { value, doubt: ambiguous, unsupported } = resolvePlain(written)
  if (ambiguous !== undefined || unsupported) giveUp()
  return value
}

/** A quoted scalar within one line. */
export class QuotedScalar {
  readonly text: string
  /** Just behind the closing quote. */
  readonly after: number

  constructor(source: string, at: number, end: number) {
    const mark = source[at]!
    let close = source.indexOf(mark, at + 1)
    while (close !== -1 && close < end && isEscaped(source, at, close, mark)) {
      close = source.indexOf(mark, close + (mark === "'" ? 2 : 1))
    }
    if (close === -1 || close >= end) giveUp()
    const inner = source.slice(at + 1, close)
    this.text = mark === "'" ? inner.replaceAll("''", "'") : unescaped(inner)
    this.after = close + 1
  }
}

function isEscaped(source: string, open: number, close: number, mark: string): boolean {
  if (mark === "'") return source[close + 1] === "'"
  let slashes = 0
  for (let at = close - 1; at > open && source[at] === '\\'; at--) slashes++
  return slashes % 2 === 1
}

const simpleEscapes: Record<string, string> = { '"': '"', '\\': '\\', n: '\n', '/': '/' }

function unescaped(inner: string): string {
  if (!inner.includes('\\')) return inner
  return inner.replace(/\\(.?)/g, (_all, sign: string) => simpleEscapes[sign] ?? giveUp())
}

interface FlowStart {
  at: number
  /** The indent of the block around it; every line of the flow stands further in. */
  indent: number
  count: () => void
}

/** A list or mapping in brackets, on one line or on several that break between its entries. */
export class FlowReader {
  /** Where the next sign is read; after `collection`, just behind the bracket. */
  at: number
  private readonly indent: number
  private readonly count: () => void

  constructor(
    private readonly text: string,
    { at, indent, count }: FlowStart,
  ) {
    this.at = at
    this.indent = indent
    this.count = count
  }

  collection(depth: number): unknown {
    if (depth > maxDepth) giveUp()
    return this.text[this.at++] === '[' ? this.list(depth) : this.mapping(depth)
  }

  private list(depth: number): unknown[] {
    const items: unknown[] = []
    while (!this.closes(']', items.length)) items.push(this.value(depth))
    return items
  }

  private mapping(depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    for (let entries = 0; !this.closes('}', entries); entries++) {
      const key = this.scalar()
      if (typeof key !== 'string' || reserved.has(key) || key in result) giveUp()
      if (this.text[this.at] !== ':' || this.text[this.at + 1] !== ' ') giveUp()
      this.at += 2
      this.skipBlanks()
      this.count()
      result[key] = this.value(depth)
    }
    return result
  }

  /** Moves over the comma before the next entry; true at the closing bracket. */
  private closes(closing: string, entries: number): boolean {
    this.skipBlanks()
    if (this.text[this.at] === closing) {
      this.at++
      return true
    }
    if (entries > 0) {
      if (this.text[this.at] !== ',') giveUp()
      this.at++
      this.skipBlanks()
    }
    if (this.at >= this.text.length || this.text[this.at] === closing) giveUp()
    return false
  }

  private value(depth: number): unknown {
    this.count()
    const sign = this.text[this.at]
    return sign === '[' || sign === '{' ? this.collection(depth + 1) : this.scalar()
  }

  private scalar(): unknown {
    const sign = this.text[this.at]
    if (sign === '"' || sign === "'") return this.quoted()
    flowPlain.lastIndex = this.at
    const written = flowPlain.exec(this.text)?.[0]
    if (written === undefined) giveUp()
    this.at += written.length
    // Anything but the end of the scalar would go on with it.
    if (this.text[this.at] !== ':') {
      this.skipBlanks()
      const next = this.text[this.at]
      if (next !== ',' && next !== ']' && next !== '}') giveUp()
    }
    return resolved(written)
  }

  private quoted(): string {
    const lineEnd = this.text.indexOf('\n', this.at)
    const scalar = new QuotedScalar(this.text, this.at, lineEnd === -1 ? this.text.length : lineEnd)
    this.at = scalar.after
    return scalar.text
  }

  /** Spaces, and line ends before lines that stand far enough in and hold something. */
  private skipBlanks(): void {
    const { text } = this
    while (text.charCodeAt(this.at) === space) this.at++
    if (text[this.at] !== '\n') return
    const start = ++this.at
    while (text.charCodeAt(this.at) === space) this.at++
    const sign = text[this.at]
    if (sign === '\n' || sign === '#' || this.at - start <= this.indent) giveUp()
  }
}
