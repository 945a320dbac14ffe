/**
 * The kubeconfig as kubectl reads it: the flag's file; else the files of KUBECONFIG, merged, the first one wins and
 * missing ones are skipped; else ~/.kube/config; else, within a pod, the service account.
 */
import path from 'node:path'

import { ArbError } from '../base/errors.js'
import { readTextFile, reasonOf } from '../base/files.js'
import { cleanLine, nearest } from '../base/text.js'
import { inClusterEntry } from './in-cluster.js'

export interface KubeconfigPlaces {
  /** The file of --kubeconfig. */
  kubeconfig?: string
  context?: string
  env: Record<string, string | undefined>
  homedir: string
  /** Where a pod finds its service account; only tests name another. */
  serviceAccountDir?: string
}

/** A named part of a kubeconfig, as it stood in the file. Paths in it start at `folder`. */
export interface RawEntry {
  name: string
  folder: string
  file: string
  values: Record<string, unknown>
}

/** The context that is meant, with its cluster and user. */
export interface ChosenContext {
  context: string | null
  namespace: string | null
  cluster: RawEntry
  /** null: no user, requests go without a credential. */
  user: RawEntry | null
}

interface Merged {
  files: string[]
  currentContext: string
  clusters: Map<string, RawEntry>
  users: Map<string, RawEntry>
  contexts: Map<string, RawEntry>
}

/** Finds, reads and merges the kubeconfig and takes the context asked for, else the current one. */
export async function chooseContext(places: KubeconfigPlaces): Promise<ChosenContext> {
  const { files, named } = kubeconfigFiles(places)
  const merged = await readAll(files, { required: places.kubeconfig !== undefined })
  if (merged.files.length === 0) {
    const pod = await inClusterEntry(places)
    if (pod && !named) return pod
    throw notFound(files, named)
  }
  const name = places.context ?? merged.currentContext
  if (name === '') throw noContext(merged)
  const context = merged.contexts.get(name)
  if (!context) throw missing(merged, { kind: 'context', name })
  return resolve(merged, context)
}

function resolve(merged: Merged, context: RawEntry): ChosenContext {
  const clusterName = textOf(context, 'cluster') ?? ''
  const userName = textOf(context, 'user') ?? ''
  const cluster = merged.clusters.get(clusterName)
  if (!cluster) throw missing(merged, { kind: 'cluster', name: clusterName, context })
  const user = userName === '' ? null : merged.users.get(userName)
  if (user === undefined) throw missing(merged, { kind: 'user', name: userName, context })
  return { context: context.name, namespace: textOf(context, 'namespace') ?? null, cluster, user }
}

/** A text value of an entry, undefined where it is not there or empty; another type is an error that names the key. */
export function textOf(entry: RawEntry, key: string): string | undefined {
  const value = entry.values[key]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw invalidEntry(entry, `"${key}" must be text`)
}

/** A path value of an entry, made absolute from the folder of its file. */
export function pathOf(entry: RawEntry, key: string): string | undefined {
  const value = textOf(entry, key)
  return value === undefined ? undefined : path.resolve(entry.folder, value)
}

/** The error for an entry with a value that cannot be used. */
export function invalidEntry(entry: RawEntry, problem: string): ArbError {
  return new ArbError({
    code: 'ARB_KUBECONFIG_INVALID',
    message: `${entry.file}: "${entry.name}": ${problem}`,
    hints: ['Mend the entry, or name another file with --kubeconfig or another context with --context.'],
  })
}

function kubeconfigFiles({ kubeconfig, env, homedir }: KubeconfigPlaces): { files: string[]; named: boolean } {
  if (kubeconfig !== undefined) return { files: [path.resolve(kubeconfig)], named: true }
  const listed = (env.KUBECONFIG ?? '').split(path.delimiter).filter((file) => file !== '')
  if (listed.length > 0) return { files: [...new Set(listed.map((file) => path.resolve(file)))], named: true }
  return { files: [path.join(homedir, '.kube', 'config')], named: false }
}

async function readAll(files: string[], { required }: { required: boolean }): Promise<Merged> {
  const merged: Merged = { files: [], currentContext: '', clusters: new Map(), users: new Map(), contexts: new Map() }
  for (const file of files) {
    const text = await readOne(file, required)
    if (text !== undefined) merge(merged, file, await parseOne(file, text))
  }
  return merged
}

async function readOne(file: string, required: boolean): Promise<string | undefined> {
  try {
    return await readTextFile(file)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      if (required) throw notFound([file], true)
      return undefined
    }
    throw new ArbError({
      code: 'ARB_KUBECONFIG_INVALID',
      message: `${file}: the kubeconfig cannot be read: ${reasonOf(error)}`,
      hints: ['Check the file’s permissions, or name another with --kubeconfig.'],
      cause: error,
    })
  }
}

/** The file's mapping. Nothing of the text goes into an error: it may be a credential. */
async function parseOne(file: string, text: string): Promise<Record<string, unknown>> {
  const { parseDocument, LineCounter } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
    uniqueKeys: false,
  })
  const problem = document.errors[0]
  if (problem) {
    const { line, col } = lines.linePos(problem.pos[0])
    throw unreadable(file, `line ${line}, column ${col}: ${problem.code.toLowerCase().replaceAll('_', ' ')}`)
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch {
    throw unreadable(file, 'too many aliases')
  }
  if (!isMapping(value)) throw unreadable(file, 'it is not a mapping')
  return value
}

function unreadable(file: string, problem: string): ArbError {
  return new ArbError({
    code: 'ARB_KUBECONFIG_INVALID',
    message: `${file}: not a kubeconfig: ${problem}`,
    hints: [
      'A kubeconfig is YAML with clusters, users, contexts and current-context; `kubectl config view` shows one.',
    ],
  })
}

function merge(into: Merged, file: string, values: Record<string, unknown>): void {
  into.files.push(file)
  if (into.currentContext === '' && typeof values['current-context'] === 'string')
    into.currentContext = values['current-context']
  const lists = [
    ['clusters', 'cluster', into.clusters],
    ['users', 'user', into.users],
    ['contexts', 'context', into.contexts],
  ] as const
  for (const [list, kind, target] of lists) mergeList({ file, value: values[list], list, kind }, target)
}

function mergeList(
  { file, value, list, kind }: { file: string; value: unknown; list: string; kind: string },
  target: Map<string, RawEntry>,
): void {
  if (value === undefined || value === null) return
  if (!Array.isArray(value)) throw unreadable(file, `"${list}" is not a list`)
  for (const item of value as unknown[]) {
    if (!isMapping(item) || typeof item.name !== 'string') throw unreadable(file, `an entry of "${list}" has no name`)
    const inner = item[kind] ?? {}
    if (!isMapping(inner)) throw unreadable(file, `"${cleanLine(item.name)}" of "${list}" is not a mapping`)
    if (!target.has(item.name))
      target.set(item.name, { name: item.name, folder: path.dirname(file), file, values: inner })
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function notFound(files: string[], named: boolean): ArbError {
  return new ArbError({
    code: 'ARB_KUBECONFIG_NOT_FOUND',
    message: `no kubeconfig: ${files.join(', ')} ${files.length > 1 ? 'do' : 'does'} not exist`,
    hints: [
      'Name one with --kubeconfig FILE or KUBECONFIG.',
      'Without a cluster at hand, --sandbox runs the Jobs as processes on this machine.',
    ],
    details: { files, named },
  })
}

function noContext(merged: Merged): ArbError {
  return new ArbError({
    code: 'ARB_KUBECONFIG_INVALID',
    message: `${merged.files.join(', ')}: ${merged.contexts.size === 0 ? 'there is no context in it' : 'no current context is set'}`,
    hints: [
      merged.contexts.size === 0
        ? 'Name a kubeconfig with contexts by --kubeconfig or KUBECONFIG.'
        : `Give --context with one of: ${listed(merged.contexts)}.`,
    ],
  })
}

function missing(
  merged: Merged,
  { kind, name, context }: { kind: 'context' | 'cluster' | 'user'; name: string; context?: RawEntry },
): ArbError {
  const known = { context: merged.contexts, cluster: merged.clusters, user: merged.users }[kind]
  const near = nearest(name, known.keys())
  const by = context ? `, which the context "${cleanLine(context.name)}" names` : ''
  return new ArbError({
    code: 'ARB_KUBECONFIG_INVALID',
    message: `${merged.files.join(', ')}: there is no ${kind} "${cleanLine(name)}"${by}`,
    hints: [
      `${near ? `Did you mean "${cleanLine(near)}"? ` : ''}There ${known.size === 1 ? 'is' : 'are'}: ${listed(known)}.`,
    ],
    details: { kind, name, known: [...known.keys()] },
  })
}

function listed(entries: Map<string, RawEntry>): string {
  const names = [...entries.keys()].map(cleanLine)
  if (names.length === 0) return 'none'
  return names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ')
}
