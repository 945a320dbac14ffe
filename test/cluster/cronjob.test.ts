/**
 * The CronJob of examples/cluster, run on a real cluster with its own service account. In the test: a server without
 * batch/v1 CronJob (before 1.21) is given batch/v1beta1; the image is the packed CLI (ARBK8S_TEST_CLI_IMAGE); the history
 * lies in an emptyDir, since there may be no volume provisioner; and as the test's cluster mounts no tokens and serves on
 * the host's loopback only, the pod has the host's network, a projected token at the usual place and the server's address
 * in KUBERNETES_SERVICE_HOST and _PORT. What arbk8s does with them is what it does in any pod.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { conditionOf, jobsOf, podsOfJob, podsOf } from '../helpers/api-objects.js'
import { runCli } from '../helpers/cli.js'
import { readAccess, type Json } from '../helpers/raw-api.js'
import { writeShellSession } from '../helpers/shell-session.js'
import { applyObjects, shipped } from '../helpers/shipped.js'
import { eventually, targetCluster, type TargetCluster } from '../helpers/target-cluster.js'

const image = process.env.ARBK8S_TEST_CLI_IMAGE

describe('the CronJob on a cluster', function () {
  this.timeout(240_000)
  let cluster: TargetCluster
  let folder: string
  before(async function () {
    if (!process.env.ARBK8S_TEST_KUBECONFIG || !image) {
      process.stderr.write(
        '    SKIPPED: the CronJob needs ARBK8S_TEST_KUBECONFIG and ARBK8S_TEST_CLI_IMAGE (scripts/test-images.sh)\n',
      )
      this.skip()
    }
    cluster = await targetCluster()
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-cronjob-'))
  })
  after(async () => {
    await cluster?.stop()
    if (folder) await rm(folder, { recursive: true })
  })

  /** A namespace with a session that has ended, the reader's rights and the CronJob. */
  async function scene(sessionId: string, script: string): Promise<{ namespace: string; cronJob: Json }> {
    const namespace = await cluster.freshNamespace('arbk8s-cron')
    const session = await writeShellSession(folder, { namespace, sessionId, script, workers: 2 })
    const history = path.join(folder, `${sessionId}.jsonl`)
    const made = await runCli(
      ['pipeline', 'run', ...session, '--kubeconfig', cluster.kubeconfig, '--history-file', history].concat([
        '--enable-apply',
        '--wait',
      ]),
      { timeoutMs: 200_000 },
    )
    expect(made.code, made.stderr).to.be.oneOf([0, 2])
    await applyObjects(cluster.api, await shipped('reader-role.yaml', namespace))
    const [cronJob] = await shipped('cronjob.yaml', namespace)
    await fitToTest(cronJob!, sessionId)
    const objects = [await caConfigMap(namespace), cronJob!]
    await applyObjects(cluster.api, objects)
    return { namespace, cronJob: cronJob! }
  }

  async function fitToTest(cronJob: Json, sessionId: string): Promise<void> {
    const known = (await cluster.api.get('/apis/batch/v1')).json.resources as Json[]
    if (!known.some(({ kind }) => kind === 'CronJob')) cronJob.apiVersion = 'batch/v1beta1'
    const pod = cronJob.spec.jobTemplate.spec.template.spec as Json
    const container = pod.containers[0] as Json
    container.image = image
    container.imagePullPolicy = 'IfNotPresent'
    const { hostname, port } = new URL(cluster.api.server)
    const env = container.env as { name: string; value: string }[]
    env.find(({ name }) => name === 'ARBK8S_SELECTOR')!.value = `session_id=${sessionId}`
    env.push({ name: 'KUBERNETES_SERVICE_HOST', value: hostname }, { name: 'KUBERNETES_SERVICE_PORT', value: port })
    container.volumeMounts.push({ name: 'access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' })
    const history = (pod.volumes as Json[]).find(({ name }) => name === 'history')!
    delete history.persistentVolumeClaim
    history.emptyDir = {}
    pod.hostNetwork = true
    pod.volumes.push({
      name: 'access',
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
          { configMap: { name: 'arbk8s-test-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
        ],
      },
    })
  }

  async function caConfigMap(namespace: string): Promise<Json> {
    const { ca } = await readAccess(cluster.kubeconfig)
    const metadata = { name: 'arbk8s-test-ca', namespace }
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ca.crt': ca!.toString('utf8') } }
  }

  /** As `kubectl create job --from=cronjob/arbk8s-health NAME` does it; gives the exit code and the log of the run. */
  async function trigger(namespace: string, cronJob: Json, name: string): Promise<{ code: number; log: string }> {
    const { jobTemplate } = cronJob.spec as Json
    const metadata = { ...jobTemplate.metadata, name, annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' } }
    const made = await cluster.api.post(jobsOf(namespace), {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata,
      spec: jobTemplate.spec,
    })
    expect(made.status, made.text).to.equal(201)
    await eventually(
      'the run ends',
      async () => {
        const { json } = await cluster.api.get(`${jobsOf(namespace)}/${name}`)
        return ['Complete', 'Failed'].some((type) => conditionOf(json, type)?.status === 'True')
      },
      90_000,
    )
    const [pod] = await podsOfJob(cluster.api, namespace, name)
    const log = await cluster.api.get(`${podsOf(namespace)}/${pod!.metadata.name}/log`)
    return { code: pod!.status.containerStatuses[0].state.terminated.exitCode as number, log: log.text }
  }

  it('records a healthy session and exits 0', async () => {
    const { namespace, cronJob } = await scene('cron-good', 'echo {{worker_id}} ends')
    const { code, log } = await trigger(namespace, cronJob, 'by-hand')
    expect(log, log).to.include('OK').and.include('/history/history.jsonl').and.include('No incident: health is OK')
    expect(log).to.not.include('Warning').and.not.include('may not')
    expect(code, log).to.equal(0)
    const job = (await cluster.api.get(`${jobsOf(namespace)}/by-hand`)).json
    expect(conditionOf(job, 'Complete')?.status).to.equal('True')
  })

  it('prints the alert of a failed session and exits 2', async () => {
    const { namespace, cronJob } = await scene('cron-bad', 'echo broken; exit 3')
    const { code, log } = await trigger(namespace, cronJob, 'by-hand')
    expect(log, log).to.include(`K8s Alert: CRITICAL – ${namespace}`).and.include('2 job(s) in ERROR state')
    expect(code, log).to.equal(2)
    // The run itself is no Job of the session.
    expect(log).to.not.include('by-hand')
  })

  it('exits 3 and says so where the service account has lost its rights', async () => {
    const { namespace, cronJob } = await scene('cron-none', 'true')
    await cluster.api.delete(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings/arbk8s-reader`)
    const { code, log } = await eventually('the right is gone', async () => {
      const result = await trigger(namespace, cronJob, `by-hand-${Date.now()}`)
      return result.code !== 0 && result
    })
    const user = `system:serviceaccount:${namespace}:arbk8s-reader`
    expect(log).to.include(`the user "${user}" may not list jobs.batch in the namespace "${namespace}"`)
    expect(code, log).to.equal(3)
  })

  it('is one that the cluster runs by its schedule, one run at a time', async () => {
    const [cronJob] = await shipped('cronjob.yaml', 'tuning')
    expect(cronJob!.spec).to.include({ schedule: '*/5 * * * *', concurrencyPolicy: 'Forbid' })
    const { namespace, cronJob: stored } = await scene('cron-time', 'true')
    stored.spec.schedule = '* * * * *'
    await applyObjects(cluster.api, [stored])
    const run = await eventually(
      'a run by the schedule',
      async () => {
        const { json } = await cluster.api.get(jobsOf(namespace), {
          query: { labelSelector: 'app.kubernetes.io/name=arbk8s' },
        })
        return (json.items as Json[]).find((job) => conditionOf(job, 'Complete')?.status === 'True')
      },
      150_000,
    )
    expect(run.metadata.ownerReferences[0]).to.include({ kind: 'CronJob', name: 'arbk8s-health' })
  })
})
