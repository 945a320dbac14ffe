/** The pipeline's steps as they run, and its SUMMARY. */
import { formatDuration } from '../../base/duration.js'
import type { PipelineStep, StageName } from '../../pipeline/steps.js'
import type { PipelineResult } from '../../pipeline/types.js'
import type { Palette } from './colour.js'
import { healthPaint, troubleLines } from './health.js'

const marks = { done: '✓', findings: '!', failed: '✗', skipped: '⊘' } as const

/** `[1/7] generate …` */
export function stepStart(number: number, name: StageName): string {
  return `[${number}/7] ${name} …`
}

/** `[1/7] generate ✓ 2 Jobs in out (12ms)`, with the next step of a failed one below. */
export function stepEnd(step: PipelineStep, palette: Palette): string {
  const paint = { done: palette.green, findings: palette.yellow, failed: palette.red, skipped: palette.dim }[
    step.status
  ]
  const took = step.status === 'skipped' ? '' : ` (${formatDuration(step.duration_seconds * 1000)})`
  const hints = (step.error?.hints ?? []).map((hint) => `\n      → ${hint}`).join('')
  return `[${step.number}/7] ${step.name} ${paint(marks[step.status])} ${step.message}${took}${hints}`
}

/** What `pipeline run` prints at its end: troubled Jobs with their last lines, then the SUMMARY. */
export function pipelineText(result: PipelineResult, palette: Palette): string {
  const { health } = result
  const state = health ? healthPaint(palette, health.overallHealth)(health.overallHealth) : palette.red('not known')
  const rows: [string, string][] = [
    ['mode', result.mode],
    ['generated jobs', String(result.generatedJobs)],
    ['validated jobs', String(result.validatedJobs)],
    ['applied jobs', String(result.appliedJobs)],
    ['health', state],
    ['history appended', result.historyAppended ? 'yes' : 'no'],
    ['incidents sent', String(result.incidentsSent)],
    ['exit code', String(result.exitCode)],
  ]
  return [
    ...evidence(result, palette),
    '[SUMMARY]',
    ...rows.map(([name, value]) => `${`${name}:`.padEnd(18)}${value}`),
  ].join('\n')
}

function evidence({ health, logs }: PipelineResult, palette: Palette): string[] {
  const troubled = (health?.jobs ?? []).filter((job) => job.health !== 'OK')
  if (troubled.length === 0) return []
  const blocks = troubled.map((job) => [
    `${job.health} ${palette.bold(job.jobName)}: ${[job.phase, ...job.reasons].join(', ')}`,
    ...troubleLines(job, palette)
      .slice(job.cause ? 0 : 1)
      .map((line) => `  ${line}`),
    ...logs
      .filter((log) => log.job === job.jobName)
      .flatMap(({ pod, container, lines }) => [
        `  last lines of ${pod}/${container}:`,
        ...lines.map((line) => `    ${line}`),
      ]),
  ])
  return ['[TROUBLE]', ...blocks.flat(), '']
}
