/** The kept verdicts are those of the cluster at hand, where it is the version that they were taken from. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { expect } from 'chai'

import { generateFiles } from '../../src/manifests/generate-files.js'
import { repoRoot } from '../helpers/cli.js'
import { targetCluster, type TargetCluster } from '../helpers/target-cluster.js'

const run = promisify(execFile)

describe('kubectl create --dry-run=server', function () {
  this.timeout(180_000)
  let cluster: TargetCluster
  let folder: string

  before(async function () {
    if (!process.env.ARBK8S_TEST_KUBECONFIG) {
      process.stderr.write('SKIPPED: validation against a real API server needs ARBK8S_TEST_KUBECONFIG\n')
      this.skip()
    }
    cluster = await targetCluster()
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-agree-'))
  })
  after(async () => {
    await cluster?.stop()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  const accepts = (file: string, namespace: string): Promise<boolean> =>
    run('kubectl', [
      '--kubeconfig',
      cluster.kubeconfig,
      '-n',
      namespace,
      'create',
      '--dry-run=server',
      '-f',
      file,
    ]).then(
      () => true,
      () => false,
    )

  it('accepts the generated Jobs of the original session', async () => {
    const namespace = await cluster.freshNamespace('trading-bots')
    const config = path.join(repoRoot, 'examples', 'sessions', 'original', 'k8s.yaml')
    const text = (await readFile(config, 'utf8')).replace('trading-bots', namespace)
    await writeFile(path.join(folder, 'k8s.yaml'), text)
    const outputDir = path.join(folder, 'out')
    await generateFiles({ k8sConfig: path.join(folder, 'k8s.yaml'), outputDir, now: () => new Date() })
    expect(await accepts(outputDir, namespace)).to.equal(true)
  })

  it('gives the kept verdicts', async function () {
    if (cluster.minor !== 20) this.skip()
    const kept = path.join(repoRoot, 'test', 'fixtures', 'validation', 'kube-1.20.json')
    const cases = JSON.parse(await readFile(kept, 'utf8')) as { name: string; accepted: boolean; manifest: object }[]
    const different: string[] = []
    for (const { name, accepted, manifest } of cases.filter((_, index) => index % 4 === 0)) {
      const file = path.join(folder, 'case.json')
      await writeFile(file, JSON.stringify(manifest))
      if ((await accepts(file, 'default')) !== accepted) different.push(name)
    }
    expect(different).to.deep.equal([])
  })
})
