/** The store against a server that misbehaves: nothing acknowledged is lost, nothing is overwritten, nothing hangs. */
import { expect } from 'chai'

import { type FakeRequest, type FakeS3, type Fault, startFakeS3 } from '../../helpers/fake-s3.js'
import { recordOf, selectorsOf, testS3Store } from '../../helpers/s3-store.js'

process.env.AWS_ACCESS_KEY_ID ??= 'test'
process.env.AWS_SECRET_ACCESS_KEY ??= 'test'

/** Records per row of the matrix; 50 for the full count. */
const rounds = process.env.ARBK8S_FULL_FAULTS ? 50 : 5

interface Row {
  fault: Fault
  /** Fits only these PUTs. */
  when?: (request: FakeRequest) => boolean
  settings?: Record<string, unknown>
  /** What an error says where the fault never ends; undefined where the store gets on all the same. */
  always: RegExp | undefined
  /** It does not help that the fault passes: the first answer is final. */
  final?: true
  /** Nothing is answered, so that each try ends by its deadline. */
  mute?: true
  /** The store goes on with another key. */
  newKey?: true
}

const checksum = ({ headers }: FakeRequest): boolean =>
  Object.keys(headers).some((name) => /^x-amz-(checksum|sdk-checksum)/.test(name))
const condition = ({ headers }: FakeRequest): boolean => headers['if-none-match'] !== undefined

const matrix: Record<string, Row> = {
  '200 with an HTML page': { fault: { kind: 'html' }, always: /HTML page.*not S3, or a proxy/ },
  '200 without an ETag': { fault: { kind: 'noEtag' }, always: /no ETag/ },
  '200 without an ETag, and stored': { fault: { kind: 'noEtag', commit: true }, always: undefined },
  '301': { fault: { status: 301, code: 'PermanentRedirect', headers: { location: 'http://127.0.0.1:9/', 'x-amz-bucket-region': 'eu-west-1' } }, always: /region eu-west-1/, final: true },
  '307': { fault: { status: 307, code: 'TemporaryRedirect', headers: { location: 'http://127.0.0.1:9/' } }, always: /not followed/, final: true },
  '400 about the condition': { fault: { status: 400, code: 'InvalidArgument-If-None-Match' }, when: condition, always: undefined, final: true },
  '403': { fault: { status: 403, code: 'AccessDenied' }, always: /need s3:PutObject on bucket\/history\/\*/, final: true },
  '404 of the bucket': { fault: { status: 404, code: 'NoSuchBucket' }, always: /there is no bucket bucket/, final: true },
  '409': { fault: { status: 409, code: 'ConditionalRequestConflict' }, always: /409/ },
  '412 with the same content': { fault: { status: 412, code: 'PreconditionFailed', commit: true }, always: undefined },
  '412 with other content': { fault: { status: 412, code: 'PreconditionFailed' }, always: /every new name.*exists/, newKey: true },
  '429': { fault: { status: 429, code: 'TooManyRequests' }, always: /429/ },
  '500': { fault: { status: 500, code: 'InternalError' }, always: /500/ },
  '500, and stored': { fault: { status: 500, code: 'InternalError', commit: true }, always: undefined },
  '501 of the condition': { fault: { status: 501, code: 'NotImplemented' }, when: condition, always: undefined, final: true },
  '501 of checksums': { fault: { status: 501, code: 'NotImplemented' }, when: checksum, settings: { checksums: 'always' }, always: undefined, final: true },
  '501 of everything': { fault: { status: 501, code: 'NotImplemented' }, always: /501/, final: true },
  '503': { fault: { status: 503, code: 'SlowDown' }, always: /asked too often/ },
  'a reset': { fault: { kind: 'reset' }, always: /connection to .* was cut/ },
  'a reset, and stored': { fault: { kind: 'reset', commit: true }, always: undefined },
  'no answer': { fault: { kind: 'mute' }, always: /did not answer in time/, mute: true },
  'no answer, and stored': { fault: { kind: 'mute', commit: true }, always: undefined, mute: true },
} // prettier-ignore

describe('s3 store against a misbehaving server', function () {
  this.timeout(60_000)
  let fake: FakeS3

  beforeEach(async () => {
    fake = await startFakeS3()
  })
  afterEach(() => fake.close())

  /** Appends the records at once; resolves to those that were acknowledged and the messages of those that were not. */
  async function appendAll(
    timeout: string,
    settings: Record<string, unknown> = {},
  ): Promise<{ acknowledged: string[]; errors: string[] }> {
    const store = testS3Store(fake.endpoint, undefined, { settings: { timeout, ...settings } })
    const acknowledged: string[] = []
    const errors: string[] = []
    await Promise.all(
      Array.from({ length: rounds }, (_none, i) => `r${i}`).map(async (name) => {
        try {
          await store.append(recordOf(name, '2025-11-16T10:00:00Z'))
          acknowledged.push(name)
        } catch (error) {
          errors.push((error as Error).message)
        }
      }),
    )
    await store.close?.()
    return { acknowledged: acknowledged.sort(), errors }
  }

  async function stored(): Promise<string[]> {
    fake.fault = () => undefined
    if (fake.objects.size === 0) return []
    return (await selectorsOf(testS3Store(fake.endpoint))).sort()
  }

  for (const [title, row] of Object.entries(matrix)) {
    const { fault, settings, always, when = () => true } = row
    const applies = (request: FakeRequest): boolean => request.method === 'PUT' && when(request)

    if (!row.final) {
      it(`stores every record though each first meets ${title}`, async () => {
        const twice = 'status' in fault && fault.status >= 500 ? 2 : 1
        // A record that gets a new key is known by its order in time no more, so there the first ones of all meet it.
        let first = rounds
        const meets = (count: number): boolean => (row.newKey ? first-- > 0 : count <= twice)
        fake.fault = (request, count) => (applies(request) && meets(count) ? fault : undefined)
        const { acknowledged, errors } = await appendAll(row.mute ? '4s' : '20s', settings)
        expect(errors).to.deep.equal([])
        expect(acknowledged).to.have.length(rounds)
        expect(await stored()).to.deep.equal(acknowledged)
        expect(fake.overwritten).to.equal(0)
      })
    }

    it(`${always ? 'acknowledges nothing' : 'stores every record all the same'} when it is always ${title}`, async () => {
      fake.fault = (request) => (applies(request) ? fault : undefined)
      const { acknowledged, errors } = await appendAll(row.mute ? '600ms' : '20s', settings)
      if (always) {
        expect(errors).to.have.length(rounds)
        for (const message of errors) expect(message).to.match(always)
      }
      const kept = await stored()
      expect(acknowledged.filter((name) => !kept.includes(name))).to.deep.equal([])
      expect(new Set(kept).size).to.equal(kept.length)
      expect(fake.overwritten).to.equal(0)
    })
  }

  it('sends no request to where it is redirected', async () => {
    const other = await startFakeS3()
    fake.fault = () => ({ status: 307, code: 'TemporaryRedirect', headers: { location: `${other.endpoint}/bucket/x` } })
    const { errors } = await appendAll('20s')
    expect(errors).to.have.length(rounds)
    expect(other.requests).to.deep.equal([])
    await other.close()
  })

  describe('while reading', () => {
    const read = (timeout: string) => selectorsOf(testS3Store(fake.endpoint, undefined, { settings: { timeout } }))

    beforeEach(async () => {
      const store = testS3Store(fake.endpoint)
      for (let i = 0; i < 5; i++) await store.append(recordOf(`r${i}`, `2025-11-16T10:00:0${i}Z`))
    })

    const passing: Record<string, Fault> = {
      'an HTML page': { kind: 'html' },
      'a 503': { status: 503, code: 'SlowDown' },
      'a reset': { kind: 'reset' },
      'no answer': { kind: 'mute' },
      'an answer that breaks off': { kind: 'cut' },
    }
    for (const [title, fault] of Object.entries(passing)) {
      it(`gets everything though each request first meets ${title}`, async () => {
        fake.fault = (_request, count) => (count === 1 ? fault : undefined)
        // Listings share one count, so only the first of them fails; each object's first GET does.
        expect(await read(title === 'no answer' ? '4s' : '20s')).to.deep.equal(['r0', 'r1', 'r2', 'r3', 'r4'])
      })
    }

    const lasting: Record<string, [Fault, RegExp]> = {
      'an HTML page': [{ kind: 'html' }, /HTML page/],
      'JSON of something else': [{ kind: 'junk' }, /./],
      'a page with a name missing': [{ kind: 'truncatedList' }, /the list is cut off/],
      'a 403': [{ status: 403, code: 'AccessDenied' }, /s3:ListBucket on the bucket bucket for the prefix history\/records\//],
      'no bucket': [{ status: 404, code: 'NoSuchBucket' }, /there is no bucket bucket at http:\/\/127.0.0.1/],
      'a wrong signature': [{ status: 403, code: 'SignatureDoesNotMatch' }, /AWS_SECRET_ACCESS_KEY/],
      'a wrong clock': [{ status: 403, code: 'RequestTimeTooSkewed' }, /clock/],
      'another region': [{ status: 400, code: 'AuthorizationHeaderMalformed' }, /AWS_REGION/],
    } // prettier-ignore
    for (const [title, [fault, message]] of Object.entries(lasting)) {
      it(`takes ${title} for no shorter history`, async () => {
        fake.fault = ({ key, query }) =>
          key === '?list' && (!('kind' in fault) || fault.kind !== 'truncatedList' || !query.has('delimiter'))
            ? fault
            : undefined
        const error = await read('20s').then(
          () => expect.fail('it was read'),
          (thrown: Error) => thrown,
        )
        expect(error.message).to.match(message)
        expect((error as NodeJS.ErrnoException).code).to.not.equal('ENOENT')
        expect(error.cause).to.equal(undefined)
      })
    }
  })
})
