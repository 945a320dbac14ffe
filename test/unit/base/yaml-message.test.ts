import { expect } from 'chai'
import { parseDocument } from 'yaml'

import { withoutSource } from '../../../src/base/yaml-message.js'

/** Mistakes that make the parser repeat what stands there. */
const mistakes = [
  'a: !CANARY x',
  'a: |CANARY\n x',
  'a: >CANARY\n x',
  '%CANARY\n---\na: 1',
  'a: *CANARY',
  'a: "x" CANARY',
  '- CANARY\nb: CANARY',
  'a: @CANARY',
  'a: [CANARY',
  'a: "CANARY\n',
  'CANARY: 1\nCANARY: 2',
]

describe("a YAML parser's messages", () => {
  for (const text of mistakes)
    it(`repeat nothing of ${JSON.stringify(text)}`, () => {
      const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' })
      const said = [...document.errors, ...document.warnings].map(({ message }) => message)
      try {
        document.toJS()
      } catch (error) {
        said.push((error as Error).message)
      }
      expect(said).to.not.have.length(0)
      for (const message of said) {
        expect(withoutSource(message)).to.not.include('CANARY')
        expect(withoutSource(message).length).to.be.greaterThan(8)
      }
    })

  it('are the same where nothing is repeated', () => {
    const message = 'Nested mappings are not allowed in compact mappings'
    expect(withoutSource(message)).to.equal(message)
  })
})
