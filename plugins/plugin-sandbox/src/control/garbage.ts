/** Removes what belongs to something that is gone: pods of Jobs, everything of a namespace. */
import { deleteObject, finishDeletion } from '../api/deletion.js'
import { resources } from '../api/resources.js'
import { omit } from '../store/objects.js'
import type { KubeObject } from '../store/objects.js'
import type { Change, Store } from '../store/store.js'
import { WorkQueue } from './work-queue.js'

const contents = resources.filter((each) => each.namespaced && !each.storedAs).map((each) => each.key)

export class GarbageCollector {
  private readonly queue: WorkQueue
  private unsubscribe: () => void = () => undefined

  constructor(private readonly options: { store: Store; now(): Date; onError(error: unknown): void }) {
    this.queue = new WorkQueue((key) => this.collect(key), options)
  }

  start(): void {
    this.unsubscribe = this.options.store.subscribe((change) => this.onChange(change))
  }

  stop(): void {
    this.unsubscribe()
    this.queue.stop()
  }

  private onChange({ resource, type, object, previous }: Change): void {
    const { namespace, name, uid, deletionTimestamp } = object.metadata
    if (resource === 'namespaces') this.queue.add(`namespace|${name}`)
    else if (resource === 'jobs.batch' && type === 'DELETED') this.queue.add(`owner|${namespace}|${uid}`)
    else if (resource === 'jobs.batch' && deletionTimestamp) this.queue.add(`job|${namespace}|${name}`)
    if (resource === 'pods' && type === 'DELETED') {
      const owner = (previous ?? object).metadata.ownerReferences?.[0]
      if (owner) this.queue.add(`job|${namespace}|${owner.name}`)
    }
    if (type === 'DELETED' && namespace) this.queue.add(`namespace|${namespace}`)
  }

  private collect(key: string): void {
    const [what, first, second] = key.split('|') as [string, string, string]
    if (what === 'namespace') this.emptyNamespace(first)
    else if (what === 'owner') this.removeDependents(first, second)
    else this.finishJob(first, second)
  }

  private dependents(namespace: string, uid: string): KubeObject[] {
    return this.options.store
      .list('pods', namespace)
      .filter((pod) => pod.metadata.ownerReferences?.some((owner) => owner.uid === uid))
  }

  private removeDependents(namespace: string, uid: string): void {
    for (const pod of this.dependents(namespace, uid))
      deleteObject(this.options.store, 'pods', pod, { now: this.options.now() })
  }

  /** A Job that is being deleted: its pods are let go or removed first, as its finalizers say. */
  private finishJob(namespace: string, name: string): void {
    const { store } = this.options
    const job = store.get('jobs.batch', namespace, name)
    if (!job?.metadata.deletionTimestamp) return
    const finalizers = job.metadata.finalizers ?? []
    const pods = this.dependents(namespace, job.metadata.uid)
    if (finalizers.includes('orphan')) {
      for (const pod of pods) store.put('pods', withoutOwner(pod, job.metadata.uid))
    } else if (finalizers.includes('foregroundDeletion') && pods.length > 0) {
      return this.removeDependents(namespace, job.metadata.uid)
    }
    const left = finalizers.filter((finalizer) => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion')
    if (left.length < finalizers.length)
      finishDeletion(
        store,
        'jobs.batch',
        store.put('jobs.batch', { ...job, metadata: { ...job.metadata, finalizers: left } }),
      )
  }

  private emptyNamespace(name: string): void {
    const { store, now } = this.options
    const namespace = store.get('namespaces', undefined, name)
    if (!namespace?.metadata.deletionTimestamp) return
    for (const resource of contents) {
      for (const object of store.list(resource, name)) {
        if (!object.metadata.deletionTimestamp)
          deleteObject(store, resource, object, {
            now: now(),
            propagation: resource === 'jobs.batch' ? 'Background' : undefined,
          })
      }
    }
    if (contents.every((resource) => store.list(resource, name).length === 0))
      store.remove('namespaces', undefined, name)
  }
}

function withoutOwner(pod: KubeObject, uid: string): KubeObject {
  const owners = (pod.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid)
  const metadata = omit(pod.metadata, 'ownerReferences')
  return { ...pod, metadata: { ...metadata, ...(owners.length > 0 ? { ownerReferences: owners } : {}) } }
}
