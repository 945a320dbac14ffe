/**
 * The seven stages in order, as one call; and the wait for a session's Jobs.
 *
 * @module pipeline
 */
export { runPipeline } from '../pipeline/run.js'
export type { PipelineMode, PipelineOptions, PipelineResult } from '../pipeline/types.js'
export { stageNames, type PipelineStep, type StageName, type StepListener, type StepStatus } from '../pipeline/steps.js'
export { pipelineToWire, type WirePipelineResult } from '../pipeline/wire.js'
export { waitForJobs, type WaitEnd, type WaitOptions } from '../pipeline/wait.js'
