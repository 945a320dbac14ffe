/**
 * The kubeconfig as kubectl reads it: the flag's file; else the files of KUBECONFIG, merged, the first one wins and
 * missing ones are skipped; else ~/.kube/config; else, within a pod, the service account.
 */
import path from 'node:path'

import { ArbError } from '../base/errors.js'
import { cleanLine, nearest } from '../base/text.js'
import { inClusterEntry } from './in-cluster.js'
import { invalidEntry, textOf, type RawEntry } from './kubeconfig-entry.js'
import { kubeconfigNotFound, readKubeconfigs, type Merged } from './kubeconfig-files.js'

/** Where the kubeconfig is looked for; nothing is taken from the process itself. */
export interface KubeconfigPlaces {
  /** The file of --kubeconfig. */
  kubeconfig?: string
  context?: string
  env: Record<string, string | undefined>
  homedir: string
  /** Where a pod finds its service account; only tests name another. */
  serviceAccountDir?: string
}

/** The context that is meant, with its cluster and user. */
export interface ChosenContext {
  context: string | null
  namespace: string | null
  cluster: RawEntry
  /** null: no user, requests go without a credential. */
  user: RawEntry | null
}

/** Finds, reads and merges the kubeconfig and takes the context asked for, else the current one. */
export async function chooseContext(places: KubeconfigPlaces): Promise<ChosenContext> {
  const { files, named } = kubeconfigFiles(places)
  const merged = await readKubeconfigs(files, { required: places.kubeconfig !== undefined })
  if (merged.files.length === 0) {
    const pod = await inClusterEntry(places)
    if (pod && !named) return pod
    throw kubeconfigNotFound(files, named)
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
  const namespace = textOf(context, 'namespace') ?? null
  // Cleaned it would be another namespace than the one that is named.
  if (namespace !== null && namespace !== cleanLine(namespace))
    throw invalidEntry(context, '"namespace" is not the name of a namespace')
  return { context: context.name, namespace, cluster, user }
}

function kubeconfigFiles({ kubeconfig, env, homedir }: KubeconfigPlaces): { files: string[]; named: boolean } {
  if (kubeconfig !== undefined) return { files: [path.resolve(kubeconfig)], named: true }
  const listed = (env.KUBECONFIG ?? '').split(path.delimiter).filter((file) => file !== '')
  if (listed.length > 0) return { files: [...new Set(listed.map((file) => path.resolve(file)))], named: true }
  return { files: [path.join(homedir, '.kube', 'config')], named: false }
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
    details: { kind, name: cleanLine(name), known: [...known.keys()].map(cleanLine) },
  })
}

function listed(entries: Map<string, RawEntry>): string {
  const names = [...entries.keys()].map(cleanLine)
  if (names.length === 0) return 'none'
  return names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ')
}
