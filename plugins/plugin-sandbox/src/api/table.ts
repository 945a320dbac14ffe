/** Tables, as kubectl prints them. */
import type { JsonObject, KubeObject } from '../store/objects.js'
import type { Call } from './call.js'
import { columnsOf } from './columns.js'
import { metadataOf, versioned } from './shape.js'

/** A meta.k8s.io/v1 Table of these objects. */
export function tableOf(call: Call, objects: KubeObject[], metadata: JsonObject): object {
  const columns = columnsOf(call.resource.kind)
  const now = call.api.now()
  const include = call.query.get('includeObject') ?? 'Metadata'
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(({ name, format = '', wide, type = 'string' }) => ({
      name,
      type,
      format,
      description: '',
      priority: wide ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, now)),
      ...(include === 'None' ? {} : { object: include === 'Object' ? versioned(call, object) : metadataOf(object) }),
    })),
  }
}
