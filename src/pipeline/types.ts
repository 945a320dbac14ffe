/** What a pipeline run is given and what it gives back. */
import type { HistoryStore } from '@arbk8s/plugin-kit'

import type { SeriesKey } from '../alerts/ledger.js'
import type { AlertRules, Channel } from '../alerts/send.js'
import type { LiveGuard, TargetGuard } from '../apply/guards.js'
import type { Cluster } from '../cluster/open.js'
import type { ContainerLog } from '../cluster/types.js'
import type { JudgeOptions } from '../health/judge.js'
import type { SessionHealth } from '../health/types.js'
import type { PipelineStep, StepListener } from './steps.js'

/** What a run works with. */
export interface PipelineOptions extends StepListener, AlertRules {
  /** Without it the manifests that are in `jobsDir` are taken. */
  k8sConfig?: string | undefined
  orchestratorConfig?: string | undefined
  jobsDir: string
  kubeVersion?: string | undefined
  /** Default: the manifests' one namespace, else the context's. */
  namespace?: string | undefined
  /** Default: `session_id=…` of the manifests' one session. */
  selector?: string | undefined
  enableApply: boolean
  enableAlerts: boolean
  guard: LiveGuard & TargetGuard
  /** WARN ends with 1. */
  strictHealth: boolean
  judge?: JudgeOptions | undefined
  /** Follow the Jobs to their end before health is judged, at most so long, ms. */
  wait?: { timeoutMs: number } | undefined
  /** Events that the record and the alert keep. */
  eventsLimit: number
  /** Records that the alert looks at. */
  historyLimit: number
  /** The longest one alert on one channel may take, ms. */
  alertTimeoutMs: number
  /** Called once, when a stage first needs it; `namespaces` are those of the manifests. */
  openCluster(namespaces: string[]): Promise<Cluster>
  /** Called once: the history and the ledger beside it. */
  openHistory(): Promise<{ store: HistoryStore; ledger: HistoryStore }>
  /** Called once, with what tells who is owed the end of an incident; `incomplete` where a channel could not be loaded. */
  openChannels(about: SeriesKey & { ledger: HistoryStore }): Promise<{ channels: Channel[]; incomplete: boolean }>
  /** Called while waiting for the Jobs, at each change. */
  onProgress?(progress: { ended: number; total: number }): void | Promise<void>
  /** Which cluster is about to be changed; called before anything is sent. */
  onTarget?(cluster: Cluster, modes: string): void | Promise<void>
  /** The clock. */
  now: () => Date
  /** Is told each value in configs and manifests that looks like a secret, so that nothing said about them repeats it. */
  onSecret?: ((value: string) => void) | undefined
  signal: AbortSignal
}

/** What a run may do beyond reading and recording. */
export type PipelineMode = 'dry_run' | 'apply' | 'full_alerts'

/** What a run came to. */
export interface PipelineResult {
  mode: PipelineMode
  namespace: string | null
  selector: string | null
  generatedJobs: number
  validatedJobs: number
  appliedJobs: number
  /** Null where health could not be judged. */
  health: SessionHealth | null
  /** Last lines of containers of Jobs that are not OK. */
  logs: ContainerLog[]
  /** Alerts that arrived, over all channels. */
  incidentsSent: number
  historyAppended: boolean
  /** The worst of the steps'. */
  exitCode: number
  steps: PipelineStep[]
}
