/** Objects in the form in which a request wants them. */
import { omit } from '../store/objects.js'
import type { JsonObject, KubeObject } from '../store/objects.js'
import type { Call } from './call.js'
import { apiVersionOf } from './resources.js'
import { negotiate } from './respond.js'
import { metadataOf, versioned } from './shape.js'
import { tableOf } from './table.js'

/** One object as the request wants it. */
export function present(call: Call, object: KubeObject): object {
  const form = negotiate(call.request)
  if (form === 'table') return tableOf(call, [object], { resourceVersion: object.metadata.resourceVersion })
  if (form === 'metadata') return metadataOf(object)
  return versioned(call, object)
}

/** A list of objects as the request wants it. */
export function presentList(call: Call, objects: KubeObject[], metadata: JsonObject): object {
  const form = negotiate(call.request)
  if (form === 'table') return tableOf(call, objects, metadata)
  if (form === 'metadata') {
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: objects.map(metadataOf) }
  }
  const items = objects.map((object) => {
    return omit(versioned(call, object), 'kind', 'apiVersion')
  })
  return { kind: `${call.resource.kind}List`, apiVersion: apiVersionOf(call.resource), metadata, items }
}
