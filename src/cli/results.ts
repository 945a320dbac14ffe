/**
 * What `--json` prints, one type a command. Each command finishes with its own, so that the compiler holds the two
 * together, and `schemas/` is generated from here: a field that goes away or changes shows there.
 */
import type { WireEvent } from '@arbk8s/plugin-kit'

import type { WireApplyResult } from '../apply/wire.js'
import type { WireHealth } from '../health/wire.js'
import type { WireValidation } from '../manifests/wire.js'
import type { NewPlugin } from '../plugins/scaffold.js'
import type { WirePipelineResult } from '../pipeline/wire.js'
import type { InstalledPlugin } from './install-plugins.js'
import type { ErrorView } from './print-error.js'
import type * as alerts from './render/alerts.js'
import type { AlertsReplayView } from './render/replay.js'
import type { DoctorView } from './render/doctor.js'
import type { GenerateView } from './render/generate.js'
import type * as history from './render/history.js'
import type * as stores from './render/history-store.js'
import type { LogsView } from './render/logs.js'
import type { PluginsView } from './render/plugins.js'
import type { SandboxView } from './render/sandbox.js'
import type { WatchResult } from './render/watch.js'

/** `jobs gen`: what was made for the session, and what became of each file. */
export type JobsGenResult = GenerateView
/** `jobs validate`: every manifest, and every finding with its place. */
export type JobsValidateResult = WireValidation
/** `jobs apply`: one entry a Job with what was done, or would be. */
export type JobsApplyResult = WireApplyResult
/** `jobs watch`: health, progress and last log lines; without --once and --until-done one such object a line. */
export type JobsWatchResult = WatchResult
/** `jobs logs`: every line in time order; with --follow one such line an object. */
export type JobsLogsResult = LogsView
/** `health check`: the judgement of a session, with its newest events. */
export type HealthCheckResult = WireHealth & { events: WireEvent[] }
/** `health record`: the record as it was stored. */
export type HealthRecordResult = history.HealthRecordView
/** `history show`: the newest records and their summary. */
export type HistoryShowResult = history.HistoryShowView
/** `history report`: the file that was written. */
export type HistoryReportResult = history.HistoryReportView
/** `history verify`: what is stored, and what is wrong with it. */
export type HistoryVerifyResult = stores.HistoryVerifyView
/** `history copy`: what was there, what was copied, or would be, and the proof. */
export type HistoryCopyResult = stores.HistoryCopyView
/** `history compact`: pieces before and after. */
export type HistoryCompactResult = stores.HistoryCompactView
/** `alerts send`: the incident, and what was sent to each channel, or would be. */
export type AlertsSendResult = alerts.AlertsSendView
/** `alerts send --replay`: what the present rules would have sent over the past history. */
export type AlertsReplayResult = AlertsReplayView
/** `alerts test`: what came of the drill on each channel. */
export type AlertsTestResult = alerts.AlertsTestView
/** `pipeline run`: the seven steps and what they came to. */
export type PipelineRunResult = WirePipelineResult
/** `sandbox start`, `sandbox stop`, `sandbox status`. */
export type SandboxStatusResult = SandboxView
/** `init`: the files that were written. */
export type InitResult = {
  /** Paths as given with --dir. */
  files: string[]
}
/** `plugins`: every package with what it provides, and every configured channel. */
export type PluginsResult = PluginsView
/** `plugins install`: what was installed. */
export type PluginsInstallResult = {
  installed: InstalledPlugin[]
}
/** `plugins new`: the package that was written. */
export type PluginsNewResult = NewPlugin
/** `doctor`: every check, and every setting with where its value comes from. */
export type DoctorResult = DoctorView
/** Any command that could not do its work, in place of its own result; the exit code is 3, 130 or 143. */
export type ErrorResult = {
  error: ErrorView
}
