/** A session's changes as lines, for a pipe or a log file. */
import { progressOf } from '../../health/progress.js'
import type { JobHealth, SessionHealth } from '../../health/types.js'
import type { Palette } from './colour.js'
import { healthPaint, phasePaint } from './health.js'
import { progressWords } from './progress.js'

/** Jobs beyond this are not told one by one at the beginning. */
const toldAtFirst = 50

/** Remembers what was told, and tells what is new. */
export class ChangeLines {
  private readonly told = new Map<string, string>()
  private readonly phases = new Map<string, string>()
  private summary = ''

  constructor(private readonly palette: Palette) {}

  /** The lines that this judgement adds; none where nothing changed. */
  next(health: SessionHealth): string[] {
    const first = this.told.size === 0
    const changed = health.jobs.filter((job) => this.told.get(job.jobName) !== stateOf(job))
    const shown = first && changed.length > toldAtFirst ? changed.filter((job) => job.health !== 'OK') : changed
    const lines = shown.map((job) => this.jobLine(job, health.timestamp))
    for (const job of changed) {
      this.told.set(job.jobName, stateOf(job))
      this.phases.set(job.jobName, job.phase)
    }
    const summary = this.summaryOf(health)
    if (summary !== this.summary) lines.push(`${secondOf(health.timestamp)} ${summary}`)
    this.summary = summary
    return lines
  }

  /** The summary with the time to go, for when nothing has changed for a while. */
  still(health: SessionHealth): string {
    const progress = progressOf(health.jobs, health.timestamp)
    return `${secondOf(health.timestamp)} still ${progressWords(progress)}`
  }

  private jobLine(job: JobHealth, timestamp: string): string {
    const before = this.phases.get(job.jobName)
    const paint = phasePaint(this.palette, job.phase)
    const phase = before !== undefined && before !== job.phase ? `${before} → ${paint(job.phase)}` : paint(job.phase)
    const parts = [secondOf(timestamp), job.jobName, phase, `${job.succeeded}/${job.completions}`]
    if (job.retries > 0) parts.push(`retries=${job.retries}`)
    if (job.cause && job.health !== 'OK')
      parts.push(
        healthPaint(this.palette, job.health)(job.health),
        `${job.cause.class}: ${job.cause.message} → ${job.cause.fix}`,
      )
    return parts.join(' ')
  }

  /** Without the time to go, which changes with every look. */
  private summaryOf(health: SessionHealth): string {
    const progress = progressOf(health.jobs, health.timestamp)
    const verdict = healthPaint(this.palette, health.overallHealth)(health.overallHealth)
    return health.jobs.length === 0
      ? `no Job matches ${health.selector}, health ${verdict}`
      : `${progressWords({ ...progress, etaMs: null })}, health ${verdict}`
  }
}

function stateOf({ uid, phase, health, succeeded, retries, cause }: JobHealth): string {
  return [uid, phase, health, succeeded, retries, cause?.class].join(' ')
}

function secondOf(timestamp: string): string {
  return timestamp.replace(/\.\d+Z$/, 'Z')
}
