/** Objects in memory with one revision counter and a window of history, as a watch cache over etcd keeps them. */
import type { KubeObject } from './objects.js'

/** What happened at one revision. `previous` is the object before it (for DELETED: the last state). */
export interface Change {
  revision: number
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** The resource, e.g. `jobs.batch`. */
  resource: string
  object: KubeObject
  previous?: KubeObject
}

export interface StoreOptions {
  /** Changes that are kept for watchers and for lists that continue; older ones are answered with 410. */
  window?: number
  /** Told of what a listener throws. */
  onError?: (error: unknown) => void
}

type Listener = (change: Change) => void

const defaultWindow = 10_000

/** Thrown where history no longer reaches back to a revision. */
export class RevisionGone extends Error {
  constructor(
    readonly revision: number,
    readonly oldest: number,
  ) {
    super(`too old resource version: ${revision} (${oldest})`)
  }
}

export class Store {
  private current = 1
  private readonly resources = new Map<string, Map<string, KubeObject>>()
  private changes: Change[] = []
  private oldest = 1
  private readonly listeners = new Set<Listener>()
  private readonly undelivered: Change[] = []
  private delivering = false
  private readonly window: number

  constructor(private readonly options: StoreOptions = {}) {
    this.window = options.window ?? defaultWindow
  }

  /** The newest revision. */
  get revision(): number {
    return this.current
  }

  /** The revision from which history is kept: a watch or list from an older one is gone. */
  get oldestRevision(): number {
    return this.oldest
  }

  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.resources.get(resource)?.get(keyOf(namespace, name))
  }

  /** All objects of a resource, of one namespace or of all, in the order of their keys. */
  list(resource: string, namespace?: string): KubeObject[] {
    return sorted(this.resources.get(resource) ?? new Map<string, KubeObject>(), namespace)
  }

  /** The same as it stood at an earlier revision; throws RevisionGone where history does not reach that far. */
  listAt(resource: string, namespace: string | undefined, revision: number): KubeObject[] {
    if (revision >= this.current) return this.list(resource, namespace)
    if (revision < this.oldest) throw new RevisionGone(revision, this.oldest)
    const objects = new Map(this.resources.get(resource) ?? [])
    for (let index = this.changes.length - 1; index >= 0; index--) {
      const change = this.changes[index]!
      if (change.revision <= revision) break
      if (change.resource !== resource) continue
      const key = keyOf(change.object.metadata.namespace, change.object.metadata.name)
      if (change.type === 'ADDED') objects.delete(key)
      else if (change.previous) objects.set(key, change.previous)
    }
    return sorted(objects, namespace)
  }

  /** Stores a new object or a new state of one; returns it with its resourceVersion. */
  put(resource: string, object: KubeObject): KubeObject {
    const revision = ++this.current
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }
    let objects = this.resources.get(resource)
    if (!objects) this.resources.set(resource, (objects = new Map()))
    const key = keyOf(object.metadata.namespace, object.metadata.name)
    const previous = objects.get(key)
    objects.set(key, stored)
    this.record({ revision, type: previous ? 'MODIFIED' : 'ADDED', resource, object: stored, previous })
    return stored
  }

  /** Removes an object; undefined where it is not there. */
  remove(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    const objects = this.resources.get(resource)
    const key = keyOf(namespace, name)
    const previous = objects?.get(key)
    if (!objects || !previous) return undefined
    objects.delete(key)
    const revision = ++this.current
    const last = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(revision) } }
    this.record({ revision, type: 'DELETED', resource, object: last, previous })
    return last
  }

  /** The changes of a resource after a revision; throws RevisionGone. */
  since(resource: string, revision: number): Change[] {
    if (revision < this.oldest) throw new RevisionGone(revision, this.oldest)
    return this.changes.filter((change) => change.revision > revision && change.resource === resource)
  }

  /** Calls back on every later change; returns the function that ends it. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private record(change: Change): void {
    this.changes.push(change)
    // Trimmed in blocks, so that the cost of a change does not grow with the window.
    if (this.changes.length > this.window * 1.25) {
      this.changes = this.changes.slice(-this.window)
      this.oldest = this.changes[0]!.revision - 1
    }
    this.undelivered.push(change)
    this.deliver()
  }

  /**
   * A listener may change the store itself: that change is delivered after the one it reacts to, to everyone. One that
   * throws takes nothing from the others, and nothing from whoever made the change.
   */
  private deliver(): void {
    if (this.delivering) return
    this.delivering = true
    for (let change = this.undelivered.shift(); change; change = this.undelivered.shift()) {
      for (const listener of this.listeners) this.tell(listener, change)
    }
    this.delivering = false
  }

  private tell(listener: Listener, change: Change): void {
    try {
      listener(change)
    } catch (error) {
      this.options.onError?.(error)
    }
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name
}

function sorted(objects: Map<string, KubeObject>, namespace: string | undefined): KubeObject[] {
  const keys = [...objects.keys()].filter((key) => !namespace || key.startsWith(`${namespace}/`))
  return keys.sort().map((key) => objects.get(key)!)
}
