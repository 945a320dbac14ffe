/**
 * The fast reader: the part of YAML that almost every manifest is written in (block style, one-line scalars, literal
 * blocks, short flow lists), read in one pass over the lines. Where anything is in doubt it answers undefined, and the
 * full parser reads the document: it alone reports problems.
 */
import { doubt, FlowReader, giveUp, QuotedScalar, reserved, resolved } from './yaml-flow.js'
import { maxDepth, maxNodes } from './yaml-value.js'
import { resolvePlain } from './yaml-scalar.js'

/** What the fast reader makes of a document, or undefined where the full parser must look. */
export function readBlock(text: string): { value: unknown } | undefined {
  if (unusual.test(text)) return undefined
  const reader = new BlockReader(text)
  try {
    return { value: reader.document() }
  } catch (error) {
    if (error === doubt) return undefined
    throw error
  }
}

/** Tabs, carriage returns, byte order marks and line ends of Unicode, which readers treat each in their own way. */
const unusual = /[\t\r\ufeff\u0085\u2028\u2029]/

/** Text that is a key or value wherever it stands: no sign in it means anything to YAML. */
const plainKey = /^[A-Za-z_$/][\w./$-]*$/
/** The first sign of a plain scalar that needs no second look. */
const plainStart = /^[A-Za-z0-9_./$+(~]|^-[A-Za-z0-9_./-]/

const [space, dash, colon, hash, quote, apostrophe, pipe, bracket, brace] = [32, 45, 58, 35, 34, 39, 124, 91, 123]

class BlockReader {
  /** Where the current line starts, its first sign that is no space, and its end. */
  private start = 0
  private first = 0
  private end = 0
  /** Spaces before the first sign; -1 after the last line. */
  private indent = -1
  private nodes = 0

  constructor(private readonly text: string) {}

  document(): unknown {
    this.read(0)
    if (this.indent === 0 && this.rest() === '---') this.next()
    if (this.indent === -1) return null
    if (this.indent > 0) giveUp()
    const value = this.block(0, 1)
    if (this.indent !== -1) giveUp()
    return value
  }

  /** Moves to the first line at or after the offset that says anything. */
  private read(from: number): void {
    const { text } = this
    for (let start = from; start < text.length;) {
      let end = text.indexOf('\n', start)
      if (end === -1) end = text.length
      let first = start
      while (first < end && text.charCodeAt(first) === space) first++
      if (first < end && text.charCodeAt(first) !== hash) {
        this.start = start
        this.first = first
        this.end = end
        this.indent = first - start
        return
      }
      start = end + 1
    }
    this.start = this.first = this.end = text.length
    this.indent = -1
  }

  private next(): void {
    this.read(this.end + 1)
  }

  private rest(): string {
    return this.text.slice(this.first, this.end).trimEnd()
  }

  private isItem(): boolean {
    if (this.text.charCodeAt(this.first) !== dash) return false
    const after = this.text.charCodeAt(this.first + 1)
    return after === space || this.first + 1 === this.end
  }

  /** The list or mapping that begins on this line, at this indent. */
  private block(indent: number, depth: number): unknown {
    if (depth > maxDepth) giveUp()
    this.count()
    return this.isItem() ? this.list(indent, depth) : this.mapping(indent, depth)
  }

  private count(): void {
    if (++this.nodes > maxNodes) giveUp()
  }

  private list(indent: number, depth: number): unknown[] {
    const items: unknown[] = []
    while (this.indent === indent && this.isItem()) {
      let at = this.first + 1
      while (at < this.end && this.text.charCodeAt(at) === space) at++
      if (at >= this.end || this.text.charCodeAt(at) === hash) giveUp()
      items.push(this.item(at, indent, depth))
    }
    if (this.indent > indent) giveUp()
    return items
  }

  private item(at: number, indent: number, depth: number): unknown {
    // What follows the dash begins a block of its own, further in.
    this.first = at
    const inner = at - this.start
    if (this.isItem()) giveUp()
    const separator = this.separator()
    if (separator === -1) return this.value(at, indent, depth)
    this.indent = inner
    return this.block(inner, depth + 1)
  }

  private mapping(indent: number, depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    while (this.indent === indent) {
      if (this.isItem()) giveUp()
      const separator = this.separator()
      if (separator === -1) giveUp()
      const key = this.key(this.text.slice(this.first, separator))
      if (key in result) giveUp()
      this.count()
      result[key] = this.entry(separator + 1, indent, depth)
    }
    if (this.indent > indent) giveUp()
    return result
  }

  /** The colon that ends this line's key, or -1 where the line is no entry. */
  private separator(): number {
    const { text, first, end } = this
    const sign = text.charCodeAt(first)
    if (sign === quote || sign === apostrophe) {
      const close = text.indexOf(text[first]!, first + 1)
      if (close === -1 || close >= end) giveUp()
      return this.isSeparator(close + 1) ? close + 1 : -1
    }
    if (sign === bracket || sign === brace) return -1
    for (let at = first; at < end; at++) if (this.isSeparator(at)) return at
    return -1
  }

  private isSeparator(at: number): boolean {
    if (this.text.charCodeAt(at) !== colon) return false
    return at + 1 === this.end || this.text.charCodeAt(at + 1) === space
  }

  private key(written: string): string {
    if (reserved.has(written)) giveUp()
    if (plainKey.test(written)) {
      if (typeof resolvePlain(written).value !== 'string') giveUp()
      return written
    }
    const inner = written.slice(1, -1)
    const quoted = /^"[^"\\]*"$|^'[^']*'$/.test(written)
    if (!quoted || reserved.has(inner)) giveUp()
    return inner
  }

  /** What stands behind a key's colon, or below it. */
  private entry(after: number, indent: number, depth: number): unknown {
    const { text, end } = this
    let at = after
    while (at < end && text.charCodeAt(at) === space) at++
    if (at < end && text.charCodeAt(at) !== hash) return this.value(at, indent, depth)
    this.next()
    if (this.indent > indent) return this.block(this.indent, depth + 1)
    // A list may stand as far out as its key.
    if (this.indent === indent && this.isItem()) return this.listAtKey(indent, depth)
    return null
  }

  private listAtKey(indent: number, depth: number): unknown[] {
    if (depth + 1 > maxDepth) giveUp()
    return this.list(indent, depth + 1)
  }

  /** A value on its key's or dash's line; afterwards the next line is current. */
  private value(at: number, indent: number, depth: number): unknown {
    this.count()
    const { text } = this
    const sign = text.charCodeAt(at)
    if (sign === pipe) return this.literal(at, indent)
    const value =
      sign === quote || sign === apostrophe
        ? this.quoted(at)
        : sign === bracket || sign === brace
          ? this.flow(at, indent, depth)
          : this.plain(at)
    this.next()
    // A line further in goes on with this scalar.
    if (this.indent > indent) giveUp()
    return value
  }

  private plain(at: number): unknown {
    const { text } = this
    let end = at
    // To the end of the line, or to the space before a comment.
    while (end < this.end && !(text.charCodeAt(end) === hash && text.charCodeAt(end - 1) === space)) {
      if (this.isSeparator(end)) giveUp()
      end++
    }
    while (text.charCodeAt(end - 1) === space) end--
    const written = text.slice(at, end)
    if (!plainStart.test(written)) giveUp()
    return resolved(written)
  }

  private quoted(at: number): string {
    const value = new QuotedScalar(this.text, at, this.end)
    this.onlyComment(value.after)
    return value.text
  }

  /** Nothing but a comment may follow. */
  private onlyComment(from: number): void {
    const left = this.text.slice(from, this.end)
    if (left !== '' && !/^ *$|^ +#/.test(left)) giveUp()
  }

  private flow(at: number, indent: number, depth: number): unknown {
    const flow = new FlowReader(this.text, { at, indent, count: () => this.count() })
    const value = flow.collection(depth + 1)
    const end = this.text.indexOf('\n', flow.at)
    this.end = end === -1 ? this.text.length : end
    this.onlyComment(flow.at)
    return value
  }

  /** `|` and `|-` with text on the lines below. */
  private literal(at: number, indent: number): string {
    const header = this.text.slice(at, this.end).trimEnd()
    if (header !== '|' && header !== '|-') giveUp()
    const lines: string[] = []
    let inner = -1
    let start = this.end + 1
    while (start < this.text.length) {
      const { first, end } = this.lineAt(start)
      if (inner === -1) inner = first - start
      if (inner <= indent || (first === end && lines.length === 0)) giveUp()
      if (first < end && first - start < inner) break
      lines.push(this.text.slice(Math.min(start + inner, end), end))
      start = end + 1
    }
    if (lines.length === 0) giveUp()
    while (lines.at(-1) === '') lines.pop()
    this.read(start)
    // A line that stands further out than the text and further in than the key belongs to neither.
    if (this.indent > indent) giveUp()
    return header === '|' ? `${lines.join('\n')}\n` : lines.join('\n')
  }

  private lineAt(start: number): { first: number; end: number } {
    const newline = this.text.indexOf('\n', start)
    const end = newline === -1 ? this.text.length : newline
    let first = start
    while (first < end && this.text.charCodeAt(first) === space) first++
    return { first, end }
  }
}
