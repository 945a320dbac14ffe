/** The seven stages, what each needs from the ones before, and the engine that runs them. Knows nothing of what they do. */
import { exitCodes, isArbError, messageOf } from '../base/errors.js'

/** The stages in their order. */
export const stageNames = ['generate', 'validate', 'apply', 'monitor', 'health', 'record', 'alert'] as const
/** A stage’s name. */
export type StageName = (typeof stageNames)[number]

/** The stages without whose success a stage cannot run. Monitoring needs no apply: Jobs may be there already. */
const needs: Record<StageName, readonly StageName[]> = {
  generate: [],
  validate: ['generate'],
  apply: ['validate'],
  monitor: [],
  health: ['monitor'],
  record: ['health'],
  alert: ['health'],
}

/** `findings`: it was done, and found something that the exit code tells. */
export type StepStatus = 'done' | 'findings' | 'failed' | 'skipped'

/** How one stage went. */
export interface PipelineStep {
  /** 1 to 7. */
  number: number
  name: StageName
  status: StepStatus
  message: string
  exit_code: number
  duration_seconds: number
  /** Code, message and hints of what stopped a failed step. */
  error: { code: string; message: string; hints: string[] } | null
}

/** What a stage tells when it is over. `blocks` keeps the stages that need it from running. */
export interface StageOutcome {
  message: string
  exitCode?: number
  blocks?: boolean
}

export type Stages = Record<StageName, () => Promise<StageOutcome>>

/** Told of the stages as they run. */
export interface StepListener {
  /** A stage begins; numbers count from 1. */
  onStart?(number: number, name: StageName): void | Promise<void>
  /** A stage is over, or was skipped. */
  onEnd?(step: PipelineStep): void | Promise<void>
}

/** Runs the stages in order; one that fails stops those that need it. Only an interruption ends the run early. */
export async function runStages(
  stages: Stages,
  signal: AbortSignal,
  listener: StepListener = {},
): Promise<PipelineStep[]> {
  const steps: PipelineStep[] = []
  const blocked = new Map<StageName, StageName>()
  for (const [index, name] of stageNames.entries()) {
    const number = index + 1
    await listener.onStart?.(number, name)
    const blocker = needs[name].map((needed) => blocked.get(needed) ?? undefined).find((found) => found !== undefined)
    const { step, blocks } = blocker
      ? { step: skipped(number, name, blocker), blocks: true }
      : await runStage(stages[name], number, name)
    if (signal.aborted) throw signal.reason
    if (blocks) blocked.set(name, blocker ?? name)
    steps.push(step)
    await listener.onEnd?.(step)
  }
  return steps
}

function skipped(number: number, name: StageName, blocker: StageName): PipelineStep {
  return {
    number,
    name,
    status: 'skipped',
    message: `skipped: ${blocker} did not succeed`,
    exit_code: exitCodes.ok,
    duration_seconds: 0,
    error: null,
  }
}

async function runStage(
  stage: () => Promise<StageOutcome>,
  number: number,
  name: StageName,
): Promise<{ step: PipelineStep; blocks: boolean }> {
  const start = performance.now()
  const seconds = (): number => Math.round(performance.now() - start) / 1000
  try {
    const { message, exitCode = exitCodes.ok, blocks = false } = await stage()
    const status = exitCode === exitCodes.ok ? 'done' : 'findings'
    return {
      step: { number, name, status, message, exit_code: exitCode, duration_seconds: seconds(), error: null },
      blocks,
    }
  } catch (error) {
    const known = isArbError(error)
    const view = {
      code: known ? error.code : 'ARB_INTERNAL',
      message: messageOf(error),
      hints: known ? error.hints : [],
    }
    const exitCode = known ? error.exitCode : exitCodes.failed
    return {
      step: {
        number,
        name,
        status: 'failed',
        message: view.message,
        exit_code: exitCode,
        duration_seconds: seconds(),
        error: view,
      },
      blocks: true,
    }
  }
}
