/**
 * Reading a cluster: connecting by the kubeconfig's rules, one snapshot of a session, its Jobs as they change, its logs.
 * Nothing here can change a cluster but `applyJobs`, which takes a `Cluster`.
 *
 * @module cluster
 */
export { openCluster, type Cluster } from '../cluster/open.js'
export type { ConnectOptions } from '../cluster/connect.js'
export type { KubeconfigPlaces } from '../cluster/kubeconfig.js'
export { takeSnapshot, type SnapshotOptions } from '../cluster/snapshot.js'
export { followJobs, type FollowOptions, type JobsUpdate } from '../cluster/watch-jobs.js'
export {
  followSessionLogs,
  readSessionLogs,
  type FollowLogOptions,
  type LogLine,
  type SessionLogOptions,
  type SessionLogs,
} from '../cluster/session-logs.js'
export type * from '../cluster/types.js'
export { createMasker, type Masker } from '../base/masker.js'
