/** The same events as events.k8s.io/v1 shows them: other names for the fields. */
import type { KubeObject } from '../store/objects.js'

/** A core/v1 Event in the form of events.k8s.io/v1. */
export function toEventsGroup(event: KubeObject): KubeObject {
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, reportingComponent, ...rest } = event
  return {
    ...rest,
    apiVersion: 'events.k8s.io/v1',
    regarding: involvedObject,
    note: message,
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp ?? null,
    deprecatedLastTimestamp: lastTimestamp ?? null,
    ...(count === undefined ? {} : { deprecatedCount: count }),
    reportingController: reportingComponent,
  }
}
