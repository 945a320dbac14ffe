/** A session's manifests and the folder they go to: what is new, changed, unchanged, and no longer wanted. */
import { constants, type Stats } from 'node:fs'
import { access, lstat, readdir, unlink } from 'node:fs/promises'
import path from 'node:path'

import { ArbError } from '../base/errors.js'
import { readTextFile, reasonOf, unwritable, writeFilesAtomic } from '../base/files.js'
import type { GeneratedJob } from '../session/generate.js'
import { sessionLabel } from '../session/job.js'
import { shown } from './path.js'
import { fieldsOf } from './rules/job-view.js'
import { jobYaml } from './write.js'
import { documentReader, maxDocumentLength } from './yaml-document.js'

/** What writing does, or would do, to a file. */
export type FileAction = 'create' | 'change' | 'unchanged'

/** One manifest, and what writing it would do. */
export interface PlannedFile {
  /** Path of the file, the folder included. */
  file: string
  action: FileAction
  text: string
  generated: GeneratedJob
}

/** What writing would do. Nothing has been touched. */
export interface OutputPlan {
  folder: string
  files: PlannedFile[]
  /** Files of this session that it no longer has a Job for. */
  stale: string[]
}

const ownFileName = /^job-\d{2,}-.+\.yaml$/

/** Compares the folder with the Jobs. Throws where the folder cannot be written or holds another session's file of a name. */
export async function planOutput(folder: string, jobs: GeneratedJob[], sessionId: string): Promise<OutputPlan> {
  await requireFolder(folder)
  const sessionIn = await sessionReader()
  const files: PlannedFile[] = []
  for (const generated of jobs) {
    const planned = await planFile(folder, generated)
    if (planned.action === 'change') refuseOther(planned, await sessionIn(planned.file), sessionId)
    files.push(planned)
  }
  const wanted = new Set(jobs.map((job) => job.fileName))
  const stale: string[] = []
  for (const name of await ownNames(folder)) {
    const file = path.join(folder, name)
    if (!wanted.has(name) && (await sessionIn(file)) === sessionId) stale.push(file)
  }
  return { folder, files, stale }
}

/** Writes what is new or changed, all of it or nothing, and removes what is stale where `prune` says so. */
export async function writeOutput(
  plan: OutputPlan,
  { prune, signal }: { prune: boolean; signal?: AbortSignal },
): Promise<void> {
  await writeFilesAtomic(
    plan.files.filter(({ action }) => action !== 'unchanged'),
    { signal },
  )
  for (const file of prune ? plan.stale : [])
    await unlink(file).catch((error: unknown) => {
      throw unwritable(file, error)
    })
}

async function requireFolder(folder: string): Promise<void> {
  // Resolved, since a link with a slash behind it would be followed.
  const status = await statusOf(path.resolve(folder))
  if (!status) return requireFolderAbove(folder)
  const problem = status.isSymbolicLink()
    ? 'it is a symbolic link; name the folder that it leads to'
    : status.isDirectory()
      ? await accessProblem(folder)
      : 'it is a file, not a folder'
  if (problem) throw unusable(folder, problem)
}

/** The folder will be made: the nearest one above it that exists must be a folder that can be written to. */
async function requireFolderAbove(folder: string): Promise<void> {
  let above = path.dirname(path.resolve(folder))
  while (!(await statusOf(above)) && above !== path.dirname(above)) above = path.dirname(above)
  const problem = await accessProblem(above)
  if (problem) throw unusable(folder, `${above}: ${problem}`)
}

async function statusOf(file: string): Promise<Stats | undefined> {
  return lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw unusable(file, reasonOf(error))
  })
}

async function accessProblem(folder: string): Promise<string | undefined> {
  // With the slash a file of that name is refused as well.
  return access(`${folder}${path.sep}`, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => undefined,
    reasonOf,
  )
}

function unusable(folder: string, problem: string): ArbError {
  return new ArbError({
    code: 'ARB_OUTPUT_UNWRITABLE',
    message: `${folder}: cannot be used as the output folder: ${problem}`,
    hints: ['Name a folder with --output-dir that this user may write to; it is made where it is missing.'],
    details: { folder },
  })
}

/** The file keeps its created_at where nothing else about it changes. */
async function planFile(folder: string, generated: GeneratedJob): Promise<PlannedFile> {
  const file = path.join(folder, generated.fileName)
  const status = await statusOf(file)
  const text = jobYaml(generated.job)
  if (!status) return { file, action: 'create', text, generated }
  if (status.isDirectory()) throw unwritable(file, Object.assign(new Error(), { code: 'EISDIR' }))
  const there = status.isFile() ? await readTextFile(file, maxDocumentLength).catch(() => undefined) : undefined
  const createdAt = there === undefined ? undefined : /\bcreated_at: "([^"\\]*)"/.exec(there)?.[1]
  if (createdAt !== undefined) {
    const same = withCreatedAt(generated, createdAt)
    if (jobYaml(same.job) === there) return { file, action: 'unchanged', text: there, generated: same }
  }
  return { file, action: 'change', text, generated }
}

function withCreatedAt(generated: GeneratedJob, createdAt: string): GeneratedJob {
  const { job } = generated
  const annotations = { ...job.metadata.annotations, created_at: createdAt }
  return { ...generated, job: { ...job, metadata: { ...job.metadata, annotations } } }
}

async function ownNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw unusable(folder, reasonOf(error))
  })
  return entries
    .filter((entry) => entry.isFile() && ownFileName.test(entry.name))
    .map((entry) => entry.name)
    .sort()
}

/** Gives the session label of a manifest file; undefined for anything that is not one Job with that label. */
async function sessionReader(): Promise<(file: string) => Promise<string | undefined>> {
  const read = await documentReader()
  return async (file) => {
    const text = await readTextFile(file, maxDocumentLength).catch(() => '')
    const documents = [...read(text)]
    if (documents.length !== 1) return undefined
    const label = fieldsOf(fieldsOf(fieldsOf(documents[0]!.value).metadata).labels)[sessionLabel]
    return typeof label === 'string' ? label : undefined
  }
}

function refuseOther({ file, generated }: PlannedFile, owner: string | undefined, sessionId: string): void {
  if (owner === undefined || owner === sessionId) return
  throw new ArbError({
    code: 'ARB_SESSION_INVALID',
    message: `${file} is a Job of the session "${shown(owner)}"; the session "${sessionId}" would give its Job the same name ${generated.job.metadata.name}`,
    hints: ['Make the first 8 characters of session_id differ, set name_prefix, or use another folder.'],
    details: { file, session: owner },
  })
}
