/** The resources that the sandbox serves, and how a request's path names them. */
import { types } from '../schema/types.js'
import type { KindName } from '../schema/types.js'
import type { ObjectType } from '../schema/type.js'

export interface Resource {
  /** `jobs.batch`, `pods`: the store's key. */
  key: string
  group: string
  version: string
  plural: string
  singular: string
  kind: KindName
  shortNames: string[]
  categories?: string[]
  namespaced: boolean
  verbs: string[]
  subresources: string[]
  /** Fields that a field selector may use. */
  selectable: string[]
  type: ObjectType
  /** Where the same objects are stored under another group's resource (events.k8s.io). */
  storedAs?: string
}

const all = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const meta = ['metadata.name', 'metadata.namespace']
const eventFields = [
  ...meta,
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.apiVersion',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'source',
  'type',
]

type Given = Pick<Resource, 'plural' | 'kind'> & Partial<Resource>

function resource(given: Given): Resource {
  const group = given.group ?? ''
  return {
    key: group ? `${given.plural}.${group}` : given.plural,
    group,
    version: 'v1',
    singular: given.kind.toLowerCase(),
    shortNames: [],
    namespaced: true,
    verbs: all,
    subresources: [],
    selectable: meta,
    type: types[given.kind],
    ...given,
  }
}

export const resources: Resource[] = [
  resource({ plural: 'configmaps', kind: 'ConfigMap', shortNames: ['cm'] }),
  resource({ plural: 'events', kind: 'Event', shortNames: ['ev'], selectable: eventFields }),
  resource({
    plural: 'namespaces',
    kind: 'Namespace',
    shortNames: ['ns'],
    namespaced: false,
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    selectable: ['metadata.name', 'status.phase'],
  }),
  resource({
    plural: 'pods',
    kind: 'Pod',
    shortNames: ['po'],
    categories: ['all'],
    subresources: ['log', 'status'],
    selectable: [
      ...meta,
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'status.phase',
      'status.podIP',
    ],
  }),
  resource({ plural: 'secrets', kind: 'Secret', selectable: [...meta, 'type'] }),
  resource({
    group: 'batch',
    plural: 'jobs',
    kind: 'Job',
    categories: ['all'],
    subresources: ['status'],
    selectable: [...meta, 'status.successful'],
  }),
  resource({
    group: 'events.k8s.io',
    plural: 'events',
    kind: 'Event',
    shortNames: ['ev'],
    verbs: ['get', 'list', 'watch'],
    selectable: eventFields,
    storedAs: 'events',
  }),
  resource({
    group: 'authorization.k8s.io',
    plural: 'selfsubjectaccessreviews',
    kind: 'SelfSubjectAccessReview',
    namespaced: false,
    verbs: ['create'],
  }),
]

export function findResource(group: string, version: string, plural: string): Resource | undefined {
  return resources.find((each) => each.group === group && each.version === version && each.plural === plural)
}

/** The resource of a store key. */
export function resourceOf(key: string): Resource {
  return resources.find((each) => each.key === key)!
}

export const apiVersionOf = (each: Pick<Resource, 'group' | 'version'>) =>
  each.group ? `${each.group}/${each.version}` : each.version

/** Where the resource's objects are in the store. */
export const storeKey = (each: Resource) => each.storedAs ?? each.key

export interface ResourcePath {
  group: string
  version: string
  namespace?: string
  plural: string
  name?: string
  subresource?: string
}

/** The parts of `/api/v1/…` and `/apis/GROUP/VERSION/…`; undefined for a path of another form. */
export function parsePath(pathname: string): ResourcePath | undefined {
  let parts: string[]
  try {
    parts = pathname.split('/').slice(1).map(decodeURIComponent)
  } catch {
    return undefined
  }
  if (parts.at(-1) === '') parts.pop()
  const core = parts[0] === 'api'
  if (!core && parts[0] !== 'apis') return undefined
  const [group, version, ...rest] = core ? ['', ...parts.slice(1)] : parts.slice(1)
  if (group === undefined || !version || rest.length === 0) return undefined
  if (rest[0] === 'namespaces' && rest.length > 2 && !(core && isNamespaceSubresource(rest[2]!))) {
    const [, namespace, plural, name, subresource] = rest
    return { group, version, namespace, plural: plural!, name, subresource }
  }
  const [plural, name, subresource] = rest
  return { group, version, plural: plural!, name, subresource }
}

const isNamespaceSubresource = (part: string) => part === 'status' || part === 'finalize'
