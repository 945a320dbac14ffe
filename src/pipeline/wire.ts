/** PipelineResult as JSON. */
import type { Health } from '../health/types.js'
import { healthToWire, type WireHealth } from '../health/wire.js'
import type { PipelineStep } from './steps.js'
import type { PipelineMode, PipelineResult } from './types.js'

/** What `pipeline run --json` prints; the first eight fields and `steps` are the contract. */
export interface WirePipelineResult {
  mode: PipelineMode
  generated_jobs: number
  validated_jobs: number
  applied_jobs: number
  /** Null where it is not known. */
  health_status: Health | null
  incidents_sent: number
  history_appended: boolean
  exit_code: number
  steps: PipelineStep[]
  namespace: string | null
  selector: string | null
  health: WireHealth | null
  /** Last log lines of Jobs that are not OK. */
  logs: { job_name: string; pod: string; container: string; lines: string[] }[]
}

/** The result on the wire. */
export function pipelineToWire(result: PipelineResult): WirePipelineResult {
  return {
    mode: result.mode,
    generated_jobs: result.generatedJobs,
    validated_jobs: result.validatedJobs,
    applied_jobs: result.appliedJobs,
    health_status: result.health?.overallHealth ?? null,
    incidents_sent: result.incidentsSent,
    history_appended: result.historyAppended,
    exit_code: result.exitCode,
    steps: result.steps,
    namespace: result.namespace,
    selector: result.selector,
    health: result.health && healthToWire(result.health),
    logs: result.logs.map(({ job, pod, container, lines }) => ({ job_name: job, pod, container, lines })),
  }
}
