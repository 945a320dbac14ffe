/**
 * Judging a snapshot: phases, causes of trouble, budgets, one overall health. Pure: time is the snapshot's.
 *
 * @module health
 */
export { judgeSnapshot, type JudgeOptions } from '../health/judge.js'
export { explainJob } from '../health/explain.js'
export { allEnded, progressOf, type Progress } from '../health/progress.js'
export { defaultBudgets, reasonCatalogue, type Budgets } from '../health/reasons.js'
export { healthExitCode, healthToWire, type WireCause, type WireHealth, type WireJobHealth } from '../health/wire.js'
export type {
  Cause,
  Certainty,
  JobHealth,
  JobReason,
  Phase,
  SessionHealth,
  SessionReason,
  TroubleClass,
} from '../health/types.js'
