/** The s3 plugin from its tarball in an empty folder, with nothing of this repository beside it. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { expect } from 'chai'

import { cliEnv, repoRoot } from '../helpers/cli.js'
import { startFakeS3 } from '../helpers/fake-s3.js'

const run = promisify(execFile)

describe('the s3 plugin alone', function () {
  this.timeout(180_000)
  let folder: string

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-s3-alone-'))
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
      cwd: path.join(repoRoot, 'plugins', 'plugin-s3'),
    })
    const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'))
    await writeFile(path.join(folder, 'package.json'), '{"private": true, "type": "module"}')
    await run('npm', ['install', '--no-audit', '--no-fund', path.join(folder, tarball!)], { cwd: folder })
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('appends, compacts and reads, and says nothing of its own', async () => {
    const fake = await startFakeS3()
    const program = `
      import hook from '@arbk8s/plugin-s3'
      const none = () => undefined
      const host = { settings: {}, signal: new AbortController().signal, now: () => new Date(), log: { debug: none, info: none, warn: none } }
      const store = await hook({ host, location: 's3://bucket/history' })
      for (const minute of [1, 2, 3]) await store.append({ timestamp: '2025-11-16T10:0' + minute + ':00Z' })
      console.log(JSON.stringify(await store.compact()))
      for await (const entry of store.read({ newestFirst: true, limit: 1 })) console.log(JSON.stringify(entry))
      await store.close()`
    const credentials = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_ENDPOINT_URL_S3: fake.endpoint }
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', program], {
      cwd: folder,
      env: cliEnv(folder, credentials),
    })
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).to.deep.equal([{ before: 3, after: 1, records: 3 }, { record: { timestamp: '2025-11-16T10:03:00Z' } }])
    expect(stderr).to.equal('')
    await fake.close()
  })
})
