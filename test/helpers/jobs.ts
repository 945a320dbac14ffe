/** Jobs as the generator makes them, in short. */
import type { JobManifest } from '../../src/apply/types.js'
import type { Job } from '../../src/session/job.js'

export function workerJob(name = 'arb-tuning-x--worker-1-0', change: (job: Job) => void = () => undefined): Job {
  const labels = { app: 'arbitrage-tuning', session_id: 'x', worker_id: 'worker-1', mode: 'paper' }
  const job: Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'n', labels: { ...labels }, annotations: { created_at: '2026-01-01T00:00:00' } },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels: { ...labels } },
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'worker',
              image: 'img:1',
              command: ['python'],
              args: ['run.py', '--iterations', '3'],
              env: [
                { name: 'SESSION_ID', value: 'x' },
                { name: 'API_KEY', value: 'CANARY' },
              ],
              resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { cpu: '1' } },
            },
          ],
        },
      },
    },
  }
  change(job)
  return job
}

/** The Job as a server stores it: defaults, labels of the controller, quantities in its spelling. */
export function storedJob(job: Job = workerJob(), change: (job: Job) => void = () => undefined): Job {
  const stored = structuredClone(job)
  stored.metadata = { ...stored.metadata, uid: 'uid-1', resourceVersion: '5', generation: 1, managedFields: [{}] }
  stored.spec = {
    parallelism: 1,
    completions: 1,
    suspend: false,
    selector: { matchLabels: { 'controller-uid': 'uid-1' } },
    ...stored.spec,
  }
  const { template } = stored.spec
  template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, 'controller-uid': 'uid-1' } }
  Object.assign(template.spec, { dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler' })
  for (const container of template.spec.containers) container.imagePullPolicy = 'IfNotPresent'
  change(stored)
  return stored
}

export const manifestOf = (job: Job, file = `${job.metadata.name}.yaml`): JobManifest => ({ file, job })
