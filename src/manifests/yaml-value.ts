/**
 * A document's syntax tree as plain values, in one walk that also bounds what it may cost: depth, aliases, size. Every
 * problem is located; nothing throws.
 */
import type * as yamlModule from 'yaml'
import type { Alias, Node, Pair, ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml'

import type { FieldPath, Problem } from './path.js'
import { shown } from './path.js'
import { resolvePlain } from './yaml-scalar.js'

export const maxDepth = 64
/** Values that a document may have once its aliases are followed. */
export const maxNodes = 200_000
const maxProblems = 100

/** The yaml module; it is loaded by whoever parses. */
export type YamlModule = typeof yamlModule

/** A problem with the offset in the document's text where it is. */
export interface LocatedProblem extends Omit<Problem, 'position' | 'level'> {
  offset: number
  /** Where the first of two equal keys is. */
  otherOffset?: number
}

interface Walk {
  yaml: YamlModule
  problems: LocatedProblem[]
  anchors: Map<string, Node>
  /** Anchored nodes that are being read: an alias to one of them would never end. */
  open: Set<Node>
  nodes: number
  stopped: boolean
}

const reserved = new Set(['__proto__', 'constructor', 'prototype'])
const coreTags = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
)
/** Control characters and marks that reorder text; tab and line ends are allowed. */

export const forbiddenCharacter = new RegExp(
  '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f' +
    '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufffe\\uffff]',
)

/** The value of a tree and what was found in it. `value` is undefined where the walk had to stop. */
export function valueOf(root: ParsedNode | null, yaml: YamlModule): { value: unknown; problems: LocatedProblem[] } {
  const walk: Walk = { yaml, problems: [], anchors: new Map(), open: new Set(), nodes: 0, stopped: false }
  const value = readNode(walk, root, [])
  return { value: walk.stopped ? undefined : value, problems: walk.problems }
}

function readNode(walk: Walk, node: Node | null, path: FieldPath): unknown {
  if (walk.stopped || node === null) return null
  walk.nodes++
  if (walk.nodes > maxNodes) return stop(walk, node, path, tooMany)
  if (path.length > maxDepth) return stop(walk, node, path, tooDeep)
  if (walk.yaml.isAlias(node)) return readAlias(walk, node, path)
  checkTag(walk, node, path)
  const anchor = (node as { anchor?: string }).anchor
  if (anchor) walk.anchors.set(anchor, node)
  if (walk.yaml.isScalar(node)) return readScalar(walk, node, path)
  walk.open.add(node)
  const value = walk.yaml.isMap(node)
    ? readMap(walk, node, path)
    : (node as YAMLSeq).items.map((item, index) => readNode(walk, item as Node, [...path, index]))
  walk.open.delete(node)
  return value
}

const tooMany = {
  rule: 'yaml/alias-bomb',
  message: `the document grows to more than ${maxNodes} values`,
  fix: 'Write the values out, or use fewer aliases.',
}
const tooDeep = {
  rule: 'yaml/depth',
  message: `the document is nested more than ${maxDepth} levels deep`,
  fix: 'A manifest is never this deep; check the brackets and the indentation.',
}

type ProblemText = Pick<Problem, 'rule' | 'message' | 'fix'> &
  Partial<Pick<LocatedProblem, 'severity' | 'at' | 'otherOffset'>>

function add(walk: Walk, node: unknown, path: FieldPath, problem: ProblemText): void {
  if (walk.problems.length >= maxProblems) return
  const offset = (node as { range?: [number, number, number] | null } | null)?.range?.[0] ?? 0
  walk.problems.push({ severity: 'error', path, offset, ...problem })
}

function stop(walk: Walk, node: unknown, path: FieldPath, problem: ProblemText): null {
  add(walk, node, path, problem)
  walk.stopped = true
  return null
}

function readAlias(walk: Walk, node: Alias, path: FieldPath): unknown {
  const target = walk.anchors.get(node.source)
  if (!target || walk.open.has(target)) {
    const name = shown(node.source)
    const message = target
      ? `the alias *${name} stands within its own anchor`
      : `the alias *${name} has no anchor before it`
    add(walk, node, path, { rule: 'yaml/alias', message, fix: 'Write the value out.' })
    return null
  }
  return readNode(walk, target, path)
}

function checkTag(walk: Walk, node: Node, path: FieldPath): void {
  const { tag } = node as { tag?: string }
  if (tag === undefined || tag === '!' || coreTags.has(tag)) return
  const name = shown(tag.replace('tag:yaml.org,2002:', '!!'))
  add(walk, node, path, {
    rule: 'yaml/tag',
    message: `the tag ${name} is not allowed`,
    fix: 'Remove the tag and write a plain value.',
  })
}

function readScalar(walk: Walk, node: Scalar, path: FieldPath): unknown {
  const { tag } = node
  const text = String(node.value ?? '')
  if (node.type !== 'PLAIN' || tag === '!' || tag?.endsWith(':str')) return checkedText(walk, node, path, text)
  const { value, doubt, unsupported } = resolvePlain(text)
  if (unsupported) add(walk, node, path, notFinite(text))
  if (doubt) add(walk, node, path, ambiguous(text, doubt))
  return typeof value === 'string' ? checkedText(walk, node, path, value) : value
}

function notFinite(text: string): ProblemText {
  const message = `${shown(text)} is a number that Kubernetes cannot hold`
  return { rule: 'yaml/number', message, fix: `Write a number, or "${shown(text)}" in quotes if text is meant.` }
}

function ambiguous(text: string, doubt: string): ProblemText {
  return {
    rule: 'yaml/ambiguous-scalar',
    severity: 'warning',
    message: `${shown(text)} is not read the same everywhere: ${doubt}`,
    fix: `Write "${shown(text)}" in quotes if text is meant; otherwise write true, false or a plain decimal number.`,
  }
}

function checkedText(walk: Walk, node: Node, path: FieldPath, text: string): string {
  const found = forbiddenCharacter.exec(text)?.[0] ?? /\p{Surrogate}/u.exec(text)?.[0]
  if (found !== undefined) add(walk, node, path, controlCharacter(found))
  return text
}

/** The problem of a character that must not stand in a manifest. */
export function controlCharacter(character: string): ProblemText {
  const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
  return { rule: 'yaml/control-character', message: `the control character ${code} stands here`, fix: 'Remove it.' }
}

function readMap(walk: Walk, map: YAMLMap, path: FieldPath): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  const seen = new Map<string, Node>()
  const merges: Node[] = []
  for (const pair of map.items as Pair<Node, Node | null>[]) {
    if (walk.stopped) break
    if (isMerge(walk, pair)) merges.push(pair.value!)
    else readPair(walk, pair, { path, result, seen })
  }
  for (const merge of merges) addMerged(walk, merge, path, result)
  return result
}

interface MapParts {
  path: FieldPath
  result: Record<string, unknown>
  seen: Map<string, Node>
}

function readPair(walk: Walk, pair: Pair<Node, Node | null>, { path, result, seen }: MapParts): void {
  const key = keyOf(walk, pair.key, path)
  if (key === undefined) return
  const inner = [...path, key]
  const first = seen.get(key)
  if (first) {
    const otherOffset = (first as { range?: number[] }).range?.[0]
    add(walk, pair.key, inner, {
      ...(otherOffset === undefined ? {} : { otherOffset }),
      rule: 'yaml/duplicate-key',
      at: 'key',
      message: `the key "${shown(key)}" stands here a second time`,
      fix: 'Keep one of the two.',
    })
  } else if (reserved.has(key)) {
    add(walk, pair.key, inner, {
      rule: 'yaml/reserved-key',
      at: 'key',
      message: `the key "${key}" is not allowed`,
      fix: 'Use another name.',
    })
  } else {
    seen.set(key, pair.key)
    result[key] = readNode(walk, pair.value, inner)
  }
}

/** A key is text; kubectl turns numbers and booleans into text, and so do we. */
function keyOf(walk: Walk, node: Node | null, path: FieldPath): string | undefined {
  const target = walk.yaml.isAlias(node) ? walk.anchors.get(node.source) : node
  if (!walk.yaml.isScalar(target)) {
    add(walk, node, path, {
      rule: 'yaml/key',
      message: 'a key here is no plain text',
      fix: 'Write a name before the colon.',
    })
    return undefined
  }
  walk.nodes++
  const { anchor } = target as { anchor?: string }
  if (anchor) walk.anchors.set(anchor, target)
  return String(readScalar(walk, target, path))
}

function isMerge(walk: Walk, pair: Pair<Node, Node | null>): boolean {
  const { key, value } = pair
  const named = walk.yaml.isScalar(key) && key.type === 'PLAIN' && key.value === '<<'
  return named && (walk.yaml.isAlias(value) || walk.yaml.isMap(value) || walk.yaml.isSeq(value))
}

function addMerged(walk: Walk, node: Node, path: FieldPath, result: Record<string, unknown>): void {
  const value = readNode(walk, node, path)
  for (const source of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (typeof source !== 'object' || source === null) continue
    for (const [key, inner] of Object.entries(source)) if (!Object.hasOwn(result, key)) result[key] = inner
  }
}
