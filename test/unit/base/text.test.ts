import { expect } from 'chai'

import { clean, cleanDeep, cleanLine, nearest, shorten } from '../../../src/base/text.js'

const ESC = '\u001b'

describe('cleaning text from a cluster', () => {
  const active: [string, string, string][] = [
    ['a colour', `${ESC}[31mred${ESC}[0m`, 'red'],
    ['a cleared screen', `a${ESC}[2Jb`, 'ab'],
    ['a window title, ended by BEL', `a${ESC}]0;title\u0007b`, 'ab'],
    ['a link, ended by ST', `${ESC}]8;;http://x${ESC}\\text${ESC}]8;;${ESC}\\`, 'text'],
    ['a clipboard write', `x${ESC}]52;c;aGk=\u0007y`, 'xy'],
    ['a device control string', `x${ESC}Pq#0${ESC}\\y`, 'xy'],
    ['an 8-bit CSI', 'a\u009b31mb', 'a31mb'],
    ['carriage returns and backspaces', 'a\rb\bc', 'abc'],
    ['a right-to-left override', 'abc\u202egpj', 'abcgpj'],
    ['zero-width characters', 'a\u200bb\ufeffc', 'abc'],
    ['line separators', 'a\u2028b\u2029c', 'abc'],
    ['a lone escape', `a${ESC}`, 'a'],
  ]
  for (const [name, input, output] of active) {
    it(`removes ${name}`, () => {
      expect(clean(input)).to.equal(output)
    })
  }

  it('keeps tabs, newlines and other scripts', () => {
    expect(clean('a\tb\nπ 数 é 🚨')).to.equal('a\tb\nπ 数 é 🚨')
  })

  it('cleans every string of a JSON value and pollutes no prototype', () => {
    const value = cleanDeep(JSON.parse(`{"a":["x\\u001b[31m"],"__proto__":{"polluted":"y"},"n":1,"z":null}`))
    expect(value.a).to.deep.equal(['x'])
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined)
    expect(Object.keys(value)).to.deep.equal(['a', '__proto__', 'n', 'z'])
  })

  it('makes one line of several', () => {
    expect(cleanLine(' a\n  b\t c ')).to.equal('a b c')
  })
})

describe('names that were meant', () => {
  it('finds a near one and only a near one', () => {
    expect(nearest('worker', ['workers', 'image'])).to.equal('workers')
    expect(nearest('sessionid', ['session_id', 'mode'])).to.equal('session_id')
    expect(nearest('zzz', ['workers', 'image'])).to.equal(undefined)
  })
})

describe('shortening', () => {
  it('marks what was cut', () => {
    expect(shorten('abcdef', 4)).to.equal('abc…')
    expect(shorten('abcd', 4)).to.equal('abcd')
  })
})
