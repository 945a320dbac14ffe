/**
 * The Roles of examples/cluster on a cluster that knows rights: what is refused without them, that they are enough, and
 * that each of their rights is needed. The user is the context `viewer` (ARBK8S_TEST_VIEWER_CONTEXT), who has none.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'
import { parse } from 'yaml'

import type { WireApplyResult } from '../../src/apply/wire.js'
import { jobsOf } from '../helpers/api-objects.js'
import { runCli, runCliJson, type CliResult } from '../helpers/cli.js'
import type { Json } from '../helpers/raw-api.js'
import { writeShellSession } from '../helpers/shell-session.js'
import { applyObjects, forUser, shipped, withoutRight } from '../helpers/shipped.js'
import { eventually, targetCluster, type TargetCluster } from '../helpers/target-cluster.js'

const context = process.env.ARBK8S_TEST_VIEWER_CONTEXT ?? 'viewer'

describe('rights on a cluster', function () {
  this.timeout(240_000)
  let cluster: TargetCluster
  let folder: string
  let user: string
  /** A namespace with a session of four workers that has ended. */
  let namespace: string
  let session: string[]

  before(async function () {
    const kubeconfig = process.env.ARBK8S_TEST_KUBECONFIG
    const found = kubeconfig && contextUser(parse(await readFile(kubeconfig, 'utf8')) as Json)
    if (!found) {
      process.stderr.write(`    SKIPPED: rights need ARBK8S_TEST_KUBECONFIG with a context "${context}" without any\n`)
      this.skip()
    }
    user = found
    cluster = await targetCluster()
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-rights-'))
    namespace = await cluster.freshNamespace('arbk8s-rights')
    session = await writeShellSession(folder, { namespace, sessionId: 'rights', script: 'echo {{worker_id}} ends' })
    const made = await pipeline(['--enable-apply', '--wait', '--context', cluster.context])
    expect(made.code, made.stderr).to.equal(0)
  })
  after(async () => {
    await cluster?.stop()
    if (folder) await rm(folder, { recursive: true })
  })

  const contextUser = (config: Json) =>
    (config.contexts as Json[]).find(({ name }) => name === context)?.context.user as string | undefined
  const historyFile = () => ['--history-file', path.join(folder, 'history.jsonl')]
  const asUser = () => ['--kubeconfig', cluster.kubeconfig, '--context', context]
  const on = () => [...asUser(), '-n', namespace, '-l', 'session_id=rights']
  const pipeline = (more: string[]) =>
    runCli(['pipeline', 'run', ...session, ...historyFile(), '--kubeconfig', cluster.kubeconfig, ...more], {
      timeoutMs: 200_000,
    })
  const grant = (objects: Json[]) => applyObjects(cluster.api, forUser(objects, user))
  /** Rights are in force a moment after they were given or taken: asks until the answer is the one. */
  const until = async (args: string[], good: (result: CliResult) => boolean): Promise<CliResult> => {
    let last: CliResult | undefined
    return eventually(`${args.join(' ')}`, async () => good((last = await runCli(args))) && last, 20_000).catch(
      (error: Error) => {
        throw new Error(`${error.message}: exit ${last?.code}\n${last?.stdout}${last?.stderr}`)
      },
    )
  }
  /** RBAC does not say whom it refuses where a Job that is not there is applied. */
  const missing = (right: string, named = true) =>
    `${named ? `the user "${user}"` : 'this user'} may not ${right} in the namespace "${namespace}"`

  it('without any, every command ends 3 and names verb, resource and namespace', async () => {
    for (const command of [
      ['health', 'check'],
      ['jobs', 'watch', '--once'],
      ['jobs', 'logs'],
      ['health', 'record', ...historyFile()],
    ]) {
      const { code, stdout, stderr } = await runCli([...command, ...on()])
      expect(code, command.join(' ')).to.equal(3)
      expect(stderr).to.include(missing('list jobs.batch')).and.include('ARB_CLUSTER_FORBIDDEN')
      expect(stderr).to.include(`kubectl auth can-i list jobs.batch -n ${namespace}`)
      expect(stdout).to.equal('')
    }
    const dry = await pipeline(['--context', context])
    expect([dry.code, dry.stderr.includes(missing('list jobs.batch'))]).to.deep.equal([3, true])
    const apply = await pipeline(['--context', context, '--enable-apply', '--wait'])
    expect([apply.code, apply.stderr.includes(missing('get jobs.batch'))]).to.deep.equal([3, true])
  })

  it('the reader’s are enough to look, and are not enough to apply', async () => {
    await grant(await shipped('reader-role.yaml', namespace))
    await until(['health', 'check', ...on()], ({ code }) => code === 0)
    const watch = await runCli(['jobs', 'watch', '--once', ...on()])
    expect(watch.code, watch.stderr).to.equal(0)
    expect(watch.stdout).to.include('worker-4 ends').and.not.include('may not')
    for (const follow of [[], ['--follow']]) {
      const logs = await runCli(['jobs', 'logs', ...follow, ...on()])
      expect(logs.code, logs.stderr).to.equal(0)
      expect(logs.stdout).to.include('worker-1 ends')
      expect(logs.stderr).to.not.include('may not')
    }
    const record = await runCliJson<Json>(['health', 'record', ...historyFile(), ...on()])
    expect(record.code, record.stderr).to.equal(0)
    expect(record.json.record).to.include({ overall_health: 'OK', jobs_ok: 4 })
    expect((await pipeline(['--context', context])).code).to.equal(0)

    const args = ['jobs', 'apply', '--jobs-dir', session[3]!, ...asUser()]
    const plan = await runCliJson<WireApplyResult>(args)
    expect(plan.code).to.equal(0)
    expect(plan.json).to.include({ source: 'local', source_reason: missing('get jobs.batch') })
    const refused = await runCli([...args, '--apply'])
    expect([refused.code, refused.stderr.includes(missing('get jobs.batch'))]).to.deep.equal([3, true])
    const doctor = await runCli(['doctor', ...asUser(), '-n', namespace])
    expect(doctor.stdout).to.include(`may read Jobs in namespace ${namespace}`)
    expect(doctor.stdout).to.include(`missing to apply in namespace ${namespace}: get jobs, create jobs, patch jobs`)
  })

  const readerRights: { resource: string; verb: string; command: string[]; code: number; says: string }[] = [
    { resource: 'jobs', verb: 'list', command: ['health', 'check'], code: 3, says: 'list jobs.batch' },
    { resource: 'pods', verb: 'list', command: ['health', 'check'], code: 0, says: 'list pods' },
    { resource: 'pods', verb: 'get', command: ['jobs', 'logs', '--follow'], code: 3, says: 'get pods' },
    { resource: 'pods/log', verb: 'get', command: ['jobs', 'watch', '--once'], code: 0, says: 'get pods/log' },
    { resource: 'events', verb: 'list', command: ['health', 'check'], code: 0, says: 'list events' },
    { resource: 'jobs', verb: 'watch', command: ['doctor'], code: 1, says: 'watch jobs' },
  ]
  it('each right of the reader is needed: without it the command says which one is missing', async () => {
    const objects = await shipped('reader-role.yaml', namespace)
    const role = objects.find(({ kind }) => kind === 'Role')!
    const given = (role.rules as Json[]).flatMap((rule) =>
      (rule.resources as string[]).flatMap((resource) => (rule.verbs as string[]).map((verb) => `${verb} ${resource}`)),
    )
    expect(readerRights.map(({ verb, resource }) => `${verb} ${resource}`).sort()).to.deep.equal(given.sort())
    for (const { resource, verb, command, code, says } of readerRights) {
      await grant(withoutRight(objects, resource, verb))
      const target = command[0] === 'doctor' ? [...asUser(), '-n', namespace] : on()
      const { stderr, stdout } = await until(
        [...command, ...target],
        (result) => result.code === code && (result.stdout + result.stderr).includes(says),
      )
      if (command[0] !== 'doctor') expect(stdout + stderr).to.include(`may not ${says}`)
    }
    await grant(objects)
  })

  it('the applier’s are enough for the whole pipeline, and each is needed', async () => {
    const reader = await shipped('reader-role.yaml', namespace)
    const applier = await shipped('applier-role.yaml', namespace)
    await grant(reader)
    const other = await mkdtemp(path.join(folder, 'applier-'))
    const fresh = await writeShellSession(other, { namespace, sessionId: 'applied', script: 'echo {{worker_id}} ends' })
    const args = ['pipeline', 'run', ...fresh, ...historyFile(), ...asUser(), '--enable-apply', '--wait']
    // Nothing of these may make a Job, so that the next one still finds none.
    for (const [verb, code] of [
      ['get', 3],
      ['patch', 1],
      ['create', 1],
    ] as const) {
      await grant(withoutRight(applier, 'jobs', verb))
      await until(
        args,
        ({ code: was, stderr }) => was === code && stderr.includes(missing(`${verb} jobs.batch`, verb !== 'create')),
      )
      expect(await jobsOfSession('applied')).to.equal(0)
    }
    await grant(applier)
    const whole = await until(args, ({ code }) => code === 0)
    expect(whole.stderr).to.include('4 applied (4 created), 0 failed')
    expect((await runCli(args)).stderr).to.include('4 applied (4 unchanged), 0 failed')
    expect((await runCli(['doctor', ...asUser(), '-n', namespace])).stdout).to.include(
      `may apply Jobs in namespace ${namespace}`,
    )
  })

  const jobsOfSession = async (id: string): Promise<number> =>
    ((await cluster.api.get(jobsOf(namespace), { query: { labelSelector: `session_id=${id}` } })).json.items as Json[])
      .length

  it('grants nothing wider: no wildcard, no secrets, no delete, in one namespace', async () => {
    const files = await Promise.all(['reader-role.yaml', 'applier-role.yaml'].map((file) => shipped(file, namespace)))
    const rules = files.flat().flatMap((object) => (object.rules ?? []) as Json[])
    expect(files.flat().filter(({ kind }) => /^Cluster/.test(kind as string))).to.deep.equal([])
    expect(files.flat().every(({ metadata }) => metadata.namespace === namespace)).to.equal(true)
    const named = new Set(rules.flatMap((rule) => [...rule.apiGroups, ...rule.resources, ...rule.verbs] as string[]))
    for (const never of ['*', 'secrets', 'delete', 'deletecollection', 'update', 'pods/exec'])
      expect(named.has(never), never).to.equal(false)
  })
})
