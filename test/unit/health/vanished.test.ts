import { expect } from 'chai'

import { isOver, withVanished } from '../../../src/health/vanished.js'
import { condition, job, snapshot } from './objects.js'

const done = job({ name: 'done', status: { conditions: [condition('Complete')] } })
const open = job({ name: 'open', status: { active: 1 } })

describe('withVanished', () => {
  it('adds Jobs that were seen before, and names those whose end nobody saw', () => {
    const merged = withVanished(snapshot({ jobs: [job()] }), [done, open])
    expect(merged.jobs.map(({ metadata }) => metadata.name)).to.deep.equal(['one', 'done', 'open'])
    expect(merged.errors).to.deep.equal(['Job open is gone before its end was seen; it was last RUNNING'])
  })

  it('lets a new Job of the same name stand for the old one', () => {
    const again = { ...open, metadata: { ...open.metadata, uid: 'new' } }
    const shot = snapshot({ jobs: [again] })
    expect(withVanished(shot, [open])).to.equal(shot)
  })
})

describe('isOver', () => {
  it('is true at the first certain end', () => {
    expect([done, open, job({ status: { conditions: [condition('FailureTarget')] } })].map(isOver)).to.deep.equal([
      true,
      false,
      true,
    ])
  })
})
