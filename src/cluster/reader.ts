/** The client that cannot change anything. */
import { clean, cleanDeep } from '../base/text.js'
import type { Job, ObjectMeta } from '../session/job.js'
import { clusterDetails, type Subject } from './cluster-error.js'
import { followLogLines } from './follow-log.js'
import { listAll } from './list.js'
import { kinds, namespacePath, resourcePath } from './paths.js'
import type { Transport } from './transport.js'
import type { CallOptions, ClusterEvent, LogOptions, Pod, Reader, Right, WatchKind } from './types.js'
import { watchOnce } from './watch-request.js'

const standardLogBytes = 1024 * 1024

/** A Reader over a connection's transport. */
export function createReader(transport: Transport): Reader {
  return {
    target: transport.target,
    version: (options) => version(transport, options),
    getNamespace: async (name, options) =>
      (await getNamespace(transport, name, options)) as { metadata: ObjectMeta } | undefined,
    getJob: async (namespace, name, options) =>
      (await getObject(transport, 'jobs', { namespace, name, ...options })) as Job | undefined,
    listJobs: (options) => listAll<Job>(transport, 'jobs', options),
    listPods: (options) => listAll<Pod>(transport, 'pods', options),
    listEvents: (options) => listAll<ClusterEvent>(transport, 'events', options),
    podLog: (options) => podLog(transport, options),
    followLog: (options) => {
      const { namespace, pod: name, signal } = options
      const getPod = async (): Promise<Pod | undefined> =>
        (await getObject(transport, 'pods', { namespace, name, signal })) as Pod | undefined
      return followLogLines({ transport, getPod }, options)
    },
    watch: (kind, options) => watchOnce(transport, kind, options),
    can: (right, namespace, options) => can(transport, right, { namespace, ...options }),
  }
}

async function version(
  transport: Transport,
  options: CallOptions = {},
): Promise<{ gitVersion: string; major: string; minor: string }> {
  const subject: Subject = { verb: 'get', group: '', resource: '/version' }
  const { body } = await transport.json({ method: 'GET', path: '/version', subject, ...options })
  const { gitVersion, major, minor } = cleanDeep(body)
  return { gitVersion: String(gitVersion ?? 'unknown'), major: String(major ?? ''), minor: String(minor ?? '') }
}

async function getNamespace(transport: Transport, name: string, options: CallOptions = {}): Promise<unknown> {
  const subject: Subject = { verb: 'get', group: '', resource: 'namespaces', name }
  return orUndefined(async () => {
    const { body } = await transport.json({
      method: 'GET',
      path: namespacePath(name),
      subject,
      kind: 'Namespace',
      ...options,
    })
    return cleanDeep(body)
  })
}

async function getObject(
  transport: Transport,
  kind: WatchKind,
  { namespace, name, signal }: CallOptions & { namespace: string; name: string },
): Promise<unknown> {
  const subject: Subject = { verb: 'get', group: kinds[kind].group, resource: kind, namespace, name }
  return orUndefined(async () => {
    const { body } = await transport.json({
      method: 'GET',
      path: resourcePath(kind, namespace, name),
      subject,
      kind: kinds[kind].kind,
      signal,
    })
    return cleanDeep(body)
  })
}

/** A 404 with a Status that names the object is an answer, not a failure; a bare 404 is from something else. */
async function orUndefined(get: () => Promise<unknown>): Promise<unknown> {
  try {
    return await get()
  } catch (error) {
    const { status, reason } = clusterDetails(error)
    if (status === 404 && reason === 'NotFound') return undefined
    if ((error as { code?: string }).code === 'ARB_NAMESPACE_NOT_FOUND') return undefined
    throw error
  }
}

async function podLog(transport: Transport, options: LogOptions): Promise<string> {
  const { namespace, pod, container, tailLines, sinceTime, timestamps, previous, signal } = options
  const limitBytes = options.limitBytes ?? standardLogBytes
  const text = await transport.text({
    method: 'GET',
    path: resourcePath('pods', namespace, pod, 'log'),
    query: { container, tailLines, sinceTime, timestamps, previous, limitBytes },
    subject: { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace, name: pod },
    // A server that does not keep to limitBytes is not let through either.
    maxBytes: limitBytes + 64 * 1024,
    signal,
  })
  return transport.mask(clean(text))
}

async function can(
  transport: Transport,
  { verb, group, resource, subresource }: Right,
  { namespace, signal }: CallOptions & { namespace: string },
): Promise<boolean> {
  const { body } = await transport.json({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource, namespace, ...(subresource ? { subresource } : {}) } },
    },
    kind: 'SelfSubjectAccessReview',
    subject: { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' },
    signal,
  })
  return (body.status as { allowed?: unknown } | undefined)?.allowed === true
}
