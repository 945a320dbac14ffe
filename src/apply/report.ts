/** An ApplyResult as text, for the terminal and for --output-report. */
import { count } from '../base/text.js'
import type { ClusterTarget } from '../cluster/types.js'
import type { AppliedJob, ApplyResult, FieldChange, Plan } from './types.js'

const marks = { SUCCESS: '✓', FAILED: '✗', SKIPPED: '⊘' } as const
const maxValue = 60
const maxFields = 10

/** The whole report: target, one row per Job, [SUMMARY], and the lists. */
export function applyReport(result: ApplyResult, options: { mode?: string } = {}): string {
  const { plan, jobs, summary } = result
  const lines = [
    targetLine(plan.target, options.mode),
    headline(result),
    '',
    result.mode === 'dry_run' ? '[PLAN]' : '[RESULTS]',
    ...jobs.flatMap(jobLines),
    '',
    '[SUMMARY]',
    `  Total:      ${summary.total}`,
    `  Successful: ${summary.successful}`,
    `  Failed:     ${summary.failed}`,
    `  Skipped:    ${summary.skipped}`,
    ...(result.mode === 'dry_run' ? [`  Would:      ${wouldLine(jobs)}`] : []),
    ...list('[SUCCESSFUL JOBS]', jobs, 'SUCCESS'),
    ...list('[FAILED JOBS]', jobs, 'FAILED'),
    ...list('[SKIPPED JOBS]', jobs, 'SKIPPED'),
  ]
  if (result.mode === 'dry_run') lines.push('', 'To apply: the same command with --apply.')
  if (result.interrupted) lines.push('', 'Interrupted. The same command finishes the rest; nothing is made twice.')
  return lines.join('\n')
}

/** `Target: cluster "local" (https://…), context "admin", user "admin", mode paper`. */
export function targetLine(target: ClusterTarget | null, mode?: string): string {
  if (!target) return `Target: none${mode ? `, mode ${mode}` : ''}`
  const parts = [`cluster "${target.cluster ?? '?'}" (${target.server})`]
  if (target.context !== null) parts.push(`context "${target.context}"`)
  if (target.user !== null) parts.push(`user "${target.user}"`)
  if (mode) parts.push(`mode ${mode}`)
  if (target.insecure) parts.push('CONNECTION NOT CHECKED')
  return `Target: ${parts.join(', ')}`
}

/** What the plan rests on, in one sentence. */
export function sourceLine({ source, reason }: Plan): string {
  if (source === 'server') return 'The API server’s own dry-run was asked.'
  const because = reason ? `: ${reason}` : ''
  if (source === 'live')
    return `Compared with the Jobs that are there; the API server’s dry-run was not asked${because}`
  return `The plan is local, no cluster could be asked${because}`
}

/** What was done, before the rows say it one by one. */
function headline({ mode, plan, summary }: ApplyResult): string {
  if (mode === 'dry_run') return `Dry run: nothing was changed. ${sourceLine(plan)}`
  return `${summary.successful} of ${count(summary.total, 'Job')} applied.`
}

function jobLines(job: AppliedJob): string[] {
  const outcome = job.outcome ?? job.action
  return [
    `  ${marks[job.status]} ${job.namespace}/${job.name}: ${outcome}${job.refused ? ' (refused by the API server)' : ''}, ${job.status}`,
    ...[job.status === 'FAILED' ? job.reason : job.message]
      .filter((line) => line !== null)
      .map((line) => `      ${line}`),
    ...job.changes.slice(0, maxFields).map((change) => `      ${changeLine(change)}`),
    ...(job.changes.length > maxFields ? [`      and ${count(job.changes.length - maxFields, 'more field')}`] : []),
    ...(job.status === 'SUCCESS' ? [] : [`      $ ${job.kubectl}`]),
  ]
}

function changeLine({ path, before, after, mutable }: FieldChange): string {
  return `${mutable ? '~' : '!'} ${path}: ${valueText(before)} → ${valueText(after)}${mutable ? '' : ' (cannot be changed)'}`
}

/** Cut in the middle: long argument lists differ at their ends as often as at their beginnings. */
function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'unset'
  const text = JSON.stringify(value)
  if (text.length <= maxValue) return text
  return `${text.slice(0, maxValue / 2)}…${text.slice(-maxValue / 2)}`
}

function wouldLine(jobs: AppliedJob[]): string {
  const words = {
    create: 'create',
    change: 'change',
    unchanged: 'leave unchanged',
    conflict: 'conflict',
    unknown: 'apply',
  } as const
  const parts = Object.entries(words)
    .map(([action, word]) => ({ word, n: jobs.filter((job) => job.action === action).length }))
    .filter(({ n }) => n > 0)
    .map(({ word, n }) => `${word} ${n}`)
  return parts.join(', ') || 'nothing'
}

function list(title: string, jobs: AppliedJob[], status: AppliedJob['status']): string[] {
  const chosen = jobs.filter((job) => job.status === status)
  if (chosen.length === 0) return []
  const detail = (job: AppliedJob): string => {
    if (status === 'SUCCESS') return ` (${job.outcome})`
    return job.reason ? `: ${job.reason}` : ''
  }
  return ['', title, ...chosen.map((job) => `  ${marks[status]} ${job.namespace}/${job.name}${detail(job)}`)]
}
