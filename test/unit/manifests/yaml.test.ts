import { expect } from 'chai'

import { documentReader, type ParsedDocument } from '../../../src/manifests/yaml-document.js'
import { resolvePlain } from '../../../src/manifests/yaml-scalar.js'

let read: (text: string) => Generator<ParsedDocument>
before(async () => {
  read = await documentReader()
})

const one = (text: string): ParsedDocument => [...read(text)][0]!
const found = (text: string) =>
  one(text).problems.map(({ rule, position }) => `${position!.line}:${position!.column} ${rule}`)

describe('plain scalars', () => {
  // What kubectl 1.32 made of them.
  const kubectl: [string, unknown][] = [
    ['y', true], ['Yes', true], ['yEs', 'yEs'], ['off', false], ['N', false], ['TRUE', true], ['tRue', 'tRue'], ['~', null],
    ['0444', 292], ['0o14', 12], ['0O14', 12], ['-0o14', -12], ['0x1F', 31], ['-0x1F', -31], ['0b11', 3], ['+0b1', 1],
    ['1_000', 1000], ['1__0', 10], ['_1', '_1'], ['0x_1', 1], ['12:30', '12:30'], ['2024-01-01', '2024-01-01'], ['1e3', 1000],
    ['.5', 0.5], ['5.', 5], ['+1', 1], ['-0', 0], ['08', 8], ['007', 7], ['=', '='], ['1e400', '1e400'], ['nan', 'nan'],
    ['1_000.5', 1000.5], ['-', '-'], ['+', '+'], ['.', '.'], ['99999999999999999999', 1e20], ['1.0', 1],
  ] // prettier-ignore
  for (const [text, value] of kubectl)
    it(`reads ${text} as kubectl does`, () =>
      expect(resolvePlain(text).value === value || Object.is(resolvePlain(text).value, -0)).to.equal(true))

  it('doubts what readers disagree on, and nothing else', () => {
    for (const text of ['yes', 'n', '0444', '0o7', '1_000', '0b1', '12:30', '2024-01-01'])
      expect(resolvePlain(text).doubt, text).to.be.a('string')
    for (const text of ['true', 'null', '1', '-1', '1.5', 'text', '0', '500m', 'a:b'])
      expect(resolvePlain(text).doubt, text).to.equal(undefined)
  })
})

describe('documents', () => {
  it('are found in a stream, with their lines', () => {
    const text = '# c\n---\na: 1\n---\n# nothing\n---\nb: |\n  --- not a marker\n  x\n...\n%YAML 1.2\n---\nc: 3\n'
    expect([...read(text)].map(({ index, line, value }) => [index, line, value])).to.deep.equal([
      [0, 1, { a: 1 }],
      [1, 6, { b: '--- not a marker\nx\n' }],
      [2, 11, { c: 3 }],
    ])
  })

  it('may have CRLF and be JSON', () => {
    expect(one('a: 1\r\nb: x\r\n').value).to.deep.equal({ a: 1, b: 'x' })
    expect(one('{"a": [1, "yes", null]}').value).to.deep.equal({ a: [1, 'yes', null] })
  })

  it('know where their fields are, or the nearest part that is there', () => {
    const document = one('spec:\n  containers:\n    - name: a\n      image: b\n')
    expect(document.locate(['spec', 'containers', 0, 'image'])).to.deep.equal({ line: 4, column: 14 })
    expect(document.locate(['spec', 'containers', 0, 'image'], 'key')).to.deep.equal({ line: 4, column: 7 })
    expect(document.locate(['spec', 'containers', 0, 'args'])).to.deep.equal({ line: 3, column: 7 })
    expect(document.locate(['metadata', 'name'])).to.deep.equal({ line: 1, column: 1 })
  })

  const bad: [string, string, string][] = [
    ['a mapping within a line', 'a: b: c\n', '1:4 yaml/syntax'],
    ['a tab', 'a:\n\tb: 1', '2:1 yaml/syntax'],
    ['a key twice', 'a: 1\nb:\n  c: 1\n  c: 2\n', '4:3 yaml/duplicate-key'],
    ['a tag', 'a: !!js/function x', '1:18 yaml/tag'],
    ['an alias within itself', 'a: &a [1, *a]', '1:11 yaml/alias'],
    ['an alias to nothing', 'a: *x', '1:4 yaml/alias'],
    ['an escape character', 'a: "x\\e[1m"', '1:4 yaml/control-character'],
    ['text turned around', 'a: b\u202ec', '1:5 yaml/control-character'],
    ['a NUL', 'a: \u0000', '1:4 yaml/control-character'],
    ['half a character', 'a: "\\ud800"', '1:4 yaml/control-character'],
    ['a list as key', '? [a]\n: b', '1:3 yaml/key'],
    ['infinity', 'a: .inf', '1:4 yaml/number'],
    ['a name of JavaScript', 'labels: {constructor: a}', '1:10 yaml/reserved-key'],
    ['a second reading', 'a: yes', '1:4 yaml/ambiguous-scalar'],
  ]
  for (const [title, text, expected] of bad)
    it(`say where ${title} is`, () => expect(found(text)).to.deep.equal([expected]))

  it('names the first of two equal keys', () =>
    expect(one('a: 1\nb: 1\na: 2').problems[0]!.message).to.include('after line 1'))

  it('does not let a key reach a prototype', () => {
    expect(one('__proto__: {polluted: 1}\na: 1').value).to.deep.equal({ a: 1 })
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined)
  })

  it('bounds depth, size and what aliases grow to', () => {
    expect(found('['.repeat(100_000))[0]).to.match(/yaml\/depth/)
    expect(found(`${'[ '.repeat(70)}${'] '.repeat(70)}`)[0]).to.match(/^1:\d+ yaml\/depth/)
    expect(found(`a: ${'x'.repeat(1_048_577)}`)).to.deep.equal(['1:1 yaml/size'])
    const rows = ['a: &a [x,x,x,x,x,x,x,x,x]']
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'] as unknown as [string, string][])
      rows.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(',')}]`)
    expect(found(rows.join('\n'))[0]).to.match(/yaml\/alias-bomb/)
  })

  it('takes ordinary anchors and merges', () => {
    expect(one('x: &x {a: 1, b: 2}\ny1:\n  <<: *x\n  b: 3\n').value).to.deep.equal({
      x: { a: 1, b: 2 },
      y1: { a: 1, b: 3 },
    })
    const many = `x: &x 1\nl: [${Array.from({ length: 500 }, () => '*x').join(', ')}]`
    expect(one(many).problems).to.deep.equal([])
  })
})
