/** `jobs gen` as a function: config files in, manifests in a folder out. */
import { ArbError } from '../base/errors.js'
import { generateJobs, type GeneratedSession } from '../session/generate.js'
import { loadSession, type SessionFiles } from './load-session.js'
import { planOutput, writeOutput, type OutputPlan } from './output-folder.js'
import { pathText } from './path.js'
import { schemaTable } from './schema/generated/table.js'
import { objectProblems } from './validate.js'

/** From which files to which folder. */
export interface GenerateFilesOptions extends SessionFiles {
  outputDir: string
  /** Only compare: nothing is written. */
  check?: boolean
  /** Remove files of this session that it no longer has a Job for. */
  prune?: boolean
  /** The clock. */
  now: () => Date
  /** Where it aborts before the first file has its name, nothing is written. */
  signal?: AbortSignal
}

/** The session’s Jobs, and what became of their files. */
export interface GeneratedFiles extends GeneratedSession {
  plan: OutputPlan
  check: boolean
  /** Stale files that were removed. */
  pruned: string[]
  /** True where the folder is not what the config says, before anything was written. */
  differs: boolean
}

/** Makes a session's manifests. Everything is worked out and checked before the first file is written. */
export async function generateFiles(options: GenerateFilesOptions): Promise<GeneratedFiles> {
  const { outputDir, check = false, prune = false, now, signal } = options
  const { session, warnings } = await loadSession(options)
  const generated = generateJobs(session, { createdAt: now().toISOString() })
  refuseInvalid(generated)
  const plan = await planOutput(outputDir, generated.jobs, session.sessionId)
  if (!check) await writeOutput(plan, { prune, signal })
  return {
    ...generated,
    warnings: [...warnings, ...generated.warnings],
    plan,
    check,
    pruned: prune && !check ? plan.stale : [],
    differs: plan.stale.length > 0 || plan.files.some((file) => file.action !== 'unchanged'),
  }
}

/** Parts that are passed on as Kubernetes writes them (tolerations, pod_failure_policy) are only known to be right here. */
function refuseInvalid({ jobs }: GeneratedSession): void {
  const first = jobs[0]
  const errors = first
    ? objectProblems(first.job, schemaTable.newest).filter((problem) => problem.severity === 'error')
    : []
  if (errors.length === 0) return
  const [problem, ...others] = errors.map((error) => `${pathText(error.path)}: ${error.message}. ${error.fix}`)
  throw new ArbError({
    code: 'ARB_SESSION_INVALID',
    message: `the config makes Jobs that Kubernetes refuses: ${problem}`,
    hints: others.slice(0, 5).map((text) => `Also ${text}`),
  })
}
