import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { expect } from 'chai'
import * as yaml from 'yaml'

import { readBlock } from '../../../src/manifests/yaml-block.js'
import { forbiddenCharacter, valueOf } from '../../../src/manifests/yaml-value.js'
import { splitDocuments } from '../../../src/manifests/yaml-split.js'
import { repoRoot } from '../../helpers/cli.js'

/** What the full parser makes of a document; undefined where it reports anything at all. */
function fullParser(text: string): { value: unknown } | undefined {
  const document = yaml.parseDocument(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  if (document.errors.length > 0) return undefined
  const { value, problems } = valueOf(document.contents, yaml)
  return problems.length > 0 ? undefined : { value }
}

const written = [
  'a: |\n  text',
  'a: |-\n  x\n\n  y\n\nb: 1\n',
  'a: |\n  x\n     \n  y\n   \nb: c\n',
  'a: [x, {b: c, d: [1, --e]}] # c\nb: {}\nc: []\n',
  'a: \'it\'\'s\' # c\n"b": "q\\"x\\\\"\n',
  '- a: 1\n  b:\n  - c\n  - d: e\n    f: g\n- x\n',
  'args: [a, "b",\n       c, --d,\n  e]\nb: c d\n',
  '---\n# c\nkey: value # more\nnothing:\nlist:\n- 1\n',
]

/** Every manifest and session of the repository. */
function documents(): string[] {
  const found = [...written]
  for (const folder of ['test/fixtures', 'examples', 'docs'])
    for (const name of readdirSync(path.join(repoRoot, folder), { recursive: true, encoding: 'utf8' }))
      if (/\.ya?ml$/.test(name)) {
        const text = readFileSync(path.join(repoRoot, folder, name), 'utf8')
        found.push(...[...splitDocuments(text)].map((chunk) => chunk.text))
      }
  return found.filter((text) => text.length < 4000)
}

const bits = [
  ...[' ', '  ', '\n', '- ', ': ', ':', '#', ' #', '"', "'", '[', ']', '{', '}', ',', '|', '|-', '>', '&a', '*a', '!'],
  ...[
    '---',
    'yes',
    '0444',
    'null',
    '~',
    '\t',
    '\\',
    '?',
    '%',
    '@',
    '-',
    '\n- ',
    '\n  ',
    'a: b',
    '1_0',
    '12:30',
    '=',
    '<<: ',
  ],
]

/** Small damage of the kind that people and programs do, the same for the same seed. */
function mutants(texts: string[], count: number): string[] {
  let seed = 20251116
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return Math.floor((seed / 0x80000000) * below)
  }
  const mutate = (text: string): string => {
    const at = random(text.length)
    const kind = random(4)
    if (kind === 0) return text.slice(0, at) + bits[random(bits.length)] + text.slice(at)
    if (kind === 1) return text.slice(0, at) + text.slice(at + 1 + random(4))
    if (kind === 2) {
      const from = random(text.length)
      return text.slice(0, at) + text.slice(from, from + random(20)) + text.slice(at)
    }
    const lines = text.split('\n')
    const line = random(lines.length)
    lines.splice(line, random(2), ...(random(2) ? [lines[random(lines.length)]!] : []))
    return lines.join('\n')
  }
  return Array.from({ length: count }, () => mutate(texts[random(texts.length)]!))
}

describe('the fast YAML reader', () => {
  const texts = documents()

  it('reads what is written plainly', () => {
    for (const text of written) expect(readBlock(text), text).to.deep.equal(fullParser(text))
  })

  it('reads nothing otherwise than the full parser does, and nothing that has a problem', function () {
    this.timeout(60_000)
    const all = [...texts, ...mutants(texts, 4000)].filter((text) => !forbiddenCharacter.test(text))
    let fast = 0
    for (const text of all) {
      const read = readBlock(text)
      if (!read) continue
      fast++
      expect(read, text).to.deep.equal(fullParser(text))
    }
    // Otherwise this would have compared nothing.
    expect(fast).to.be.greaterThan(500)
  })

  for (const [what, text] of [
    ['a key twice', 'a: 1\na: 2\n'],
    ['a key twice in brackets', 'a: {b: 1, b: 2}\n'],
    ['text that YAML versions read differently', 'a: yes\n'],
    ['an octal number', 'mode: 0444\n'],
    ['an anchor', 'a: &x 1\nb: *x\n'],
    ['a merge', '<<: {a: 1}\n'],
    ['a tag', 'a: !!str 1\n'],
    ['a reserved key', 'a: {__proto__: 1}\n'],
    ['a scalar on two lines', 'a: b\n  c\n'],
    ['a tab', 'a:\tb\n'],
    ['an escape that may make anything', 'a: "\\u0000"\n'],
    ['wrong indentation', 'a:\n    b: 1\n  c: 2\n'],
    ['an open bracket', 'a: [1, 2\nb: 3\n'],
  ] as const)
    it(`leaves ${what} to the full parser`, () => expect(readBlock(text)).to.equal(undefined))
})
