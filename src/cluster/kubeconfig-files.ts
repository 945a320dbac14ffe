/** Reading kubeconfig files and merging them as kubectl does. */
import path from 'node:path'

import { ArbError } from '../base/errors.js'
import { readTextFile, reasonOf } from '../base/files.js'
import { isRecord } from '../base/json.js'
import { cleanLine } from '../base/text.js'
import type { RawEntry } from './kubeconfig-entry.js'

/** Several files as one. */
export interface Merged {
  files: string[]
  currentContext: string
  clusters: Map<string, RawEntry>
  users: Map<string, RawEntry>
  contexts: Map<string, RawEntry>
}

/** Reads the files in order. The first one to name a thing wins; missing files are skipped unless `required`. */
export async function readKubeconfigs(files: string[], { required }: { required: boolean }): Promise<Merged> {
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
      if (required) throw kubeconfigNotFound([file], true)
      return undefined
    }
    throw new ArbError({
      code: 'ARB_KUBECONFIG_INVALID',
      message: `${file}: the kubeconfig cannot be read: ${reasonOf(error)}`,
      hints: ['Name a kubeconfig that this user may read with --kubeconfig FILE or KUBECONFIG.'],
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
  if (!isRecord(value)) throw unreadable(file, 'it is not a mapping')
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
    if (!isRecord(item) || typeof item.name !== 'string') throw unreadable(file, `an entry of "${list}" has no name`)
    const inner = item[kind] ?? {}
    if (!isRecord(inner)) throw unreadable(file, `"${cleanLine(item.name)}" of "${list}" is not a mapping`)
    if (!target.has(item.name))
      target.set(item.name, { name: item.name, folder: path.dirname(file), file, values: inner })
  }
}

/** The error where there is no kubeconfig; `named` where the user named one. */
export function kubeconfigNotFound(files: string[], named: boolean): ArbError {
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
