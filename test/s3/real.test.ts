/** The store on a real S3-compatible server, which checks signatures, regions and clocks. */
import { expect } from 'chai'

import { testStore } from '../../plugins/plugin-kit/src/testing/index.js'
import { bucketOnServer, type RealBucket, realEndpoint } from '../helpers/s3-real.js'
import { killRounds, s3Child } from '../helpers/s3-kill-rounds.js'
import { recordOf, selectorsOf, testS3Store } from '../helpers/s3-store.js'

/** Compactions that are killed; 100 for the full count. */
const rounds = process.env.ARBK8S_FULL_FAULTS ? 100 : 6

if (!realEndpoint) {
  describe('s3 on a real server', () => {
    it('is not tested: ARBK8S_TEST_S3_ENDPOINT and AWS credentials name no server', function () {
      this.skip()
    })
  })
} else {
  let place = 0
  let real: RealBucket

  before(async () => {
    real = await bucketOnServer()
  })
  after(() => real.remove())

  testStore(
    { describe, it },
    {
      name: 's3, on a real server,',
      location: () => {
        const location = `s3://${real.name}/place-${place++}`
        let broken = false
        const options = (signal?: AbortSignal) => ({ signal, env: process.env })
        return Promise.resolve({
          open: (given) =>
            testS3Store(real.endpoint, broken ? 's3://there-is-no-such-bucket/x' : location, options(given?.signal)),
          damage: () => real.damage(location),
          block: async () => {
            broken = true
          },
          appendElsewhere: async (records) => {
            const { child } = s3Child([location, 'records'], real.env)
            child.stdin!.end(records.map((record) => `${JSON.stringify(record)}\n`).join(''))
            const code = await new Promise((resolve) => child.on('close', resolve))
            expect(code).to.equal(0)
          },
          remove: async () => undefined,
        })
      },
    },
  )

  describe('s3 on a real server', function () {
    this.timeout(60_000 + rounds * 20_000)
    const open = (location: string, env: Record<string, string | undefined> = process.env) =>
      testS3Store(real.endpoint, location, { env })

    it('pages through more objects than one list holds', async () => {
      const location = `s3://${real.name}/many`
      const store = open(location)
      const names = Array.from({ length: 1100 }, (_none, i) => `r${String(i).padStart(4, '0')}`)
      const time = (i: number): string => new Date(Date.UTC(2025, 9, 1, 0, 0, i)).toISOString()
      for (let from = 0; from < names.length; from += 50) {
        await Promise.all(names.slice(from, from + 50).map((name, i) => store.append(recordOf(name, time(from + i)))))
      }
      expect(await selectorsOf(open(location), { newestFirst: true, limit: 3 })).to.deep.equal([
        'r1099',
        'r1098',
        'r1097',
      ])
      expect(await open(location).compact?.()).to.deep.equal({ before: 1100, after: 1, records: 1100 })
      expect(await selectorsOf(open(location), { newestFirst: true })).to.deep.equal(names.reverse())
    })

    it(`loses and doubles nothing in ${rounds} rounds with a killed compaction, another one, a writer and a reader`, async () => {
      const location = `s3://${real.name}/killed`
      const figures = await killRounds({ location, env: real.env, rounds, longestMs: 1500, open: () => open(location) })
      console.log(`      ${JSON.stringify(figures)}`)
      expect(figures).to.include({ lost: 0, missed: 0, doubled: 0, acknowledged: rounds * 12 })
      expect(figures.killed).to.be.greaterThan(0)
    })

    it('says in plain words what the server refuses, with nothing secret', async () => {
      const said = async (location: string, change: Record<string, string>): Promise<string> => {
        const child = s3Child([location, 'append', 'x', '1', '2025-11-16T10:00:00Z'], { ...real.env, ...change })
        let stderr = ''
        child.child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()))
        await new Promise((resolve) => child.child.on('close', resolve))
        return stderr
      }
      const location = `s3://${real.name}/x`
      const wrong = { AWS_SECRET_ACCESS_KEY: 'canary-secret-value' }
      const answers = [
        [await said('s3://there-is-no-such-bucket/x', {}), /there is no bucket there-is-no-such-bucket/],
        [await said(location, wrong), /AWS_SECRET_ACCESS_KEY/],
        [await said(location, { AWS_ACCESS_KEY_ID: 'nobody' }), /access key is not known there/],
        [await said(location, { AWS_REGION: 'eu-west-7' }), /the region is not the bucket's/],
      ] as const
      for (const [text, expected] of answers) {
        expect(text).to.match(expected)
        expect(text).to.not.match(/canary-secret-value|Signature=|StringToSign|Credential=/)
      }
    })
  })
}
