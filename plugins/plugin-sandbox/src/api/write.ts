/** create, update (PUT) and what they share with patches. */
import { randomUUID } from 'node:crypto'

import { strategies } from '../kinds/strategies.js'
import { sameJson } from '../patch/json-patch.js'
import { trackUpdate } from '../patch/managed-fields.js'
import type { Manager } from '../patch/managed-fields.js'
import { generateName, timeText } from '../store/names.js'
import { omit } from '../store/objects.js'
import type { KubeObject, ManagedFieldsEntry, Meta } from '../store/objects.js'
import { checkKind, decodeObject, readDocument } from './body.js'
import { isDryRun, managerName, stored } from './call.js'
import type { Answer, Call } from './call.js'
import { finishDeletion } from './deletion.js'
import { present } from './present.js'
import { apiVersionOf } from './resources.js'
import { alreadyExists, badRequest, conflict, forbidden, invalid, notFound } from './status.js'

const podCreationNotice = 'the sandbox runs containers as local processes: it mounts no volumes and runs no probes'

/** The answer to a POST of a new object. */
export async function create(call: Call): Promise<Answer> {
  const dryRun = isDryRun(call.query, 'CreateOptions')
  const document = checkKind(await readDocument(call), call.resource)
  const object = decodeObject(call, document)
  return createDecoded(call, object, { dryRun })
}

/** Stores a decoded object as a new one. `managedFields`: those of an apply; else the creator owns what it gave. */
export function createDecoded(
  call: Call,
  object: KubeObject,
  how: { dryRun: boolean; managedFields?: ManagedFieldsEntry[] },
): Answer {
  const { resource, api } = call
  const strategy = strategies[resource.kind]
  placeInNamespace(call, object)
  requireNamespace(call, object.metadata.name)
  const { generateName: base } = object.metadata
  if (!object.metadata.name && base) object.metadata.name = generateName(base)
  strategy.defaults(object)
  const managedFields = how.managedFields ?? trackUpdate(resource.type, undefined, object, managerOf(call, 'Update'))
  object.metadata = newMeta(object.metadata, api.now(), managedFields)
  delete object.status
  strategy.prepare(object)
  const causes = strategy.problems(object)
  if (causes.length > 0) throw invalid(resource, object.metadata.name ?? '', causes)
  if (api.store.get(resource.key, object.metadata.namespace, object.metadata.name))
    throw alreadyExists(resource, object.metadata.name)
  warnOfWhatIsNotRun(call, object)
  const result = how.dryRun ? object : api.store.put(resource.key, ordered(object))
  return { code: 201, body: present(call, ordered(result)) }
}

function placeInNamespace(call: Call, object: KubeObject): void {
  const { namespace } = call.path
  if (!call.resource.namespaced) return
  if (object.metadata.namespace && object.metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  object.metadata.namespace = namespace
}

function requireNamespace(call: Call, name: string | undefined): void {
  if (!call.resource.namespaced) return
  const namespaces = { group: '', plural: 'namespaces', kind: 'Namespace' }
  const namespace = call.api.store.get('namespaces', undefined, call.path.namespace!)
  if (!namespace) throw notFound(namespaces, call.path.namespace!)
  if (namespace.metadata.deletionTimestamp) {
    const why = `unable to create new content in namespace ${call.path.namespace} because it is being terminated`
    const cause = {
      reason: 'NamespaceTerminating',
      message: `namespace ${call.path.namespace} is being terminated`,
      field: 'metadata.namespace',
    }
    throw forbidden(call.resource, name ?? '', why, [cause])
  }
}

function newMeta(given: Meta, now: Date, managedFields: ManagedFieldsEntry[]): Meta {
  const rest = omit(given, 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation')
  return { ...rest, uid: randomUUID(), resourceVersion: '', creationTimestamp: timeText(now), managedFields }
}

function warnOfWhatIsNotRun(call: Call, object: KubeObject): void {
  const spec = (
    call.resource.kind === 'Job' ? (object.spec?.template as { spec?: object } | undefined)?.spec : object.spec
  ) as { volumes?: unknown[]; containers?: Record<string, unknown>[] } | undefined
  if (call.resource.kind !== 'Job' && call.resource.kind !== 'Pod') return
  const probes = spec?.containers?.some(
    (each) => each.livenessProbe ?? each.readinessProbe ?? each.startupProbe ?? each.lifecycle,
  )
  if (spec?.volumes?.length || probes) call.warnings.push(podCreationNotice)
}

/** Who a change is recorded for. */
export function managerOf(call: Call, operation: Manager['operation']): Manager {
  return { name: managerName(call), operation, apiVersion: apiVersionOf(call.resource), time: timeText(call.api.now()) }
}

/** The answer to a PUT. */
export async function update(call: Call): Promise<Answer> {
  const dryRun = isDryRun(call.query, 'UpdateOptions')
  const object = decodeObject(call, checkKind(await readDocument(call), call.resource))
  checkName(call, object)
  const live = stored(call, call.resource.key)
  if (!live) throw notFound(call.resource, call.path.name!)
  return replace(call, live, object, { dryRun })
}

/** Refuses an object that is named otherwise than the request's path. */
export function checkName(call: Call, object: { metadata?: Partial<Meta> }): void {
  const { name, namespace } = object.metadata ?? {}
  if (name && name !== call.path.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.path.name})`)
  }
  if (namespace && call.path.namespace && namespace !== call.path.namespace) {
    throw badRequest(
      `the namespace of the object (${namespace}) does not match the namespace on the URL (${call.path.namespace})`,
    )
  }
}

/** Stores `next` in the place of `live`; with nothing changed, nothing is stored. */
export function replace(
  call: Call,
  live: KubeObject,
  next: KubeObject,
  how: { dryRun: boolean; managedFields?: ManagedFieldsEntry[] },
): Answer {
  const { resource, api, path } = call
  const { resourceVersion, uid } = next.metadata
  if (resourceVersion && resourceVersion !== live.metadata.resourceVersion) throw conflict(resource, live.metadata.name)
  if (uid && uid !== live.metadata.uid) {
    throw conflict(
      resource,
      live.metadata.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`,
    )
  }
  const object =
    path.subresource === 'status' ? { ...live, status: next.status } : merged(call, live, next, how.managedFields)
  if (path.subresource !== 'status') {
    const causes = strategies[resource.kind].updateProblems(object, live)
    if (causes.length > 0) throw invalid(resource, live.metadata.name, causes)
  }
  const unchanged = sameJson(
    { ...object, metadata: { ...object.metadata, resourceVersion: '' } },
    { ...live, metadata: { ...live.metadata, resourceVersion: '' } },
  )
  if (how.dryRun || unchanged) return { code: 200, body: present(call, ordered(unchanged ? live : object)) }
  const result = finishDeletion(api.store, resource.key, api.store.put(resource.key, ordered(object)))
  return { code: 200, body: present(call, result) }
}

function merged(call: Call, live: KubeObject, next: KubeObject, managedFields?: ManagedFieldsEntry[]): KubeObject {
  const { resource } = call
  strategies[resource.kind].defaults(next)
  const metadata: Meta = {
    ...next.metadata,
    name: live.metadata.name,
    namespace: live.metadata.namespace,
    generateName: live.metadata.generateName,
    uid: live.metadata.uid,
    resourceVersion: live.metadata.resourceVersion,
    creationTimestamp: live.metadata.creationTimestamp,
    generation: live.metadata.generation,
    deletionTimestamp: live.metadata.deletionTimestamp,
    deletionGracePeriodSeconds: live.metadata.deletionGracePeriodSeconds,
  }
  const object: KubeObject = { ...next, metadata, ...(live.status ? { status: live.status } : {}) }
  if (live.metadata.generation !== undefined && !sameJson(object.spec, live.spec))
    metadata.generation = live.metadata.generation + 1
  metadata.managedFields =
    managedFields ??
    trackUpdate(
      resource.type,
      live,
      { ...object, metadata: { ...metadata, managedFields: live.metadata.managedFields } },
      managerOf(call, 'Update'),
    )
  return object
}

const head = ['kind', 'apiVersion', 'metadata', 'spec', 'status']

/** The object with its fields in the server's order and without undefined ones. */
export function ordered(object: KubeObject): KubeObject {
  const metadata = Object.fromEntries(
    Object.entries(object.metadata).filter(([, value]) => value !== undefined && !isEmpty(value)),
  )
  const source: Record<string, unknown> = { ...object, metadata }
  const keys = [...head, ...Object.keys(source).filter((key) => !head.includes(key))]
  return Object.fromEntries(
    keys.filter((key) => source[key] !== undefined).map((key) => [key, source[key]]),
  ) as KubeObject
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
