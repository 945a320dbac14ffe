/** The built CLI with its linked s3 plugin on a real server, as a team uses it. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { cliEnv, repoRoot } from '../helpers/cli.js'
import { bucketOnServer, type RealBucket, realEndpoint } from '../helpers/s3-real.js'
import { recordOf } from '../helpers/s3-store.js'

const title = 'the CLI with s3 on a real server'
if (!realEndpoint) {
  it(`${title} is not tested: ARBK8S_TEST_S3_ENDPOINT and AWS credentials name no server`, function () {
    this.skip()
  })
} else {
  describe(title, function () {
    this.timeout(120_000)
    let real: RealBucket
    let folder: string
    let location: string
    let file: string

    interface Result {
      code: number
      stdout: string
      stderr: string
    }

    function arbk8s(args: string[], env: Record<string, string> = {}): Promise<Result> {
      const options = { cwd: folder, env: { ...cliEnv(folder), ...real.env, ...env } }
      return new Promise((resolve) => {
        execFile(process.execPath, [path.join(repoRoot, 'bin', 'run.js'), ...args], options, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
        )
      })
    }

    before(async () => {
      real = await bucketOnServer()
      folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-s3-'))
      location = `s3://${real.name}/night`
      file = path.join(folder, 'h.jsonl')
      const records = ['OK', 'OK', 'ERROR', 'ERROR'].map((health, i) => ({
        ...recordOf('session_id=demo', `2025-11-16T10:0${i}:00Z`),
        overall_health: health,
        jobs_error: health === 'OK' ? 0 : 1,
      }))
      await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
      const plugin = path.join(repoRoot, 'plugins', 'plugin-s3')
      expect((await arbk8s(['plugins', 'link', plugin, '--no-install'])).code).to.equal(0)
    })
    after(async () => {
      await rm(folder, { recursive: true, force: true })
      await real.remove()
    })

    it('says that there is no history yet', async () => {
      const { code, stderr } = await arbk8s(['history', 'show', '--history', location])
      expect(code).to.equal(3)
      expect(stderr).to.contain('nothing was ever stored under this prefix')
    })

    it('copies a history there and back, whole', async () => {
      for (const [from, to] of [
        [file, location],
        [location, `${file}.back`],
      ]) {
        const copied = await arbk8s(['history', 'copy', from!, to!, '--no-dry-run'])
        expect(copied.code, copied.stderr).to.equal(0)
        // How far it is, where it takes long, and nothing else.
        expect(copied.stderr.replaceAll(/^copying: .*\n/gm, '')).to.equal('')
      }
      expect(await readFile(`${file}.back`, 'utf8')).to.equal(await readFile(file, 'utf8'))
    })

    it('compacts, verifies and shows it, and writes nothing of the SDK on either stream', async () => {
      const compacted = await arbk8s(['history', 'compact', '--history', location])
      expect([compacted.code, compacted.stderr]).to.deep.equal([0, ''])
      expect((await arbk8s(['history', 'verify', '--history', location])).code).to.equal(0)
      const shown = await arbk8s(['history', 'show', '--history', location, '--json'], { AWS_PROFILE: '' })
      expect([shown.code, shown.stderr]).to.deep.equal([0, ''])
      const { records } = JSON.parse(shown.stdout) as { records: { timestamp: string }[] }
      expect(records.map(({ timestamp }) => timestamp.slice(14, 16))).to.deep.equal(['00', '01', '02', '03'])
    })

    it('sends an alert once, by a ledger in the bucket', async () => {
      const send = [
        'alerts',
        'send',
        '--history',
        location,
        '-n',
        'trading-bots',
        '-l',
        'session_id=demo',
        '--no-dry-run',
      ]
      const first = await arbk8s(send)
      expect([first.code, first.stdout.includes('K8s Alert: CRITICAL')], first.stderr).to.deep.equal([0, true])
      const second = await arbk8s(send)
      expect([second.code, second.stdout.includes('K8s Alert')], second.stderr).to.deep.equal([0, false])
    })

    it('ends with 3 and tells no secret where the server refuses', async () => {
      const changes: Record<string, string>[] = [
        { AWS_SECRET_ACCESS_KEY: 'canary-secret' },
        { AWS_REGION: 'eu-west-7' },
        { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9', ARBK8S_HISTORY_S3_TIMEOUT: '500ms' },
        { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' },
      ]
      for (const change of changes) {
        for (const json of [[], ['--json']]) {
          const env = { DEBUG: '*', ...change }
          const { code, stdout, stderr } = await arbk8s(['history', 'show', '--history', location, ...json], env)
          expect(code).to.equal(3)
          expect(stdout + stderr).to.not.match(/canary-secret|Signature=|StringToSign/)
          if (json.length > 0) expect(Object.keys(JSON.parse(stdout) as object)).to.deep.equal(['error'])
        }
      }
    })
  })
}
