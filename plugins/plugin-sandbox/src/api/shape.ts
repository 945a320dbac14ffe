/** One object in the version of the request's group, or only its metadata. */
import type { KubeObject } from '../store/objects.js'
import type { Call } from './call.js'
import { toEventsGroup } from './events-group.js'

/** The object in the version of the request's group. */
export function versioned(call: Call, object: KubeObject): KubeObject {
  return call.resource.storedAs ? toEventsGroup(object) : object
}

export function metadataOf(object: KubeObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
}
