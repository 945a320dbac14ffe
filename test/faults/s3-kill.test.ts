/** Compactions of an S3 history that are killed at random moments; the full count with ARBK8S_FULL_FAULTS=1. */
import { expect } from 'chai'

import { startFakeS3 } from '../helpers/fake-s3.js'
import { killRounds } from '../helpers/s3-kill-rounds.js'
import { testS3Store } from '../helpers/s3-store.js'

const rounds = process.env.ARBK8S_FULL_FAULTS ? 100 : 8
process.env.AWS_ACCESS_KEY_ID ??= 'test'
process.env.AWS_SECRET_ACCESS_KEY ??= 'test'

describe('s3 history with killed compactions', function () {
  this.timeout(30_000 + rounds * 15_000)
  let fake: Awaited<ReturnType<typeof startFakeS3>>
  before(async () => {
    fake = await startFakeS3()
  })
  after(() => fake.close())

  it(`loses and doubles nothing in ${rounds} rounds with a writer, a reader and another compaction`, async () => {
    fake.delayMs = () => Math.random() * 10
    const env = { AWS_ENDPOINT_URL_S3: fake.endpoint, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
    const location = 's3://bucket/killed'
    const open = () => testS3Store(fake.endpoint, location)
    const figures = await killRounds({ location, env, rounds, longestMs: 500, open })
    console.log(`      ${JSON.stringify(figures)}`)
    expect(figures).to.include({ lost: 0, missed: 0, doubled: 0, acknowledged: rounds * 12 })
    expect(figures.killed).to.be.greaterThan(0)
    expect(fake.overwritten).to.equal(0)
  })
})
