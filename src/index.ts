/**
 * arbk8s as a library: everything that a command does, as typed functions over plain data. No import prints, exits or
 * reads the environment by itself; clock, signal, folders and environment come in as arguments.
 *
 * @packageDocumentation
 */

export type * from '@arbk8s/plugin-kit'

export { ArbError, errorCatalogue, exitCodes, isArbError, type ArbErrorOptions, type ErrorCode } from './base/errors.js'
export { formatDuration, parseDuration } from './base/duration.js'
export { matchesSelector, parseSelector, type Requirement } from './base/selector.js'

export * from './session/job.js'
export { sessionOf, type Session, type SessionInput } from './session/session.js'
export { generateJobs, type GeneratedJob, type GeneratedSession } from './session/generate.js'

export type { Finding, FindingLevel, FindingSeverity } from './manifests/finding.js'

export { openCluster, type Cluster } from './cluster/open.js'
export type { ConnectOptions } from './cluster/connect.js'
export type * from './cluster/types.js'
export { takeSnapshot, type SnapshotOptions } from './cluster/snapshot.js'
export { followJobs, type FollowOptions, type JobsUpdate } from './cluster/watch-jobs.js'

export type * from './apply/types.js'
export { applyJobs, type ApplyJobsOptions } from './apply/apply.js'
export { applyReport } from './apply/report.js'
export { applyResultToWire, type WireApplyResult } from './apply/wire.js'

export type * from './health/types.js'
export { judgeSnapshot, type JudgeOptions } from './health/judge.js'

export { toRecord } from './history/record.js'
export { appendRecord, collectRecords, readRecords, type Collected, type CollectOptions } from './history/read.js'
export { summarise, type HistorySummary } from './history/summary.js'

export { incidentOf } from './alerts/incident.js'
export { buildAlert } from './alerts/alert.js'
export { sendAlerts, type Channel, type SendOptions, type SendResult } from './alerts/send.js'

export { loadPluginHost } from './plugins/host.js'
export { loadNotifier, openStore, pluginContext, type ContextOptions } from './plugins/load.js'
export { listProviders, type Provider, type ProviderKind } from './plugins/providers.js'
