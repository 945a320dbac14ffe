import { expect } from 'chai'

import type { HealthCheckResult, JobsWatchResult } from '../../src/cli/results.js'
import type { WireJobHealth } from '../../src/health/wire.js'
import { job, jobsOf, shell, type JobInput } from '../helpers/api-objects.js'
import { runCli, runCliJson } from '../helpers/cli.js'
import type { Json } from '../helpers/raw-api.js'
import { eventually, targetCluster, type TargetCluster } from '../helpers/target-cluster.js'

interface Case extends JobInput {
  phase: string
  /** What it comes to within the time that the cause takes; WARN where its budget is longer than a test may be. */
  health: 'OK' | 'WARN' | 'ERROR'
  cause: string
  reason: RegExp
  exitCode?: number
  message?: RegExp
  fix: RegExp
  /** What only a real cluster has. */
  real?: boolean
}

const secret = (name: string, key: string): Json => ({
  env: [{ name: 'K', valueFrom: { secretKeyRef: { name, key } } }],
})

const cases: Record<string, Case> = {
  'an image that cannot be pulled': {
    container: { image: 'localhost:1/none:1', imagePullPolicy: 'Always' },
    phase: 'PENDING',
    health: 'WARN',
    cause: 'image',
    reason: /^(ErrImagePull|ImagePullBackOff)$/,
    message: /localhost:1\/none:1/,
    fix: /localhost:1\/none:1/,
  },
  'a Secret that is missing': {
    container: secret('nosuch', 'token'),
    phase: 'PENDING',
    health: 'ERROR',
    cause: 'config',
    reason: /^CreateContainerConfigError$/,
    fix: /^Secret NS\/nosuch does not exist: kubectl create secret generic nosuch -n NS/,
    real: true,
  },
  'a Secret without the key': {
    container: secret('api-keys', 'token'),
    phase: 'PENDING',
    health: 'WARN',
    cause: 'config',
    reason: /^CreateContainerConfigError$/,
    fix: /^Secret NS\/api-keys has no key token/,
    real: true,
  },
  'a ConfigMap that is missing': {
    container: { envFrom: [{ configMapRef: { name: 'nomap' } }] },
    phase: 'PENDING',
    health: 'WARN',
    cause: 'config',
    reason: /^CreateContainerConfigError$/,
    fix: /^ConfigMap NS\/nomap does not exist/,
    real: true,
  },
  'a command that is not in the image': {
    command: ['nosuchcommand'],
    phase: 'FAILED',
    health: 'ERROR',
    cause: 'permanent',
    reason: /^(StartError|ContainerCannotRun)$/,
    exitCode: 128,
    fix: /^Command "nosuchcommand" cannot run in busybox:1.35/,
  },
  'an exit code': {
    command: shell('echo no data; exit 3'),
    phase: 'FAILED',
    health: 'ERROR',
    cause: 'crash',
    reason: /^Error$/,
    exitCode: 3,
    message: /^exit code 3$/,
    fix: /kubectl logs -n NS \S+ -c main$/,
  },
  'retries that are used up': {
    command: shell('exit 4'),
    spec: { backoffLimit: 1 },
    phase: 'FAILED',
    health: 'ERROR',
    cause: 'crash',
    reason: /^Error$/,
    exitCode: 4,
    fix: /kubectl logs/,
  },
  'a deadline': {
    command: shell('sleep 600'),
    spec: { activeDeadlineSeconds: 3 },
    phase: 'FAILED',
    health: 'ERROR',
    cause: 'deadline',
    reason: /^DeadlineExceeded$/,
    message: /activeDeadlineSeconds 3/,
    fix: /active_deadline_seconds/,
  },
  memory: {
    command: ['tail', '/dev/zero'],
    container: { resources: { limits: { memory: '16Mi' } } },
    phase: 'FAILED',
    health: 'ERROR',
    cause: 'memory',
    reason: /^OOMKilled$/,
    exitCode: 137,
    fix: /above 16Mi/,
    real: true,
  },
  'too much CPU': {
    container: { resources: { requests: { cpu: '500' } } },
    phase: 'PENDING',
    health: 'WARN',
    cause: 'capacity',
    reason: /^Unschedulable$/,
    fix: /^No node has enough free cpu/,
    real: true,
  },
  'a node selector that no node meets': {
    pod: { nodeSelector: { gpu: 'none' } },
    phase: 'PENDING',
    health: 'WARN',
    cause: 'capacity',
    reason: /^Unschedulable$/,
    fix: /nodeSelector/,
    real: true,
  },
  'an init container that fails': {
    pod: { initContainers: [{ name: 'fetch', image: 'busybox:1.35', command: shell('exit 5') }] },
    phase: 'FAILED',
    health: 'ERROR',
    cause: 'crash',
    reason: /^Error$/,
    exitCode: 5,
    fix: /-c fetch$/,
    real: true,
  },
}

describe('health of real Jobs', function () {
  this.timeout(180_000)
  let cluster: TargetCluster
  let namespace: string

  before(async () => {
    cluster = await targetCluster()
    namespace = await cluster.freshNamespace('arbk8s-health')
    await cluster.api.post(`/api/v1/namespaces/${namespace}/secrets`, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'api-keys' },
      stringData: { other: 'x' },
    })
  })
  after(() => cluster.stop())

  const args = (command: string[], selector: string, ns = namespace): string[] => [
    ...command,
    '-n',
    ns,
    '-l',
    selector,
    '--kubeconfig',
    cluster.kubeconfig,
  ]

  /** Makes the Job with a session of its own. */
  async function make(session: string, input: JobInput, ns = namespace): Promise<void> {
    const manifest = job({ name: session, ...input, labels: { session_id: session, worker_id: 'worker-1' } })
    for (const part of ['containers', 'initContainers'])
      for (const container of (manifest.spec.template.spec[part] ?? []) as Json[])
        container.imagePullPolicy ??= 'IfNotPresent'
    const { status, text } = await cluster.api.post(jobsOf(ns), manifest)
    expect(status, text).to.equal(201)
  }

  async function check(session: string, ns = namespace): Promise<{ code: number | null; json: HealthCheckResult }> {
    const { code, json } = await runCliJson<HealthCheckResult>(args(['health', 'check'], `session_id=${session}`, ns))
    return { code, json }
  }

  const settled = (session: string, good: (found: WireJobHealth) => boolean, ns = namespace) =>
    eventually(
      `the health of ${session}`,
      async () => {
        const { code, json } = await check(session, ns)
        const [found] = json.jobs_health
        return found && good(found) && { code, found }
      },
      120_000,
    )

  for (const [index, [name, expected]] of Object.entries(cases).entries()) {
    const { phase, health, cause, reason, exitCode, message, fix, real, ...input } = expected
    it(name, async function () {
      if (real && cluster.kind !== 'real') return this.skip()
      const session = `case-${index}`
      await make(session, input)
      const { code, found } = await settled(
        session,
        (one) => one.phase === phase && one.health === health && one.cause !== null,
      )
      expect(code).to.equal({ OK: 0, WARN: 0, ERROR: 2 }[health])
      expect(found.cause).to.include({ class: cause, exit_code: exitCode ?? null })
      expect(found.cause!.reason).to.match(reason)
      if (message) expect(found.cause!.message).to.match(message)
      expect(found.cause!.fix).to.match(new RegExp(fix.source.replaceAll('NS', namespace)))
      expect(found.cause!.fix).to.not.include('\n')
    })
  }

  it('a quota that refuses every pod', async function () {
    if (cluster.kind !== 'real') return this.skip()
    const tight = await cluster.freshNamespace('arbk8s-quota')
    await cluster.api.post(`/api/v1/namespaces/${tight}/resourcequotas`, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'tight' },
      spec: { hard: { cpu: '1' } },
    })
    await eventually('the quota counts', async () => {
      const { json } = await cluster.api.get(`/api/v1/namespaces/${tight}/resourcequotas/tight`)
      return json.status?.used !== undefined
    })
    await make('large', { container: { resources: { requests: { cpu: '2' } } } }, tight)
    const { code, found } = await settled('large', (one) => one.health === 'ERROR', tight)
    expect(code).to.equal(2)
    expect(found.reasons).to.deep.equal(['pending', 'quota'])
    expect(found.cause).to.include({ class: 'quota', certainty: 'definite', reason: 'FailedCreate' })
    expect(found.cause!.fix).to.match(/asks cpu=2 and quota tight allows 1 in all/)
  })

  it('a retry that then succeeds is OK, and named', async function () {
    if (cluster.kind !== 'real') return this.skip()
    await make('again', {
      command: shell('test -e /state/seen || { touch /state/seen; exit 7; }'),
      spec: { backoffLimit: 3 },
      pod: { volumes: [{ name: 'state', hostPath: { path: `/tmp/${namespace}`, type: 'DirectoryOrCreate' } }] },
      container: { volumeMounts: [{ name: 'state', mountPath: '/state' }] },
    })
    const { code, found } = await settled('again', (one) => one.phase === 'SUCCEEDED')
    expect(code).to.equal(0)
    expect(found).to.deep.include({ health: 'OK', reasons: ['retried'], retries: 1 })
    expect(found.cause).to.include({ class: 'crash', exit_code: 7 })
  })

  it('jobs watch follows to the end and jobs logs shows every line in order', async () => {
    await make('long', { command: shell('for i in 1 2 3; do echo "step $i"; sleep 1; done') })
    const follow = runCli(args(['jobs', 'logs', '-f'], 'session_id=long'))
    const watched = await runCliJson<JobsWatchResult>(
      args(['jobs', 'watch', '--until-done', '--timeout', '90s', '--interval', '1s'], 'session_id=long'),
    )
    expect(watched.code).to.equal(0)
    expect(watched.json).to.deep.include({ overall_health: 'OK' })
    expect(watched.json.progress).to.include({ done: 1, total: 1 })
    expect(watched.json.logs[0]!.lines).to.deep.equal(['step 1', 'step 2', 'step 3'])
    const { code, stdout } = await follow
    expect(code).to.equal(0)
    expect(stdout.replace(/^worker-1\/\w+ │ /gm, '')).to.equal('step 1\nstep 2\nstep 3\n')
  })

  it('jobs watch ends with 2 where a worker failed, and shows its last lines', async () => {
    await make('bad', { command: shell('echo no data; exit 3') })
    const { code, stdout } = await runCli(args(['jobs', 'watch', '--until-done', '--timeout', '90s'], 'session_id=bad'))
    expect(code).to.equal(2)
    expect(stdout)
      .to.match(/✗ bad: exit code 3/)
      .and.to.match(/^│ no data$/m)
  })
})
