/** Lists, page by page. A page that the server has forgotten (410) means: from the start again. */
import { parseSelector } from '../base/selector.js'
import { cleanDeep } from '../base/text.js'
import { clusterDetails, type Subject } from './cluster-error.js'
import { oddAnswer } from './network-errors.js'
import { kinds, resourcePath } from './paths.js'
import type { Transport } from './transport.js'
import type { List, ListOptions, WatchKind } from './types.js'

const pageSize = 500
/** After so many expired lists it is asked for in one piece, which cannot expire. */
const maxRestarts = 3
const maxPages = 2000

interface Page {
  items: Record<string, unknown>[]
  resourceVersion: string
  continue: string | undefined
}

/** Every object that the selector meets, cleaned, each with its kind; `managedFields` are left out. */
export async function listAll<T>(transport: Transport, kind: WatchKind, options: ListOptions): Promise<List<T>> {
  parseSelector(options.selector ?? '')
  for (let restarts = 0; ; restarts++) {
    try {
      return await listOnce<T>(transport, kind, { ...options, paged: restarts < maxRestarts })
    } catch (error) {
      if (clusterDetails(error).status !== 410 || restarts >= maxRestarts) throw error
    }
  }
}

async function listOnce<T>(
  transport: Transport,
  kind: WatchKind,
  options: ListOptions & { paged: boolean },
): Promise<List<T>> {
  const items: T[] = []
  const { group, version } = kinds[kind]
  const type = { apiVersion: group === '' ? version : `${group}/${version}`, kind: kinds[kind].kind }
  let from: string | undefined
  for (let pages = 0; pages < maxPages; pages++) {
    const page = await getPage(transport, kind, options, from)
    for (const item of page.items) items.push({ ...type, ...cleanDeep(withoutManagedFields(item)) } as T)
    if (page.continue === undefined) return { items, resourceVersion: page.resourceVersion }
    from = page.continue
  }
  throw oddAnswer(new URL(transport.target.server), `a list of ${kind} without an end`)
}

async function getPage(
  transport: Transport,
  kind: WatchKind,
  { namespace, selector, fieldSelector, signal, paged }: ListOptions & { paged: boolean },
  from: string | undefined,
): Promise<Page> {
  const { body } = await transport.json({
    method: 'GET',
    path: resourcePath(kind, namespace),
    query: { labelSelector: selector, fieldSelector, limit: paged ? pageSize : undefined, continue: from },
    subject: listSubject('list', kind, namespace),
    kind: `${kinds[kind].kind}List`,
    signal,
  })
  const metadata = (body.metadata ?? {}) as { resourceVersion?: string; continue?: string }
  const items = body.items ?? []
  if (!Array.isArray(items)) throw oddAnswer(new URL(transport.target.server), `a list of ${kind} without items`)
  return {
    items: items as Record<string, unknown>[],
    resourceVersion: metadata.resourceVersion ?? '',
    continue: metadata.continue ? metadata.continue : undefined,
  }
}

export function listSubject(verb: string, kind: WatchKind, namespace: string): Subject {
  return { verb, group: kinds[kind].group, resource: kind, namespace }
}

/** The bookkeeping of field owners is half of an object's size and nothing here reads it in lists. */
function withoutManagedFields(item: Record<string, unknown>): Record<string, unknown> {
  const metadata = { ...((item.metadata ?? {}) as Record<string, unknown>) }
  delete metadata.managedFields
  return { ...item, metadata }
}
