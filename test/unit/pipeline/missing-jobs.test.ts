import { expect } from 'chai'

import type { ApplyResult, JobManifest } from '../../../src/apply/types.js'
import type { Snapshot } from '../../../src/cluster/types.js'
import { missingJobs } from '../../../src/pipeline/missing-jobs.js'
import type { Job } from '../../../src/session/job.js'

function job(name: string, namespace = 'tuning', session = 'a'): Job {
  const metadata = { name, namespace, labels: { session_id: session } }
  return { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template: { spec: { containers: [] } } } }
}

const manifests = (...jobs: Job[]): JobManifest[] =>
  jobs.map((one) => ({ file: `${one.metadata.name}.yaml`, job: one }))
const snapshot = (...jobs: Job[]) => ({ namespace: 'tuning', selector: 'session_id=a', jobs }) as unknown as Snapshot
const applied = (...failed: string[]) =>
  ({ jobs: failed.map((name) => ({ name, status: 'FAILED' })) }) as unknown as ApplyResult

describe('Jobs that a run meant to have', () => {
  it('names what is not there, and why where that is known', () => {
    expect(
      missingJobs(manifests(job('one'), job('two'), job('three')), applied('two'), snapshot(job('one'))),
    ).to.deep.equal(['Job two: not in the cluster, it could not be applied', 'Job three: not in the cluster any more'])
  })

  it('is content where all are there', () => {
    expect(missingJobs(manifests(job('one')), applied(), snapshot(job('one')))).to.deep.equal([])
  })

  it('asks for nothing that the selector or the namespace leaves out', () => {
    expect(missingJobs(manifests(job('one', 'other'), job('two', 'tuning', 'b')), applied(), snapshot())).to.deep.equal(
      [],
    )
  })
})
