import { expect } from 'chai'

import { colourWanted, palette } from '../../../src/cli/render/colour.js'
import { renderTable } from '../../../src/cli/render/table.js'
import { cutToWidth, displayWidth } from '../../../src/cli/render/width.js'

const columns = [
  { header: 'name', min: 8 },
  { header: 'done', align: 'right' as const },
  { header: 'cause', min: 6 },
]

describe('renderTable', () => {
  it('aligns columns and leaves no blanks at the end', () => {
    expect(
      renderTable(columns, [
        ['worker-1', '1/1', ''],
        ['w2', '0/12', 'ImagePullBackOff'],
      ]),
    ).to.deep.equal(['NAME       DONE   CAUSE', 'worker-1    1/1', 'w2         0/12   ImagePullBackOff'])
  })

  it('shrinks the widest column first and keeps every line within the width', () => {
    const lines = renderTable(columns, [['arb-tuning-d29-k8s--worker-1-0', '0/1', 'ImagePullBackOff']], { width: 40 })
    for (const line of lines) expect(displayWidth(line)).to.be.at.most(40)
    expect(lines[1]).to.contain('…')
    expect(lines[1]).to.contain('0/1')
  })

  it('drops columns in their order when shrinking is not enough', () => {
    const lines = renderTable(
      [{ header: 'name' }, { header: 'age', drop: 2 }, { header: 'node', drop: 1 }],
      [['abcdefghij', '12m', 'node-one']],
      { width: 20 },
    )
    expect(lines).to.deep.equal(['NAME         AGE', 'abcdefghij   12m'])
  })

  it('paints text and not padding, and measures wide characters', () => {
    const { red } = palette(true)
    const lines = renderTable(
      [{ header: 'a' }, { header: 'b' }],
      [
        [{ text: 'x', paint: red }, '1'],
        ['漢字', '2'],
      ],
    )
    expect(lines).to.deep.equal(['A      B', '\u001b[31mx\u001b[39m      1', '漢字   2'])
  })
})

describe('cutToWidth', () => {
  it('keeps colour codes whole', () => {
    expect(cutToWidth('\u001b[31mabcdef\u001b[39m', 4)).to.equal('\u001b[31mabc…\u001b[39m')
    expect(cutToWidth('漢字漢字', 4)).to.equal('漢…')
  })
})

describe('colourWanted', () => {
  it('obeys NO_COLOR over everything, then FORCE_COLOR, then the terminal', () => {
    expect(colourWanted({ isTTY: true, env: {} })).to.equal(true)
    expect(colourWanted({ isTTY: true, env: { NO_COLOR: '1', FORCE_COLOR: '1' } })).to.equal(false)
    expect(colourWanted({ isTTY: false, env: { FORCE_COLOR: '1' } })).to.equal(true)
    expect(colourWanted({ isTTY: false, env: {} })).to.equal(false)
    expect(colourWanted({ isTTY: true, env: { TERM: 'dumb' } })).to.equal(false)
  })
})
