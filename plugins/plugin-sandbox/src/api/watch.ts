/** watch: changes of a collection as lines of JSON, from a revision on. */
import { RevisionGone } from '../store/store.js'
import type { Change } from '../store/store.js'
import type { KubeObject } from '../store/objects.js'
import { flag, integer } from './call.js'
import type { Call } from './call.js'
import { metadataOf, versioned } from './shape.js'
import { badVersion, matcherOf } from './read.js'
import { apiVersionOf, storeKey } from './resources.js'
import { negotiate } from './respond.js'
import type { Form } from './respond.js'
import type { Matcher } from './selectors.js'
import { expired, forbiddenField, invalid } from './status.js'
import { tableOf } from './table.js'

/** A watch lives at most so long where the request does not say; real servers choose 30 to 60 minutes. */
const defaultTimeoutSeconds = 1800
/** Bytes that may wait for a reader that does not read, before it is cut off. */
const maxWaitingBytes = 32 * 1024 * 1024

/** Streams until the timeout, the client's end or the server's. */
export function watch(call: Call): undefined {
  refuseInitialEvents(call)
  const stream = new Stream(call, negotiate(call.request), matcherOf(call))
  const start = startRevision(call)
  call.response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
  call.response.flushHeaders()
  const { store } = call.api
  try {
    if (start === undefined)
      for (const object of store.list(storeKey(call.resource), call.path.namespace)) stream.initial(object)
    else for (const change of store.since(storeKey(call.resource), start)) stream.change(change)
  } catch (error) {
    if (!(error instanceof RevisionGone)) throw error
    stream.send('ERROR', expired(error.message).body())
    call.response.end()
    return undefined
  }
  stream.follow()
  return undefined
}

function refuseInitialEvents(call: Call): void {
  if (call.query.has('sendInitialEvents')) {
    const why = 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled'
    throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [forbiddenField('sendInitialEvents', why)])
  }
}

function startRevision(call: Call): number | undefined {
  const text = call.query.get('resourceVersion')
  if (!text || text === '0') return undefined
  if (!/^\d+$/.test(text)) throw badVersion(text)
  return Number(text)
}

class Stream {
  /** A table's columns are sent with its first rows only. */
  private columnsSent = false
  private seen: number

  constructor(
    private readonly call: Call,
    private readonly form: Form,
    private readonly matches: Matcher,
  ) {
    this.seen = call.api.store.revision
  }

  initial(object: KubeObject): void {
    if (this.inScope(object) && this.matches(object)) this.send('ADDED', this.shape(object))
  }

  /** A change as this watch sees it: an object that leaves the selection is deleted from it, one that enters is added. */
  change(change: Change): void {
    this.seen = Math.max(this.seen, change.revision)
    if (change.resource !== storeKey(this.call.resource) || !this.inScope(change.object)) return
    const before = change.previous !== undefined && this.matches(change.previous)
    const after = change.type !== 'DELETED' && this.matches(change.object)
    if (after) this.send(before ? 'MODIFIED' : 'ADDED', this.shape(change.object))
    else if (before) {
      const metadata = { ...change.previous!.metadata, resourceVersion: change.object.metadata.resourceVersion }
      this.send('DELETED', this.shape(change.type === 'DELETED' ? change.object : { ...change.previous!, metadata }))
    }
  }

  /** Goes on with every later change until the watch ends. */
  follow(): void {
    const { call } = this
    const { response, query, api } = call
    const seconds = integer(query, 'timeoutSeconds') ?? defaultTimeoutSeconds
    const bookmarks = flag(query, 'allowWatchBookmarks')
    const unsubscribe = api.store.subscribe((change) => this.change(change))
    const timers = [setTimeout(() => response.end(), seconds * 1000)]
    if (bookmarks) {
      if (seconds > 2) timers.push(setTimeout(() => this.bookmark(), (seconds - 2) * 1000))
      timers.push(setInterval(() => this.bookmark(), api.bookmarkMs))
    }
    response.once('close', () => {
      unsubscribe()
      for (const timer of timers) clearTimeout(timer)
    })
  }

  send(type: string, object: object): void {
    const { response } = this.call
    response.write(`${JSON.stringify({ type, object })}\n`)
    if (response.writableLength > maxWaitingBytes) response.destroy()
  }

  private bookmark(): void {
    const { resource } = this.call
    const metadata = { resourceVersion: String(this.seen), creationTimestamp: null }
    const object = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata }
    if (this.form === 'table')
      this.send('BOOKMARK', {
        ...tableOf(this.call, [], { resourceVersion: metadata.resourceVersion }),
        columnDefinitions: null,
      })
    else this.send('BOOKMARK', object)
  }

  private inScope(object: KubeObject): boolean {
    const { namespace, name } = this.call.path
    return (!namespace || object.metadata.namespace === namespace) && (!name || object.metadata.name === name)
  }

  private shape(object: KubeObject): object {
    if (this.form === 'metadata') return metadataOf(object)
    if (this.form === 'object') return versioned(this.call, object)
    const table = tableOf(this.call, [object], { resourceVersion: object.metadata.resourceVersion })
    if (this.columnsSent) return { ...table, columnDefinitions: null }
    this.columnsSent = true
    return table
  }
}
