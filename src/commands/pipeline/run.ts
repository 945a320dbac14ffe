import { Flags } from '@oclif/core'

import { ledgerLocation } from '../../alerts/ledger.js'
import { guardFlags, guardOf } from '../../cli/apply-flags.js'
import { toldChannels } from '../../alerts/left-open.js'
import {
  alertRules,
  type AlertSettings,
  lifecycleFlags,
  fileOfPlanned,
  plannedChannels,
  plannedWithTold,
  withPlan,
} from '../../cli/alert-rules.js'
import { deliveryFlags, openChannels, requireChannels } from '../../cli/channels.js'
import { ClusterCommand } from '../../cli/cluster-command.js'
import { clusterFlags, durationFlag, historyFlags, selectorFlags } from '../../cli/flags.js'
import { screenOf } from '../../cli/health.js'
import { historyLocation, openHistory, openLedger } from '../../cli/history.js'
import { masker } from '../../cli/masker.js'
import { writeSeen } from '../../cli/output.js'
import { webhookUrlOf } from '../../cli/webhook-url.js'
import { ciSafe } from '../../cli/render/ci-safe.js'
import { pipelineText, stepEnd, stepStart } from '../../cli/render/pipeline.js'
import { targetLine } from '../../apply/report.js'
import { palette, colourWanted } from '../../cli/render/colour.js'
import { givenSelector } from '../../cli/which-jobs.js'
import { checkedNamespace } from '../../cluster/paths.js'
import type { PipelineStep } from '../../pipeline/steps.js'
import { requireStore } from '../../plugins/load.js'
import type { PipelineRunResult } from '../../cli/results.js'

export default class PipelineRun extends ClusterCommand {
  static override summary = 'Run all seven stages: generate, validate, apply, monitor, health, record, alert.'
  static override description =
    'Without --enable-apply nothing in the cluster is changed, and without --enable-alerts nothing is sent; the cluster is ' +
    'read and the history appended in every mode. Exit code: the worst of the steps: 0 done and healthy (or WARN), 1 findings, ' +
    '2 health is ERROR, 3 something could not be done.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --k8s-config k8s.yaml --jobs-dir jobs --history-file history.jsonl',
    '<%= config.bin %> <%= command.id %> --k8s-config k8s.yaml --jobs-dir jobs --history-file history.jsonl --enable-apply --wait',
    '<%= config.bin %> <%= command.id %> --jobs-dir jobs -n tuning -l session_id=d29 --history-file history.jsonl --enable-alerts --channel-type console',
  ]
  static override flags = {
    'k8s-config': Flags.string({
      env: 'ARBK8S_K8S_CONFIG',
      description: 'session config; without it the manifests in --jobs-dir are taken',
      helpValue: 'FILE',
    }),
    'orchestrator-config': Flags.string({
      env: 'ARBK8S_ORCHESTRATOR_CONFIG',
      description: 'config that overrides parts of the session',
      helpValue: 'FILE',
    }),
    'jobs-dir': Flags.string({ env: 'ARBK8S_JOBS_DIR', description: 'folder for the manifests', helpValue: 'DIR' }),
    'kube-version': Flags.string({
      env: 'ARBK8S_KUBE_VERSION',
      description: 'Kubernetes version to validate against',
      helpValue: 'VERSION',
    }),
    'enable-apply': Flags.boolean({ description: 'apply the Jobs; without it nothing in the cluster is changed' }),
    ...guardFlags,
    wait: Flags.boolean({ description: 'follow the Jobs to their end before health is judged' }),
    timeout: durationFlag('timeout', {
      env: 'ARBK8S_TIMEOUT',
      description: 'for --wait: the longest wait',
      default: '30m',
    }),
    'strict-health': Flags.boolean({ description: 'exit 1 on WARN' }),
    'enable-alerts': Flags.boolean({ description: 'send alerts; without it nothing is sent' }),
    ...deliveryFlags,
    ...lifecycleFlags,
    'events-limit': Flags.integer({ min: 0, default: 20, description: 'the newest so many events are kept' }),
    'history-limit': Flags.integer({ min: 1, default: 20, description: 'the newest so many records are looked at' }),
    ...selectorFlags,
    ...historyFlags,
    ...clusterFlags,
  }

  /** The steps that are over. */
  private readonly steps: PipelineStep[] = []

  protected override afterInterruption(): string[] {
    const done = this.steps.map(({ number, name, message }) => `${number} ${name} (${message})`)
    const jobs = this.ownSandbox
      ? 'The sandbox has ended, and its Jobs with it; the same command starts them again.'
      : 'Jobs that were applied go on in the cluster. The same command continues; no Job is made twice.'
    return [...(done.length > 0 ? [`Done: ${done.join(', ')}.`] : []), jobs]
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(PipelineRun)
    const selector = givenSelector(flags)
    if (flags.namespace !== undefined) checkedNamespace(flags.namespace)
    const location = historyLocation(flags, this.sources)
    // Found out now and not after half an hour of waiting for Jobs.
    const settings: AlertSettings = {
      routes: this.setting('routes'),
      routesFile: this.settingFile('routes'),
      silences: this.setting('silences'),
      named: this.setting('channels'),
    }
    const asked = [flags['channel-type'], settings, this.sources['channel-type']] as const
    const first = plannedChannels(...asked)
    const channels = { config: this.config, named: settings.named, fileOf: fileOfPlanned(first) }
    requireChannels({ ...channels, names: first.map(({ name }) => name) })
    const caution = (message: string): Promise<void> => this.caution(message)
    const webhookUrl = await webhookUrlOf({ flags, sources: this.sources, caution, signal: this.signal })
    requireStore(this.config, location)
    const { runPipeline } = await import('../../pipeline/run.js')
    const { pipelineToWire } = await import('../../pipeline/wire.js')
    const talk = palette(colourWanted({ isTTY: process.stderr.isTTY, env: process.env }))
    const result = await runPipeline({
      k8sConfig: flags['k8s-config'],
      orchestratorConfig: flags['orchestrator-config'],
      jobsDir: this.need(flags, 'jobs-dir'),
      kubeVersion: flags['kube-version'],
      namespace: flags.namespace,
      selector,
      enableApply: flags['enable-apply'],
      enableAlerts: flags['enable-alerts'],
      guard: guardOf(flags, this.settingUnion('protected_contexts'), process.env),
      strictHealth: flags['strict-health'],
      wait: flags.wait ? { timeoutMs: flags.timeout! } : undefined,
      eventsLimit: flags['events-limit'],
      historyLimit: flags['history-limit'],
      ...alertRules(flags, settings, this.sources['channel-type']),
      alertTimeoutMs: flags['timeout-seconds']!,
      openCluster: async (namespaces) => (await this.openCluster(flags, namespaces)).cluster,
      openHistory: async () => ({
        store: await openHistory(this.config, location, this.signal, this.setting('stores')),
        ledger: await openLedger(this.config, ledgerLocation(location), this.signal, this.setting('stores')),
      }),
      openChannels: async ({ ledger, namespace, selector: recorded }) => {
        const key = { namespace, selector: recorded, now: () => new Date() }
        const planned = await plannedWithTold(...asked, () => toldChannels(ledger, key))
        const opened = await openChannels({
          ...channels,
          names: planned.map(({ name }) => name),
          webhookUrl,
          limits: { timeoutMs: flags['timeout-seconds']!, deadlineMs: flags.deadline! },
          allowPrivate: flags['allow-private-addresses'],
          sends: flags['enable-alerts'],
          note: (message) => this.note(message),
          // At once, with a blank line behind it: whatever ends the run then, the alert is out.
          print: (text) => writeSeen(this.jsonEnabled() ? 'stderr' : 'stdout', `${text}\n`),
          signal: this.signal,
        })
        return { ...opened, channels: withPlan(opened.channels, planned) }
      },
      onStart: (number, name) => this.note(ciSafe(stepStart(number, name), process.env)),
      onEnd: (step) => {
        this.steps.push(step)
        return this.note(ciSafe(stepEnd(step, talk), process.env))
      },
      onTarget: (cluster, modes) => this.note(targetLine(cluster.target, modes)),
      onProgress: progressNotes((line) => this.note(line)),
      onSecret: masker.add,
      now: () => new Date(),
      signal: this.signal,
    })
    // A blank line between the steps and the result, for whoever sees both.
    await this.note('\n')
    await this.finish<PipelineRunResult>({
      result: pipelineToWire(result),
      text: ciSafe(pipelineText(result, screenOf().palette), process.env),
      exitCode: result.exitCode,
    })
  }
}

/** One line each time another Job has ended. */
function progressNotes(
  note: (line: string) => Promise<void>,
): (progress: { ended: number; total: number }) => Promise<void> {
  let last = ''
  return async ({ ended, total }) => {
    const line = `      ${ended} of ${total} Jobs have ended`
    if (total > 0 && line !== last) await note(line)
    last = line
  }
}
