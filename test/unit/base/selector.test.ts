import { expect } from 'chai'

import type { ArbError } from '../../../src/base/errors.js'
import { matchesSelector, parseSelector } from '../../../src/base/selector.js'

function failure(text: string): ArbError {
  try {
    parseSelector(text)
  } catch (error) {
    return error as ArbError
  }
  throw new Error(`"${text}" parsed`)
}

describe('parseSelector', () => {
  it('reads every operator', () => {
    expect(parseSelector('a=1, b==2,c!=3 ,d in (x, y),e notin (z),f,!g,h>1,i<-2')).to.deep.equal([
      { key: 'a', operator: 'in', values: ['1'] },
      { key: 'b', operator: 'in', values: ['2'] },
      { key: 'c', operator: 'notin', values: ['3'] },
      { key: 'd', operator: 'in', values: ['x', 'y'] },
      { key: 'e', operator: 'notin', values: ['z'] },
      { key: 'f', operator: 'exists', values: [] },
      { key: 'g', operator: 'absent', values: [] },
      { key: 'h', operator: 'gt', values: ['1'] },
      { key: 'i', operator: 'lt', values: ['-2'] },
    ])
  })

  it('takes prefixed keys, empty values and an empty text', () => {
    expect(parseSelector('')).to.deep.equal([])
    expect(parseSelector('batch.kubernetes.io/job-name=x')[0]?.key).to.equal('batch.kubernetes.io/job-name')
    expect(parseSelector('a=')[0]?.values).to.deep.equal([''])
    expect(parseSelector('in in (in)')).to.deep.equal([{ key: 'in', operator: 'in', values: ['in'] }])
  })

  const broken: [string, number][] = [
    ['a=b=c', 4],
    ['=b', 1],
    ['a,', 3],
    [',a', 1],
    ['a in b', 6],
    ['a in (b', 8],
    ['a in (b c)', 9],
    ['a b', 3],
    ['a=$x', 3],
    ['A_/b=1', 1],
    ['a/b/c', 1],
    [`a=${'x'.repeat(64)}`, 3],
    ['h>many', 3],
    ['-a=b', 1],
    ['!', 2],
  ]
  for (const [text, position] of broken) {
    it(`refuses ${text.slice(0, 20)} at position ${position}`, () => {
      const error = failure(text)
      expect(error.code).to.equal('ARB_SELECTOR_INVALID')
      expect(error.details.position).to.equal(position)
    })
  }
})

describe('matchesSelector', () => {
  const labels = { app: 'x', n: '10', empty: '' }
  const cases: [string, boolean][] = [
    ['', true],
    ['app=x', true],
    ['app!=x', false],
    ['other!=x', true],
    ['other=x', false],
    ['app in (y,x)', true],
    ['other notin (x)', true],
    ['app', true],
    ['!app', false],
    ['n>9', true],
    ['n<10', false],
    ['app>1', false],
    ['empty=', true],
    ['toString', false],
  ]
  for (const [selector, wanted] of cases) {
    it(`${selector || '(empty)'} → ${wanted}`, () => {
      expect(matchesSelector(parseSelector(selector), labels)).to.equal(wanted)
    })
  }
})
