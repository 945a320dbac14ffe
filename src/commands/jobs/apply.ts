import { Flags } from '@oclif/core'

import { applyJobs, modesOf } from '../../apply/apply.js'
import { liveReason } from '../../apply/guards.js'
import { applyReport, targetLine } from '../../apply/report.js'
import type { ApplyResult, JobManifest } from '../../apply/types.js'
import { applyResultToWire, invalidToWire } from '../../apply/wire.js'
import { exitCodes, isArbError, type ArbError } from '../../base/errors.js'
import { requireWritable } from '../../base/files.js'
import { count } from '../../base/text.js'
import { guardFlags, guardOf } from '../../cli/apply-flags.js'
import { ClusterCommand, type ClusterFlagValues } from '../../cli/cluster-command.js'
import { clusterFlags } from '../../cli/flags.js'
import { invalidManifestsText } from '../../cli/render/apply.js'
import type { JobsApplyResult } from '../../cli/results.js'
import { masker } from '../../cli/masker.js'
import { writeResult } from '../../cli/output-file.js'
import type { Cluster } from '../../cluster/open.js'

export default class JobsApply extends ClusterCommand {
  static override summary = 'Show what applying the manifests would do; with --apply, apply them.'
  static override description =
    'Validates first. Without --apply nothing is changed: the plan is printed, by the API server’s own dry-run where one answers. ' +
    'A Job whose pod template differs from the one that is there is a conflict and is never deleted. ' +
    'Exit code 0: applied, or a dry run. 1: a manifest is invalid or a Job could not be applied. 3: the work could not be done.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --jobs-dir out',
    '<%= config.bin %> <%= command.id %> --jobs-dir out --apply --output-report report.txt',
    '<%= config.bin %> <%= command.id %> --jobs-dir out --apply --context prod --confirm-context prod',
  ]
  static override flags = {
    'jobs-dir': Flags.string({
      env: 'ARBK8S_JOBS_DIR',
      description: 'folder (or file) with the manifests; - is stdin',
      helpValue: 'DIR',
    }),
    apply: Flags.boolean({ description: 'change the cluster; without it nothing is changed' }),
    ...guardFlags,
    'force-conflicts': Flags.boolean({ description: 'take over fields that another tool set to other values' }),
    'kube-version': Flags.string({
      env: 'ARBK8S_KUBE_VERSION',
      description: 'Kubernetes version to validate against',
      helpValue: 'VERSION',
    }),
    concurrency: Flags.integer({ description: 'Jobs under way at once', default: 16, min: 1, max: 64 }),
    'output-report': Flags.string({ description: 'write the report to this file too', helpValue: 'FILE' }),
    ...clusterFlags,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(JobsApply)
    const report = flags['output-report']
    if (report) await requireWritable(report)
    const { manifests, invalid } = await this.readManifests(this.need(flags, 'jobs-dir'), flags['kube-version'])
    if (invalid) {
      const text = invalidManifestsText(invalid)
      if (report) await writeResult(report, `${text}\n`)
      return this.finish<JobsApplyResult>({
        result: invalidToWire(invalid, flags.apply),
        text,
        exitCode: exitCodes.findings,
      })
    }
    const { cluster, reason } = await this.findCluster(flags, manifests)
    const modes = modesOf(manifests)
    if (flags.apply && cluster) await this.note(targetLine(cluster.target, modes))
    const live = manifests.filter(({ job }) => liveReason(job) !== undefined).length
    if (live > 0 && !flags.apply) await this.caution(`${count(live, 'Job')} in live mode: applying needs --allow-live`)
    const result = await applyJobs({
      manifests,
      cluster,
      reason,
      namespace: flags.namespace,
      apply: flags.apply,
      guard: guardOf(flags, this.settingUnion('protected_contexts'), process.env),
      force: flags['force-conflicts'],
      kubectl: { kubeconfig: flags.kubeconfig, context: flags.context },
      concurrency: flags.concurrency,
      signal: this.signal,
    })
    const text = applyReport(result, { mode: modes })
    if (report) await writeResult(report, `${text}\n`)
    await this.finish<JobsApplyResult>({
      result: applyResultToWire(result, []),
      text,
      exitCode: this.exitCodeOf(result),
    })
  }

  protected override afterInterruption(): string[] {
    return ['What was applied stays. The same command goes on with the rest; no Job is made twice.']
  }

  private async readManifests(folder: string, kubeVersion: string | undefined) {
    const { noManifestIn, readSources } = await import('../../manifests/read.js')
    const { validateManifests } = await import('../../manifests/validate.js')
    const sources = readSources({ paths: [folder], stdin: process.stdin, signal: this.signal, onSecret: masker.add })
    const validation = await validateManifests(sources, { kubeVersion, signal: this.signal })
    if (validation.summary.total === 0) throw noManifestIn([folder])
    const manifests: JobManifest[] = validation.manifests.flatMap(({ file, job }) => (job ? [{ file, job }] : []))
    return { manifests, invalid: validation.summary.invalid > 0 ? validation : undefined }
  }

  /** The cluster; for a dry run none, with the reason, where no kubeconfig was named and none is there. */
  private async findCluster(
    flags: ClusterFlagValues & { apply: boolean },
    manifests: JobManifest[],
  ): Promise<{ cluster?: Cluster; reason?: string }> {
    const namespaces = manifests.flatMap(({ job }) => job.metadata.namespace ?? [])
    try {
      const { cluster } = await this.openCluster(flags, namespaces)
      return { cluster }
    } catch (error) {
      const optional = isArbError(error) && error.code === 'ARB_KUBECONFIG_NOT_FOUND' && error.details.named === false
      if (flags.apply || !optional) throw error
      return { reason: error.message }
    }
  }

  private exitCodeOf({ summary, interrupted }: ApplyResult): number {
    if (interrupted) return (this.signal.reason as Partial<ArbError>).exitCode ?? exitCodes.interrupted
    return summary.failed > 0 ? exitCodes.findings : exitCodes.ok
  }
}
