/** PATCH in its four forms. */
import { applyConfiguration } from '../patch/apply.js'
import { JsonPatchError, jsonPatch } from '../patch/json-patch.js'
import { mergePatch } from '../patch/merge-patch.js'
import { StrategicPatchError, strategicMerge } from '../patch/strategic.js'
import { DecodeError, decode, isRecord } from '../schema/decode.js'
import type { JsonObject, KubeObject } from '../store/objects.js'
import { decodeObject, readDocument } from './body.js'
import { contentType, flag, isDryRun, stored } from './call.js'
import type { Answer, Call } from './call.js'
import { checkName, createDecoded, managerOf, replace } from './write.js'
import { StatusError, badRequest, conflict, invalid, notFound, required } from './status.js'
import { apiVersionOf } from './resources.js'

const applyType = 'application/apply-patch+yaml'

/** The answer to a PATCH. */
export async function patch(call: Call): Promise<Answer> {
  const type = contentType(call.request)
  const dryRun = isDryRun(call.query, 'PatchOptions')
  if (type === applyType) return apply(call, await readDocument(call), dryRun)
  if (!patches[type]) throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
  const document = await readDocument(call)
  const live = stored(call, call.resource.key)
  if (!live) throw notFound(call.resource, call.path.name!)
  const changed = patches[type](call, live, document)
  if (!isRecord(changed)) throw badRequest('the patch does not leave an object')
  const next = decodeObject(call, changed)
  checkName(call, next)
  // A resourceVersion counts as a precondition only where the patch names it.
  if (next.metadata.resourceVersion === live.metadata.resourceVersion) next.metadata.resourceVersion = ''
  return replace(call, live, next, { dryRun })
}

type Patcher = (call: Call, live: KubeObject, document: unknown) => unknown

const patches: Record<string, Patcher> = {
  'application/merge-patch+json': (_call, live, document) => mergePatch(live, document),
  'application/json-patch+json'(_call, live, document) {
    try {
      return jsonPatch(live, document)
    } catch (error) {
      if (!(error instanceof JsonPatchError)) throw error
      throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
    }
  },
  'application/strategic-merge-patch+json'(call, live, document) {
    try {
      return strategicMerge(call.resource.type, live, document)
    } catch (error) {
      if (!(error instanceof StrategicPatchError)) throw error
      throw badRequest(error.message)
    }
  },
}

/** Server-side apply. */
function apply(call: Call, document: unknown, dryRun: boolean): Answer {
  const { resource } = call
  const config = checkConfiguration(call, document)
  const live = stored(call, resource.key)
  const uid = (config.metadata as { uid?: string } | undefined)?.uid
  if (!live && uid)
    throw conflict(
      resource,
      call.path.name!,
      `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
    )
  const manager = managerOf(call, 'Apply')
  const applied = applyConfiguration(resource.type, live, config, { manager, force: flag(call.query, 'force') })
  const next = decodeObject(call, { ...applied.object, apiVersion: apiVersionOf(resource), kind: resource.kind })
  next.metadata.name ||= call.path.name!
  if (!live) return createDecoded(call, next, { dryRun, managedFields: applied.managedFields })
  const version = (config.metadata as { resourceVersion?: string } | undefined)?.resourceVersion
  next.metadata.resourceVersion = version ?? ''
  return replace(call, live, next, { dryRun, managedFields: applied.managedFields })
}

/** The applied configuration, decoded; every rule that a server has for one. */
function checkConfiguration(call: Call, document: unknown): JsonObject {
  const { resource, query } = call
  if (!query.get('fieldManager')) {
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
      required('fieldManager', 'is required for apply patch'),
    ])
  }
  if (!isRecord(document)) throw badRequest('error decoding YAML: it is not an object')
  if (document.apiVersion !== apiVersionOf(resource) || document.kind !== resource.kind) {
    const message = `failed to create typed patch object: no corresponding type for ${String(document.apiVersion)}, Kind=${String(document.kind)}`
    throw new StatusError(500, undefined, message)
  }
  checkName(call, document as { metadata?: { name?: string; namespace?: string } })
  if ((document.metadata as { managedFields?: unknown } | undefined)?.managedFields)
    throw badRequest('metadata.managedFields must be nil')
  try {
    const { value, unknown } = decode(resource.type, document)
    if (unknown.length > 0) {
      const lines = unknown.map((path) => `.${path}: field not declared in schema`)
      throw new StatusError(500, undefined, `failed to create typed patch object: ${lines.join('\n')}`)
    }
    delete value.status
    return value
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new StatusError(500, undefined, `failed to create typed patch object: ${error.message}`)
  }
}
