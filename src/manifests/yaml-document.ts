/** YAML text as documents: plain values, what is wrong with the text, and where each field stands. */
import type { Document, Node, ParsedNode, YAMLError } from 'yaml'

import { withoutSource } from '../base/yaml-message.js'
import { shown, type FieldPath, type Position, type Problem } from './path.js'
import { splitDocuments, type Chunk } from './yaml-split.js'
import { readBlock } from './yaml-block.js'
import { controlCharacter, forbiddenCharacter, valueOf, type LocatedProblem, type YamlModule } from './yaml-value.js'

/** Characters that one document may have; the API server takes less than this for an object. */
export const maxDocumentLength = 1024 * 1024

export interface ParsedDocument {
  /** 0-based place in its file. */
  index: number
  /** 1-based line of the file on which it begins. */
  line: number
  /** Undefined where the text is no YAML that can be read safely; then `problems` has an error. */
  value: unknown
  /** Level 1. */
  problems: Problem[]
  /** Where the field at the path is, or the nearest field around it that is there. */
  locate(path: FieldPath, at?: 'key' | 'value'): Position
}

/** Reads a stream document by document. The parser is loaded on the first call. */
export async function documentReader(): Promise<(text: string) => Generator<ParsedDocument>> {
  const yaml = await import('yaml')
  return function* read(text) {
    let index = 0
    for (const chunk of splitDocuments(text)) yield parseChunk(yaml, chunk, index++)
  }
}

function parseChunk(yaml: YamlModule, chunk: Chunk, index: number): ParsedDocument {
  const lines = new LineTable(chunk)
  const broken = (problem: Problem): ParsedDocument => ({
    index,
    line: chunk.line,
    value: undefined,
    problems: [problem],
    locate: () => problem.position ?? lines.at(0),
  })
  if (chunk.text.length > maxDocumentLength) return broken(tooLong(chunk, lines))
  const control = forbiddenCharacter.exec(chunk.text)
  if (control)
    return broken(
      atOffset(lines, { path: [], severity: 'error', offset: control.index, ...controlCharacter(control[0]) }),
    )
  const fast = readBlock(chunk.text)
  if (fast) return wellWritten(yaml, chunk, { index, lines, value: fast.value })
  const document = parseTree(yaml, chunk)
  const error = document.errors[0]
  if (error) return broken(syntaxProblem(lines, error))
  const { value, problems } = valueOf(document.contents as ParsedNode | null, yaml)
  return {
    index,
    line: chunk.line,
    value,
    problems: problems.map((problem) => atOffset(lines, problem)),
    locate: (path, at = 'value') => lines.at(offsetOf(yaml, document, path, at)),
  }
}

interface FastDocument {
  index: number
  lines: LineTable
  value: unknown
}

/** A document of the fast reader: its tree is only made when a position is asked for. */
function wellWritten(yaml: YamlModule, chunk: Chunk, { index, lines, value }: FastDocument): ParsedDocument {
  let tree: Document.Parsed | undefined
  return {
    index,
    line: chunk.line,
    value,
    problems: [],
    locate(path, at = 'value') {
      tree ??= parseTree(yaml, chunk)
      return lines.at(offsetOf(yaml, tree, path, at))
    },
  }
}

/** All scalars stay text here: what they mean is decided in yaml-scalar.ts, as kubectl decides it. */
function parseTree(yaml: YamlModule, chunk: Chunk): Document.Parsed {
  return yaml.parseDocument(chunk.text, {
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
}

/** Line starts of a chunk, worked out when the first position is asked for. */
class LineTable {
  private starts: number[] | undefined

  constructor(private readonly chunk: Chunk) {}

  at(offset: number): Position {
    this.starts ??= lineStarts(this.chunk.text)
    let low = 0
    let high = this.starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { line: this.chunk.line + low, column: offset - this.starts[low]! + 1 }
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function atOffset(lines: LineTable, { offset, otherOffset, ...problem }: LocatedProblem): Problem {
  const first = otherOffset === undefined ? '' : `, after line ${lines.at(otherOffset).line}`
  return { ...problem, level: 1, message: problem.message + first, position: lines.at(offset) }
}

function tooLong(chunk: Chunk, lines: LineTable): Problem {
  return {
    rule: 'yaml/size',
    level: 1,
    severity: 'error',
    path: [],
    position: lines.at(0),
    message: `the document has ${chunk.text.length} characters; at most ${maxDocumentLength} are read`,
    fix: 'Move large data out of the manifest.',
  }
}

function syntaxProblem(lines: LineTable, error: YAMLError): Problem {
  const deep = /call stack|resource exhaust|depth/i.test(error.message)
  return {
    rule: deep ? 'yaml/depth' : 'yaml/syntax',
    level: 1,
    severity: 'error',
    path: [],
    position: lines.at(error.pos[0]),
    message: deep
      ? 'the document is nested too deep to be read'
      : `this is not valid YAML: ${shown(withoutSource(error.message))}`,
    fix: syntaxFixes[error.code] ?? 'Correct the YAML here; the mistake may be on the line before.',
  }
}

const syntaxFixes: Record<string, string> = {
  TAB_AS_INDENT: 'Indent with spaces, not tabs.',
  BAD_INDENT: 'Indent this line like its neighbours.',
  MISSING_CHAR: 'Close the quote or bracket, or add the space after the colon.',
  BLOCK_AS_IMPLICIT_KEY: 'Put text that holds ": " in quotes.',
  UNEXPECTED_TOKEN: 'Put text that begins with a special character in quotes.',
}

/** Walks the tree along the path; where it ends early, the key of the last part that is there is meant. */

function offsetOf(yaml: YamlModule, document: Document.Parsed, path: FieldPath, at: 'key' | 'value'): number {
  let node: Node | null = document.contents
  let keyNode: Node | null = node
  let whole = true
  for (const step of path) {
    if (yaml.isAlias(node)) node = node.resolve(document) ?? null
    const next = stepInto(yaml, node, step)
    if (!next) {
      whole = false
      break
    }
    keyNode = next.key
    node = next.value
  }
  const found = whole && at === 'value' ? (node ?? keyNode) : keyNode
  return (found as { range?: [number, number, number] | null } | null)?.range?.[0] ?? 0
}

function stepInto(
  yaml: YamlModule,
  node: Node | null,
  step: string | number,
): { key: Node; value: Node | null } | undefined {
  if (yaml.isMap(node)) {
    const pair = node.items.find(({ key }) => yaml.isScalar(key) && String(key.value) === String(step))
    return pair && { key: pair.key as Node, value: pair.value as Node | null }
  }
  if (!yaml.isSeq(node)) return undefined
  const item = node.items[Number(step)] as Node | undefined
  return item && { key: item, value: item }
}
