/** Events, recorded and counted as the cluster's parts do it. */
import { randomUUID } from 'node:crypto'

import { microTimeText, timeText } from '../store/names.js'
import type { KubeObject } from '../store/objects.js'
import type { Store } from '../store/store.js'

export interface EventInput {
  about: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>
  type: 'Normal' | 'Warning'
  reason: string
  message: string
  component: 'job-controller' | 'kubelet' | 'default-scheduler'
  /** E.g. `spec.containers{main}`. */
  fieldPath?: string
  /** What the scheduler did; its events are of the newer form. */
  action?: string
}

/** A real server forgets events after an hour. */
const keptMs = 3_600_000
/** The name under which the node appears in events. */
export const nodeName = 'sandbox'

export class EventRecorder {
  /** The event's name by what it says, so that a repetition is counted instead of stored again. */
  private readonly known = new Map<string, string>()
  private serial = 0

  constructor(
    private readonly store: Store,
    private readonly now: () => Date,
  ) {}

  record(input: EventInput): void {
    const { metadata } = input.about
    const key = JSON.stringify([
      metadata.namespace,
      metadata.uid,
      input.type,
      input.reason,
      input.message,
      input.component,
      input.fieldPath,
    ])
    const name = this.known.get(key)
    const before = name && this.store.get('events', metadata.namespace, name)
    if (before) this.store.put('events', this.repeated(before))
    else this.known.set(key, this.store.put('events', this.fresh(input)).metadata.name)
  }

  /** Removes events that are older than an hour. */
  prune(): void {
    const limit = this.now().getTime() - keptMs
    for (const event of this.store.list('events')) {
      const last =
        (event.series as { lastObservedTime?: string } | undefined)?.lastObservedTime ??
        event.lastTimestamp ??
        event.eventTime
      const at = Date.parse(String(last ?? event.metadata.creationTimestamp))
      if (at < limit) this.store.remove('events', event.metadata.namespace, event.metadata.name)
    }
    for (const [key, name] of this.known) {
      const namespace = (JSON.parse(key) as string[])[0]
      if (!this.store.get('events', namespace, name)) this.known.delete(key)
    }
  }

  private repeated(event: KubeObject): KubeObject {
    const now = this.now()
    if (event.eventTime) {
      const series = event.series as { count: number } | undefined
      return { ...event, series: { count: (series?.count ?? 1) + 1, lastObservedTime: microTimeText(now) } }
    }
    return { ...event, count: ((event.count as number | undefined) ?? 1) + 1, lastTimestamp: timeText(now) }
  }

  private fresh({ about, type, reason, message, component, fieldPath, action }: EventInput): KubeObject {
    const now = this.now()
    const { name, namespace, uid, resourceVersion } = about.metadata
    const stamp = (BigInt(now.getTime()) * 1_000_000n + BigInt(this.serial++ % 1_000_000)).toString(16)
    const scheduler = component === 'default-scheduler'
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        name: `${name}.${stamp}`,
        namespace,
        uid: randomUUID(),
        resourceVersion: '',
        creationTimestamp: timeText(now),
      },
      involvedObject: {
        kind: about.kind,
        namespace,
        name,
        uid,
        apiVersion: about.apiVersion,
        resourceVersion,
        ...(fieldPath ? { fieldPath } : {}),
      },
      reason,
      message,
      source: scheduler ? {} : { component, ...(component === 'kubelet' ? { host: nodeName } : {}) },
      firstTimestamp: scheduler ? null : timeText(now),
      lastTimestamp: scheduler ? null : timeText(now),
      ...(scheduler ? {} : { count: 1 }),
      type,
      eventTime: scheduler ? microTimeText(now) : null,
      ...(action ? { action } : {}),
      reportingComponent: component,
      reportingInstance: scheduler ? `${component}-${nodeName}` : component === 'kubelet' ? nodeName : '',
    }
  }
}
