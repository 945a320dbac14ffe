/** The whole pipeline as one call: config in, Jobs in a cluster, a judged, recorded and alerted result out. */
import type { HistoryRecord } from '@arbk8s/plugin-kit'

import { sendAlerts, type SendResult } from '../alerts/send.js'
import { applyJobs, modesOf } from '../apply/apply.js'
import type { ApplyResult, JobManifest } from '../apply/types.js'
import { formatDuration } from '../base/duration.js'
import { exitCodes, isArbError } from '../base/errors.js'
import { count } from '../base/text.js'
import type { Cluster } from '../cluster/open.js'
import { takeSnapshot } from '../cluster/snapshot.js'
import type { ContainerLog, Snapshot } from '../cluster/types.js'
import { judgeSnapshot } from '../health/judge.js'
import type { SessionHealth } from '../health/types.js'
import { withVanished } from '../health/vanished.js'
import { healthExitCode } from '../health/wire.js'
import { readEvidence } from '../history/evidence.js'
import { appendRecord } from '../history/read.js'
import { toRecord } from '../history/record.js'
import { generateFiles } from '../manifests/generate-files.js'
import { noManifestIn, readSources } from '../manifests/read.js'
import { validateManifests } from '../manifests/validate.js'
import { meantJobs, refuseUnfollowed } from './meant-jobs.js'
import { alertMessage, outcomeCounts, planCounts, unique } from './messages.js'
import { missingJobs } from './missing-jobs.js'
import { lenientStore, memoryStore } from './memory-store.js'
import { runStages, type StageOutcome, type Stages } from './steps.js'
import type { PipelineOptions, PipelineResult } from './types.js'
import { waitForJobs, waitTimedOut, type WaitEnd } from './wait.js'

/** Log lines kept per container of a Job that is not OK. */
const evidenceLines = 10
/** While waiting, Jobs that do not move are looked at this often. */
const waitIntervalMs = 5_000

/** Runs the seven stages. A stage that fails is a step of the result; only an interruption is thrown. */
export async function runPipeline(options: PipelineOptions): Promise<PipelineResult> {
  const run = new PipelineRun(options)
  const steps = await runStages(run.stages(), options.signal, options)
  return run.result(steps)
}

class PipelineRun {
  /** Where the manifests are: the folder, or the session's own files in it. */
  private paths: string[]
  private generated = 0
  private validated = 0
  private manifests: JobManifest[] = []
  private applied: ApplyResult | undefined
  private openedCluster: Promise<Cluster> | undefined
  private openedHistory: ReturnType<PipelineOptions['openHistory']> | undefined
  private place: { namespace: string; selector: string } | undefined
  private snapshot: Snapshot | undefined
  private health: SessionHealth | undefined
  private record: HistoryRecord | undefined
  private historyAppended = false
  private sent: SendResult | undefined

  constructor(private readonly options: PipelineOptions) {
    this.paths = [options.jobsDir]
  }

  stages(): Stages {
    return {
      generate: () => this.generate(),
      validate: () => this.validate(),
      apply: () => this.apply(),
      monitor: () => this.monitor(),
      health: () => this.judge(),
      record: () => this.append(),
      alert: () => this.alert(),
    }
  }

  private async generate(): Promise<StageOutcome> {
    const { k8sConfig, orchestratorConfig, jobsDir, now, signal, onSecret } = this.options
    if (k8sConfig === undefined) return { message: `no config given: taking the manifests in ${jobsDir}` }
    const { jobs, plan, warnings } = await generateFiles({
      k8sConfig,
      orchestratorConfig,
      outputDir: jobsDir,
      now,
      signal,
      onSecret,
    })
    this.generated = jobs.length
    // Not the folder: what the session no longer wants would be applied with it.
    this.paths = plan.files.map(({ file }) => file)
    const changed = plan.files.filter((file) => file.action !== 'unchanged').length
    const stale =
      plan.stale.length > 0
        ? [`no longer wanted and left out: ${plan.stale.join(', ')} (jobs gen --prune removes them)`]
        : []
    const notes = [...warnings, ...stale].map((text) => `; warning: ${text}`).join('')
    return {
      message: `${count(jobs.length, 'Job')} in ${jobsDir}, ${changed} written, ${jobs.length - changed} unchanged${notes}`,
    }
  }

  private async validate(): Promise<StageOutcome> {
    const { kubeVersion, signal, onSecret } = this.options
    const paths = this.paths
    const { manifests, summary, findings } = await validateManifests(readSources({ paths, signal, onSecret }), {
      kubeVersion,
      signal,
    })
    this.manifests = manifests.flatMap(({ file, job, valid }) => (job && valid ? [{ file, job }] : []))
    this.validated = summary.valid
    if (summary.total === 0) throw noManifestIn(paths)
    const counts = `${summary.valid} valid, ${summary.invalid} invalid, ${count(summary.warnings, 'warning')}`
    const first = findings.find(({ severity }) => severity === 'error')
    // Told before Jobs are applied that could then not be followed.
    if (!first) {
      const meant = meantJobs(this.manifests, this.options)
      if (this.options.enableApply) refuseUnfollowed(this.manifests, meant, this.options)
      return { message: counts }
    }
    return {
      message: `${counts}; ${first.file}:${first.line}: ${first.message}`,
      exitCode: exitCodes.findings,
      blocks: true,
    }
  }

  private async apply(): Promise<StageOutcome> {
    const { enableApply, guard, namespace, signal, onTarget } = this.options
    const { cluster, reason } = await this.clusterForApply()
    if (enableApply && cluster) await onTarget?.(cluster, modesOf(this.manifests))
    this.applied = await applyJobs({
      manifests: this.manifests,
      cluster,
      reason,
      namespace,
      apply: enableApply,
      guard,
      signal,
    })
    const { summary, plan, jobs } = this.applied
    if (!enableApply) return { message: `dry run (${plan.source} plan), nothing changed: ${planCounts(this.applied)}` }
    const failed = jobs.filter(({ status }) => status === 'FAILED').map(({ name, reason: why }) => `${name}: ${why}`)
    const message = `${summary.successful} applied (${outcomeCounts(this.applied)}), ${summary.failed} failed`
    if (failed.length === 0) return { message }
    return { message: `${message}; ${failed.slice(0, 3).join('; ')}`, exitCode: exitCodes.findings }
  }

  /** A dry run makes a plan without a cluster too, and says so. */
  private async clusterForApply(): Promise<{ cluster?: Cluster; reason?: string }> {
    try {
      return { cluster: await this.cluster() }
    } catch (error) {
      if (this.options.enableApply || !isArbError(error)) throw error
      return { reason: error.message }
    }
  }

  private async monitor(): Promise<StageOutcome> {
    const { wait, now, signal } = this.options
    const { reader } = await this.cluster()
    this.place = await this.whichJobs()
    const waited = wait && (await this.waitForEnd(this.place, wait.timeoutMs))
    const snapshot = await takeSnapshot(reader, {
      ...this.place,
      maxLogLines: evidenceLines,
      eventsLimit: Infinity,
      now,
      signal,
    })
    // A Job that failed and was deleted while we waited has failed all the same.
    this.snapshot = withVanished(snapshot, waited ? waited.seen : [])
    if (this.applied?.mode === 'apply')
      this.snapshot.errors.push(...missingJobs(this.manifests, this.applied, this.snapshot))
    const { jobs, pods, events } = this.snapshot
    const seen = `${count(jobs.length, 'Job')}, ${count(pods.length, 'pod')}, ${count(events.length, 'event')}`
    if (waited?.end === 'timeout')
      return { message: waitTimedOut(waited, formatDuration(wait!.timeoutMs)).message, exitCode: exitCodes.failed }
    if (waited?.end === 'stuck')
      return { message: `${seen}; not waiting longer: ${waited.open.join(', ')} cannot start` }
    if (jobs.length === 0) return { message: `no Job matches ${this.place.selector} in ${this.place.namespace}` }
    return { message: waited ? `all Jobs have ended: ${seen}` : seen }
  }

  private async waitForEnd(place: { namespace: string; selector: string }, timeoutMs: number): Promise<WaitEnd> {
    const { now, signal, onProgress } = this.options
    const { reader } = await this.cluster()
    return waitForJobs(reader, { ...place, timeoutMs, intervalMs: waitIntervalMs, now, signal, onProgress })
  }

  private async judge(): Promise<StageOutcome> {
    const { judge, strictHealth } = this.options
    this.health = judgeSnapshot(this.snapshot!, judge)
    const { overallHealth, jobs, reasons, errors } = this.health
    const counts = (['OK', 'WARN', 'ERROR'] as const).map(
      (state) => `${jobs.filter(({ health }) => health === state).length} ${state}`,
    )
    const why = [...new Set([...reasons, ...jobs.flatMap((job) => (job.health === 'OK' ? [] : job.reasons))])]
    const message = `${overallHealth}: ${counts.join(', ')}${why.length > 0 ? ` (${why.join(', ')})` : ''}${errors.map((text) => `; ${text}`).join('')}`
    return { message, exitCode: healthExitCode(overallHealth, { strict: strictHealth }) }
  }

  private async append(): Promise<StageOutcome> {
    const { eventsLimit, signal } = this.options
    const { reader } = await this.cluster()
    // What could not be read of the logs is among the snapshot's errors already.
    const { logs } = await readEvidence(reader, this.snapshot!, this.health!, { signal })
    this.record = toRecord(this.health!, this.snapshot!.events, { eventsLimit, logs })
    const { store } = await this.history()
    await appendRecord(store, this.record)
    this.historyAppended = true
    return { message: `${this.record.overall_health} recorded at ${this.record.timestamp}` }
  }

  private async alert(): Promise<StageOutcome> {
    const { enableAlerts, alertTimeoutMs } = this.options
    const history = await this.history().catch(() => undefined)
    // An alert about a record that could not be stored is wanted all the more; without a ledger it may be sent again.
    const store = this.historyAppended ? history!.store : memoryStore([this.record!], history?.store)
    const ledger = this.historyAppended ? history!.ledger : lenientStore(history?.ledger)
    const { channels, incomplete } = await this.options.openChannels({ ...this.place!, ledger })
    this.sent = await sendAlerts({
      ...this.options,
      ...this.place!,
      store,
      ledger,
      channels,
      dryRun: !enableAlerts,
      timeoutMs: alertTimeoutMs,
    })
    const exitCode = incomplete ? exitCodes.failed : this.sent.complete ? exitCodes.ok : exitCodes.findings
    return { message: alertMessage(this.sent), exitCode }
  }

  private cluster(): Promise<Cluster> {
    return (this.openedCluster ??= this.options.openCluster(
      unique(this.manifests.map(({ job }) => job.metadata.namespace)),
    ))
  }

  private history(): ReturnType<PipelineOptions['openHistory']> {
    return (this.openedHistory ??= this.options.openHistory())
  }

  private async whichJobs(): Promise<{ namespace: string; selector: string }> {
    const { target } = await this.cluster()
    const { namespace = target.namespace, selector } = meantJobs(this.manifests, this.options)
    return { namespace, selector }
  }

  result(steps: PipelineResult['steps']): PipelineResult {
    const { enableAlerts, enableApply } = this.options
    return {
      mode: enableAlerts ? 'full_alerts' : enableApply ? 'apply' : 'dry_run',
      ...(this.place ?? { namespace: null, selector: null }),
      generatedJobs: this.generated,
      validatedJobs: this.validated,
      appliedJobs: this.applied?.mode === 'apply' ? this.applied.summary.successful : 0,
      health: this.health ?? null,
      logs: this.evidence(),
      incidentsSent: this.sent?.outcomes.filter(({ status }) => status === 'delivered').length ?? 0,
      historyAppended: this.historyAppended,
      exitCode: Math.max(...steps.map((step) => step.exit_code)),
      steps,
    }
  }

  private evidence(): ContainerLog[] {
    if (!this.health || !this.snapshot) return []
    const troubled = new Set(this.health.jobs.filter(({ health }) => health !== 'OK').map(({ jobName }) => jobName))
    return this.snapshot.logs.filter(({ job }) => troubled.has(job))
  }
}
