import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { expect } from 'chai'

import type { WireApplyResult } from '../../src/apply/wire.js'
import { job, jobsOf, shell } from '../helpers/api-objects.js'
import { runCli, runCliJson } from '../helpers/cli.js'
import type { Json } from '../helpers/raw-api.js'
import { targetCluster, type TargetCluster } from '../helpers/target-cluster.js'

describe('jobs apply on a cluster', function () {
  this.timeout(120_000)
  let cluster: TargetCluster
  let folder: string
  let namespace: string
  before(async () => {
    cluster = await targetCluster()
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-apply-'))
  })
  beforeEach(async () => {
    namespace = await cluster.freshNamespace('arbk8s-apply')
  })
  after(async () => {
    await cluster.stop()
    await rm(folder, { recursive: true })
  })

  async function write(names: string[], change: (manifest: Json) => void = () => undefined): Promise<string> {
    const target = await mkdtemp(path.join(folder, 'jobs-'))
    for (const name of names) {
      const manifest = job({
        name,
        command: shell('true'),
        labels: { session_id: 's' },
        container: {
          imagePullPolicy: 'IfNotPresent',
          resources: { requests: { cpu: '0.01' } },
          env: [{ name: 'API_KEY', value: 'CANARY' }],
        },
      })
      manifest.metadata.namespace = namespace
      change(manifest)
      await writeFile(path.join(target, `${name}.yaml`), JSON.stringify(manifest))
    }
    return target
  }
  const args = (target: string, ...more: string[]) => [
    'jobs',
    'apply',
    '--jobs-dir',
    target,
    '--kubeconfig',
    cluster.kubeconfig,
    ...more,
  ]
  const apply = (target: string, ...more: string[]) => runCliJson<WireApplyResult>(args(target, ...more))
  const inCluster = async (): Promise<Json[]> => (await cluster.api.get(jobsOf(namespace))).json.items as Json[]
  const outcomes = ({ json }: { json: WireApplyResult }) =>
    json.jobs.map((entry) => `${entry.status} ${entry.outcome ?? entry.action}`)

  it('plans by the server’s dry-run, creates, and makes no second Job', async () => {
    const target = await write(['a', 'b', 'c'])
    const plan = await apply(target)
    expect(plan.code, plan.stderr).to.equal(0)
    expect(plan.json.source).to.equal('server')
    expect(outcomes(plan)).to.deep.equal(Array(3).fill('SKIPPED create'))
    expect(await inCluster()).to.have.length(0)

    const first = await apply(target, '--apply')
    expect(first.code, first.stderr).to.equal(0)
    expect(outcomes(first)).to.deep.equal(Array(3).fill('SUCCESS created'))
    const uids = (await inCluster()).map((item) => item.metadata.uid)
    expect((await inCluster())[0]?.metadata.managedFields[0]).to.include({ manager: 'arbk8s', operation: 'Apply' })

    expect(outcomes(await apply(target))).to.deep.equal(Array(3).fill('SKIPPED unchanged'))
    const second = await apply(target, '--apply')
    expect(outcomes(second)).to.deep.equal(Array(3).fill('SUCCESS unchanged'))
    expect((await inCluster()).map((item) => item.metadata.uid)).to.deep.equal(uids)
  })

  it('changes what may change, and calls the rest a conflict that names the fields', async () => {
    await apply(await write(['a', 'b']), '--apply')
    const changed = await write(['a', 'b'], (manifest) => {
      if (manifest.metadata.name === 'a') manifest.metadata.labels = { ...manifest.metadata.labels, extra: 'more' }
      else manifest.spec.template.spec.containers[0].env[0].value = 'OTHER-CANARY'
    })
    const plan = await apply(changed)
    expect(outcomes(plan)).to.deep.equal(['SKIPPED change', 'SKIPPED conflict'])
    expect(plan.json.jobs[0]?.changes).to.deep.equal([
      { path: 'metadata.labels.extra', before: null, after: 'more', mutable: true },
    ])
    const result = await apply(changed, '--apply')
    expect(result.code).to.equal(1)
    expect(outcomes(result)).to.deep.equal(['SUCCESS configured', 'FAILED conflict'])
    expect(result.json.jobs[1]?.reason)
      .to.include('spec.template.spec.containers[main].env[API_KEY].value')
      .and.have.length.below(300)
    expect(result.json.jobs[1]?.changes).to.deep.equal([
      {
        path: 'spec.template.spec.containers[main].env[API_KEY].value',
        before: '********',
        after: '********',
        mutable: false,
      },
    ])
    expect(result.stdout + result.stderr).to.not.include('CANARY')
    expect(await inCluster()).to.have.length(2)
  })

  it('leaves a field to the tool that set it, unless --force-conflicts', async () => {
    const other = job({
      name: 'a',
      command: shell('true'),
      labels: { session_id: 's' },
      spec: { activeDeadlineSeconds: 100 },
      container: { imagePullPolicy: 'IfNotPresent' },
    })
    await cluster.api.apply(`${jobsOf(namespace)}/a`, other, 'somebody')
    const target = await write(['a'], (manifest) => {
      manifest.spec.activeDeadlineSeconds = 200
      manifest.spec.template.spec.containers[0] = { ...other.spec.template.spec.containers[0] }
    })
    const refused = await apply(target, '--apply')
    expect(refused.code).to.equal(1)
    expect(refused.json.jobs[0]?.reason).to.include('spec.activeDeadlineSeconds is managed by "somebody"')
    const forced = await apply(target, '--apply', '--force-conflicts')
    expect(forced.code, forced.stdout).to.equal(0)
    expect((await inCluster())[0]?.spec.activeDeadlineSeconds).to.equal(200)
  })

  it('exits 3 where the namespace is not there, planning or applying', async () => {
    const target = await write(['a'], (manifest) => (manifest.metadata.namespace = 'arbk8s-nonesuch'))
    for (const more of [[], ['--apply']]) {
      const { code, stderr } = await runCli(args(target, ...more))
      expect(code).to.equal(3)
      expect(stderr).to.include('the namespace "arbk8s-nonesuch" does not exist')
    }
  })

  it('applied by kubectl as the row says, leaves nothing to do', async function () {
    if (spawnSync('kubectl', ['version', '--client']).status !== 0) {
      process.stderr.write('    skipped: kubectl is not there\n')
      this.skip()
    }
    const target = await write(['a'])
    const { json } = await apply(target)
    // Not spawnSync: the sandbox lives in this process and must answer.
    await promisify(execFile)('sh', ['-c', json.jobs[0]!.kubectl])
    expect(outcomes(await apply(target))).to.deep.equal(['SKIPPED unchanged'])
  })

  it('names verb, resource and namespace of a missing right (a user without rights, on a real cluster)', async function () {
    const config = await readFile(cluster.kubeconfig, 'utf8')
    if (!/name: viewer/.test(config)) {
      process.stderr.write('    skipped: the kubeconfig has no context "viewer"\n')
      this.skip()
    }
    const target = await write(['a'])
    const local = await apply(target, '--context', 'viewer')
    expect(local.code).to.equal(0)
    expect(local.json.source_reason).to.equal(
      `the user "viewer" may not get jobs.batch in the namespace "${namespace}"`,
    )
    const without = await runCli(args(target, '--context', 'viewer', '--apply'))
    expect(without.code).to.equal(3)
    expect(without.stderr).to.include(`the user "viewer" may not get jobs.batch in the namespace "${namespace}"`)
    const rights = (name: string, verbs: string[]) => grant(cluster, namespace, { name, verbs })
    await rights('reader', ['get', 'list'])
    const plan = await apply(target, '--context', 'viewer')
    expect(plan.json).to.include({
      source: 'live',
      source_reason: `the user "viewer" may not patch jobs.batch in the namespace "${namespace}"`,
    })
    const failed = await apply(target, '--context', 'viewer', '--apply')
    expect(failed.code).to.equal(1)
    expect(failed.json.jobs[0]?.reason).to.equal(
      `the user "viewer" may not patch jobs.batch in the namespace "${namespace}"`,
    )
    await rights('patcher', ['patch'])
    expect((await apply(target, '--context', 'viewer', '--apply')).json.jobs[0]?.reason).to.include(
      'may not create jobs.batch',
    )
    await rights('creator', ['create'])
    expect(outcomes(await apply(target, '--context', 'viewer', '--apply'))).to.deep.equal(['SUCCESS created'])
  })

  it('passes on the reason of a quota (on a real cluster)', async function () {
    if (cluster.kind === 'sandbox') this.skip()
    await cluster.api.post(`/api/v1/namespaces/${namespace}/resourcequotas`, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q' },
      spec: { hard: { 'count/jobs.batch': '1' } },
    })
    const target = await write(['a', 'b', 'c'])
    // The quota controller needs a moment to count; until then nothing is allowed at all, which is a refusal as well.
    const result = await apply(target, '--apply')
    expect(result.code).to.equal(1)
    expect(
      result.json.jobs.filter((entry) => entry.status === 'FAILED').every((entry) => /quota/.test(entry.reason ?? '')),
    ).to.equal(true)
    expect((await inCluster()).length).to.be.at.most(1)
  })
})

/** Gives the user `viewer` verbs on Jobs. */
async function grant(
  cluster: TargetCluster,
  namespace: string,
  { name, verbs }: { name: string; verbs: string[] },
): Promise<void> {
  const root = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
  const meta = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name } }
  await cluster.api.post(`${root}/roles`, {
    ...meta,
    kind: 'Role',
    rules: [{ apiGroups: ['batch'], resources: ['jobs'], verbs }],
  })
  await cluster.api.post(`${root}/rolebindings`, {
    ...meta,
    kind: 'RoleBinding',
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'viewer' }],
  })
}
