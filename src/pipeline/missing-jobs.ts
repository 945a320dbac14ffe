/** Jobs that a run meant to have in the cluster and that are not there: their absence must not look like health. */
import type { ApplyResult, JobManifest } from '../apply/types.js'
import { matchesSelector, parseSelector } from '../base/selector.js'
import type { Snapshot } from '../cluster/types.js'

/** One line for each Job of the manifests that the selector should have found, for the snapshot's `errors`. */
export function missingJobs(manifests: JobManifest[], applied: ApplyResult, snapshot: Snapshot): string[] {
  const there = new Set(snapshot.jobs.map((job) => job.metadata.name))
  const requirements = parseSelector(snapshot.selector)
  const refused = new Set(applied.jobs.filter(({ status }) => status === 'FAILED').map(({ name }) => name))
  return manifests
    .filter(({ job }) => (job.metadata.namespace ?? snapshot.namespace) === snapshot.namespace)
    .filter(({ job }) => matchesSelector(requirements, job.metadata.labels) && !there.has(job.metadata.name))
    .map(
      ({ job: { metadata } }) =>
        `Job ${metadata.name}: not in the cluster${refused.has(metadata.name) ? ', it could not be applied' : ' any more'}`,
    )
}
