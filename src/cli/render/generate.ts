/** What `jobs gen` did, as `--json` prints it and as text. */
import { count } from '../../base/text.js'
import type { GeneratedFiles } from '../../manifests/generate-files.js'
import type { FileAction } from '../../manifests/output-folder.js'

export interface GenerateView {
  session_id: string
  namespace: string
  layout: string
  mode: string
  env: string
  output_dir: string
  check: boolean
  differs: boolean
  files: { file: string; job: string; worker_id: string; action: FileAction }[]
  stale: string[]
  pruned: string[]
  jobs: number
  workers: number
  total_iterations: number
  iterations: { worker_id: string; iterations: number }[]
  requests: Record<string, string>
  warnings: string[]
}

export function generateView(result: GeneratedFiles): GenerateView {
  const { session, plan, totals } = result
  return {
    session_id: session.sessionId,
    namespace: session.namespace,
    layout: session.layout,
    mode: session.mode,
    env: session.env,
    output_dir: plan.folder,
    check: result.check,
    differs: result.differs,
    files: plan.files.map(({ file, action, generated }) => ({
      file,
      job: generated.job.metadata.name,
      worker_id: generated.workerId,
      action,
    })),
    stale: plan.stale.filter((file) => !result.pruned.includes(file)),
    pruned: result.pruned,
    jobs: totals.jobs,
    workers: totals.workers,
    total_iterations: totals.iterations,
    iterations: result.shares.map(({ workerId, iterations }) => ({ worker_id: workerId, iterations })),
    requests: totals.requests,
    warnings: result.warnings,
  }
}

const shownFiles = 20

/** The summary: session, files, Jobs, iterations per worker, the sum of requests. */
export function generateText(view: GenerateView): string {
  const lines = [
    `Session ${view.session_id} (${view.mode}, ${view.env}) for namespace ${view.namespace}`,
    ...fileLines(view),
    ...view.stale.map((file) => `  no longer wanted: ${file}${view.check ? '' : ' (--prune removes it)'}`),
    ...view.pruned.map((file) => `  removed ${file}`),
    '',
    '[SUMMARY]',
    `  jobs:       ${view.jobs}${view.layout === 'indexed' ? `, Indexed, ${count(view.workers, 'worker')}` : ''}`,
    `  iterations: ${view.total_iterations} (${sharesText(view)})`,
    `  requests:   ${requestsText(view)}`,
    `  files:      ${filesText(view)} in ${view.output_dir}`,
  ]
  return lines.join('\n')
}

const done: Record<FileAction, string> = { create: 'wrote', change: 'rewrote', unchanged: 'unchanged' }
const counted: Record<FileAction, string> = { create: 'written', change: 'rewritten', unchanged: 'unchanged' }
const wouldDo: Record<FileAction, string> = { create: 'missing', change: 'differs', unchanged: 'unchanged' }

function fileLines({ files, check }: GenerateView): string[] {
  const verbs = check ? wouldDo : done
  const lines = files.slice(0, shownFiles).map(({ file, action }) => `  ${verbs[action]} ${file}`)
  return files.length > shownFiles ? [...lines, `  and ${files.length - shownFiles} more`] : lines
}

/** `worker-1 to worker-2: 4 each, worker-3: 3` */
function sharesText({ iterations }: GenerateView): string {
  const runs: { first: string; last: string; each: number }[] = []
  for (const { worker_id: worker, iterations: each } of iterations) {
    const run = runs.at(-1)
    if (run?.each === each) run.last = worker
    else runs.push({ first: worker, last: worker, each })
  }
  return runs
    .map(({ first, last, each }) => (first === last ? `${first}: ${each}` : `${first} to ${last}: ${each} each`))
    .join(', ')
}

function requestsText({ requests }: GenerateView): string {
  const sums = Object.entries(requests).map(([name, sum]) => `${name} ${sum}`)
  return sums.join(', ') || 'none'
}

function filesText({ files, check }: GenerateView): string {
  const verbs = check ? wouldDo : counted
  const parts = (['create', 'change', 'unchanged'] as const).flatMap((action) => {
    const number = files.filter((file) => file.action === action).length
    return number ? [`${number} ${verbs[action]}`] : []
  })
  return parts.join(', ')
}
