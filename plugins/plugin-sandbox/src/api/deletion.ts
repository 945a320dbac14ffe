/** What it means to delete an object in the store: grace, finalizers, removal. */
import { timeText } from '../store/names.js'
import { isTerminal } from '../store/objects.js'
import type { KubeObject, Pod } from '../store/objects.js'
import type { Store } from '../store/store.js'

export type Propagation = 'Orphan' | 'Background' | 'Foreground'

export interface DeletionOptions {
  now: Date
  propagation?: Propagation
  /** Seconds; for pods, by default their own grace period. */
  graceSeconds?: number
}

const propagationFinalizers: Partial<Record<Propagation, string>> = {
  Orphan: 'orphan',
  Foreground: 'foregroundDeletion',
}

/**
 * Deletes an object, or marks it as being deleted where a finalizer or a running pod's grace stands before that.
 * Returns the object and whether it is gone.
 */
export function deleteObject(
  store: Store,
  resource: string,
  object: KubeObject,
  options: DeletionOptions,
): { object: KubeObject; gone: boolean } {
  const { namespace, name } = object.metadata
  const finalizer = options.propagation && propagationFinalizers[options.propagation]
  const finalizers = [...new Set([...(object.metadata.finalizers ?? []), ...(finalizer ? [finalizer] : [])])]
  const grace = resource === 'pods' ? podGrace(object as unknown as Pod, options.graceSeconds) : 0
  if (finalizers.length === 0 && grace === 0 && resource !== 'namespaces') {
    const marked = mark(object, finalizers, { ...options, grace })
    store.remove(resource, namespace, name)
    return { object: marked, gone: true }
  }
  const current = object.metadata.deletionGracePeriodSeconds
  const same = finalizers.length === (object.metadata.finalizers ?? []).length
  if (object.metadata.deletionTimestamp && same && current !== undefined && grace >= current)
    return { object, gone: false }
  const marked = mark(object, finalizers, { ...options, grace })
  const terminating =
    resource === 'namespaces' ? { ...marked, status: { ...marked.status, phase: 'Terminating' } } : marked
  return { object: store.put(resource, terminating), gone: false }
}

function mark(object: KubeObject, finalizers: string[], options: { now: Date; grace: number }): KubeObject {
  return {
    ...object,
    metadata: {
      ...object.metadata,
      deletionTimestamp: timeText(new Date(options.now.getTime() + options.grace * 1000)),
      deletionGracePeriodSeconds: options.grace,
      ...(finalizers.length > 0 ? { finalizers } : {}),
    },
  }
}

/** A pod that has not been given to a node, or has ended, needs no grace. */
function podGrace(pod: Pod, wanted: number | undefined): number {
  if (!pod.spec.nodeName || isTerminal(pod)) return 0
  return wanted ?? pod.spec.terminationGracePeriodSeconds ?? 30
}

/** Removes an object that was only held by finalizers, once the last of them is gone. */
export function finishDeletion(store: Store, resource: string, object: KubeObject): KubeObject {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers, namespace, name } = object.metadata
  const held =
    (finalizers?.length ?? 0) > 0 ||
    (resource === 'pods' && (deletionGracePeriodSeconds ?? 0) > 0) ||
    resource === 'namespaces'
  if (!deletionTimestamp || held) return object
  return store.remove(resource, namespace, name) ?? object
}
