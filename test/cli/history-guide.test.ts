/** The guide to the history shows what its commands print. With ARBK8S_UPDATE_GUIDES=1 it is written into it instead. */
import { writeFile } from 'node:fs/promises'

import { expect } from 'chai'

import { guideFile, readGuide, typeGuide, withOutputs } from '../helpers/guide.js'

describe('the guide to the history', function () {
  this.timeout(120_000)

  it('shows what its commands print, typed in order', async () => {
    const guide = await readGuide('history.md')
    const typed = await typeGuide(guide)
    if (process.env.ARBK8S_UPDATE_GUIDES) {
      await writeFile(guideFile('history.md'), withOutputs(guide, typed))
      return
    }
    expect(typed).to.have.length.above(12)
    for (const { command, printed, shown } of typed) expect(printed, command).to.equal(shown)
  })
})
