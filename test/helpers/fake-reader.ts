/** A Reader without a cluster: what a test does not give answers with nothing. */
import type { Reader } from '../../src/cluster/types.js'
import type { Job, JobStatus } from '../../src/session/job.js'

export function jobNamed(name: string, status: JobStatus = {}, resourceVersion = '1'): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'n', uid: `uid-${name}`, resourceVersion },
    spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } },
    status,
  }
}

const nothing = async () => ({ items: [], resourceVersion: '1' })

export function fakeReader({ jobs = [], ...own }: Partial<Reader> & { jobs?: Job[] }): Reader {
  return {
    target: {
      context: 'fake',
      cluster: 'fake',
      user: 'tester',
      server: 'https://fake:6443',
      namespace: 'n',
      insecure: false,
    },
    version: async () => ({ gitVersion: 'v1.31.0', major: '1', minor: '31' }),
    getNamespace: async (name) => ({ metadata: { name } }),
    getJob: async (_namespace, name) => jobs.find((job) => job.metadata.name === name),
    listJobs: async () => ({ items: jobs, resourceVersion: '1' }),
    listPods: nothing,
    listEvents: nothing,
    podLog: async () => '',
    followLog: async function* () {
      yield* []
    },
    watch: async function* () {
      yield* []
    },
    can: async () => true,
    ...own,
  }
}
