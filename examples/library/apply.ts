/** Shows what applying a folder's manifests would do, then applies them. Only `apply: true` changes the cluster. */
import { homedir } from 'node:os'

import { applyJobs, openCluster, readSources, validateManifests } from 'arbk8s'

const [folder = 'jobs'] = process.argv.slice(2)

const validation = await validateManifests(readSources({ paths: [folder] }))
const manifests = validation.manifests.flatMap(({ file, job }) => (job ? [{ file, job }] : []))

const cluster = await openCluster({ env: process.env, homedir: homedir() })
const guard = { allowLive: false, forbidLive: true, protectedContexts: ['prod*'], allowInsecure: false }
try {
  const { plan } = await applyJobs({ manifests, cluster, guard, apply: false })
  for (const { name, action, changes } of plan.jobs) console.log(`would ${action} ${name}, ${changes.length} changes`)

  const { jobs, summary } = await applyJobs({ manifests, cluster, guard, apply: true })
  for (const { name, status, outcome, reason } of jobs) console.log(`${status} ${name}: ${outcome ?? reason}`)
  console.log(`${summary.successful} of ${summary.total} applied`)
} finally {
  cluster.close()
}
