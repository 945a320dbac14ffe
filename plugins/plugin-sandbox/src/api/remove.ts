/** DELETE of one object and of a collection. */
import { isRecord } from '../schema/decode.js'
import type { JsonObject, KubeObject } from '../store/objects.js'
import { integer, isDryRun, readBody, stored } from './call.js'
import type { Answer, Call } from './call.js'
import { deleteObject } from './deletion.js'
import type { DeletionOptions, Propagation } from './deletion.js'
import { present, presentList } from './present.js'
import { matcherOf } from './read.js'
import { badRequest, conflict, forbidden, invalid, notFound, unsupported } from './status.js'

interface Options extends DeletionOptions {
  dryRun: boolean
  preconditions: { uid?: string; resourceVersion?: string }
}

/** The answer to a DELETE of one object. */
export async function remove(call: Call): Promise<Answer> {
  const options = await readOptions(call)
  const { resource, path } = call
  const object = stored(call, resource.key)
  if (!object) throw notFound(resource, path.name!)
  checkPreconditions(call, object, options)
  if (resource.kind === 'Namespace' && ['default', 'kube-system', 'kube-public'].includes(path.name!)) {
    throw forbidden(resource, path.name!, 'this namespace may not be deleted')
  }
  const propagation = propagationFor(call, options)
  if (options.dryRun) return deleted(call, object, resource.kind === 'Pod')
  const result = deleteObject(call.api.store, resource.key, object, { ...options, propagation })
  return deleted(call, result.object, !result.gone || resource.kind === 'Pod')
}

/** A batch/v1 Job's pods are kept where the request does not say otherwise, as on a real server. */
function propagationFor(call: Call, options: Options): Propagation | undefined {
  if (options.propagation) return options.propagation
  if (call.resource.kind !== 'Job') return undefined
  call.warnings.push(
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Foreground to remove them first',
  )
  return 'Orphan'
}

function deleted(call: Call, object: KubeObject, whole: boolean): Answer {
  if (whole) return { code: 200, body: present(call, object) }
  const { name, uid } = object.metadata
  const { group, plural } = call.resource
  const details = { name, ...(group ? { group } : {}), kind: plural, uid }
  return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } }
}

/** The answer to a DELETE of a collection: the objects as they were. */
export async function removeCollection(call: Call): Promise<Answer> {
  const options = await readOptions(call)
  const { resource, path, api } = call
  const objects = api.store.list(resource.key, path.namespace).filter(matcherOf(call))
  for (const object of objects) {
    if (options.dryRun) continue
    deleteObject(api.store, resource.key, object, { ...options, propagation: propagationFor(call, options) })
  }
  call.warnings = [...new Set(call.warnings)]
  return { code: 200, body: presentList(call, objects, { resourceVersion: String(api.store.revision) }) }
}

function checkPreconditions(call: Call, object: KubeObject, { preconditions }: Options): void {
  const { uid, resourceVersion, name } = object.metadata
  const why =
    preconditions.uid && preconditions.uid !== uid
      ? `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`
      : preconditions.resourceVersion && preconditions.resourceVersion !== resourceVersion
        ? `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`
        : undefined
  // Here the server names the kind where it names the resource elsewhere.
  if (why) throw conflict({ ...call.resource, plural: call.resource.kind }, name, why)
}

async function readOptions(call: Call): Promise<Options> {
  const { query, api } = call
  const text = (await readBody(call.request)).toString('utf8')
  let body: JsonObject = {}
  if (text.trim()) {
    try {
      const parsed: unknown = JSON.parse(text)
      if (isRecord(parsed)) body = parsed
    } catch (error) {
      throw badRequest(`the DeleteOptions cannot be read: ${(error as Error).message}`)
    }
  }
  if (Array.isArray(body.dryRun)) for (const value of body.dryRun as string[]) query.append('dryRun', value)
  const propagation = (body.propagationPolicy as string | undefined) ?? query.get('propagationPolicy') ?? undefined
  const known = ['Foreground', 'Background', 'Orphan']
  if (propagation !== undefined && !known.includes(propagation)) {
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
      unsupported('propagationPolicy', propagation, [...known, 'nil']),
    ])
  }
  return {
    now: api.now(),
    dryRun: isDryRun(query, 'DeleteOptions'),
    propagation: propagation as Propagation | undefined,
    graceSeconds: (body.gracePeriodSeconds as number | undefined) ?? integer(query, 'gracePeriodSeconds'),
    preconditions: (body.preconditions as Options['preconditions'] | undefined) ?? {},
  }
}
