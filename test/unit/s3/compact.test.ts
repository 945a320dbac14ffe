import { expect } from 'chai'

import { type FakeS3, startFakeS3 } from '../../helpers/fake-s3.js'
import { recordOf, selectorsOf, testS3Store } from '../../helpers/s3-store.js'

process.env.AWS_ACCESS_KEY_ID ??= 'test'
process.env.AWS_SECRET_ACCESS_KEY ??= 'test'

describe('s3 compaction', function () {
  this.timeout(60_000)
  let fake: FakeS3
  const names = Array.from({ length: 40 }, (_none, i) => `r${String(i).padStart(2, '0')}`)
  const open = (location?: string) => testS3Store(fake.endpoint, location)

  beforeEach(async () => {
    fake = await startFakeS3()
    const store = open()
    for (const [i, name] of names.entries()) {
      await store.append(recordOf(name, `2025-11-${16 + Math.floor(i / 20)}T10:00:${String(i).padStart(2, '0')}Z`))
    }
  })
  afterEach(() => fake.close())

  const objects = (folder: string) => [...fake.objects.keys()].filter((key) => key.startsWith(`history/${folder}/`))

  it('makes one object of a closed day and says so', async () => {
    expect(await open().compact?.()).to.deep.equal({ before: 40, after: 2, records: 40 })
    expect(objects('records')).to.deep.equal([])
    expect(await selectorsOf(open())).to.deep.equal(names)
    expect(await selectorsOf(open(), { newestFirst: true, limit: 3 })).to.deep.equal(['r39', 'r38', 'r37'])
    expect(await open().compact?.()).to.deep.equal({ before: 2, after: 2, records: 40 })
  })

  it('leaves the open day and a day that ended less than an hour ago alone', async () => {
    const now = () => new Date('2025-11-18T00:30:00Z')
    expect(await testS3Store(fake.endpoint, undefined, { now }).compact?.()).to.deep.equal({
      before: 40,
      after: 21,
      records: 40,
    })
  })

  it('finds late arrivals for an old day among the others, in order, before and after they are merged', async () => {
    await open().compact?.()
    await open().append(recordOf('late', '2025-11-16T10:00:05.500Z'))
    const expected = [...names.slice(0, 6), 'late', ...names.slice(6)]
    expect(await selectorsOf(open())).to.deep.equal(expected)
    await open().append(recordOf('later', '2025-11-16T10:00:05.600Z'))
    expect(await open().compact?.()).to.deep.equal({ before: 4, after: 3, records: 42 })
    expect(await selectorsOf(open())).to.deep.equal([...expected.slice(0, 7), 'later', ...expected.slice(7)])
  })

  it('gives each record once where a run that was cut off left segments and objects', async () => {
    for (const allowed of [0, 1, 5, 19]) {
      let removed = 0
      fake.fault = ({ method }) =>
        method === 'DELETE' && removed++ >= allowed ? { status: 403, code: 'AccessDenied' } : undefined
      const error = await open()
        .compact?.()
        .then(
          () => '',
          (thrown: Error) => thrown.message,
        )
      expect(error).to.contain('s3:DeleteObject on bucket/history/*')
      fake.fault = () => undefined
      expect(await selectorsOf(open())).to.deep.equal(names)
    }
    await open().compact?.()
    expect(objects('records')).to.deep.equal([])
    expect(await selectorsOf(open())).to.deep.equal(names)
  })

  it('removes nothing when a segment does not read back as it was written', async () => {
    fake.fault = ({ method, key }) => (method === 'GET' && key.includes('/segments/') ? { kind: 'junk' } : undefined)
    const error = await open()
      .compact?.()
      .then(
        () => '',
        (thrown: Error) => thrown.message,
      )
    expect(error).to.contain('nothing was removed')
    expect(objects('records')).to.have.length(40)
    // Nor later, for as long as the store gives back something else.
    await open()
      .compact?.()
      .catch(() => undefined)
    fake.fault = () => undefined
    expect(await selectorsOf(open())).to.deep.equal(names)
  })

  it('leaves what is damaged where it is, and tells it', async () => {
    const [key] = objects('records')
    fake.objects.set(key!, Buffer.from('{"timestamp": "2025'))
    await open().compact?.()
    expect(objects('records')).to.deep.equal([key])
    const result = await open().verify?.()
    expect(result?.records).to.equal(39)
    expect(result?.problems.map(({ where }) => where)).to.deep.equal([key])
  })

  it('tells a segment line that was changed and a segment whose end is missing', async () => {
    await open().compact?.()
    const [first, second] = objects('segments')
    const text = fake.objects.get(first!)!.toString()
    fake.objects.set(first!, Buffer.from(text.replace('"OK"', '"NO"')))
    fake.objects.set(second!, fake.objects.get(second!)!.subarray(0, 1000))
    const { problems = [], records = 0 } = (await open().verify?.()) ?? {}
    expect(problems.map(({ where }) => where.replace(/ line \d+$/, ''))).to.include.members([first!, second!])
    expect(records).to.be.lessThan(39)
  })

  it('is harmless when two run at once, with readers between them', async () => {
    fake.delayMs = () => Math.random() * 5
    const reads = async (): Promise<void> => {
      for (const newestFirst of [false, true, false, true, false, true]) {
        const seen = await selectorsOf(open(), { newestFirst })
        expect(newestFirst ? seen.reverse() : seen).to.deep.equal(names)
      }
    }
    fake.pageSize = 7
    await Promise.all([open().compact?.(), open().compact?.(), reads(), reads()])
    expect(objects('records')).to.deep.equal([])
    expect(await selectorsOf(open())).to.deep.equal(names)
  })
})

describe('s3 reading', function () {
  this.timeout(60_000)

  it('finds the newest 20 of a thousand days in a few requests', async () => {
    const fake = await startFakeS3()
    const store = testS3Store(fake.endpoint)
    // A thousand days of 40 objects each: the names are those of the store, and only 20 of them are ever read.
    await store.append(recordOf('x', '2020-01-01T12:00:00Z'))
    const [[key, content]] = [...fake.objects] as [[string, Buffer]]
    for (let day = 0; day < 1000; day++) {
      const date = new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10)
      for (let i = 0; i < 40; i++) {
        fake.objects.set(key.replace('2020-01-01', date).replace(/\d{8}(?=-\d{16})/, String(43_000_000 + i)), content)
      }
    }
    const before = fake.requests.length
    expect(await selectorsOf(store, { newestFirst: true, limit: 20 })).to.have.length(20)
    const asked = fake.requests.slice(before)
    expect(asked.filter(({ key: name }) => name === '?list')).to.have.length(4)
    expect(asked.length).to.be.at.most(4 + 20 + 16)
    await fake.close()
  })
})
