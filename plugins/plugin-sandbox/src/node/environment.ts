/** A container's environment, and `$(NAME)` in its command. */
import type { Container, EnvSource, KubeObject, Pod } from '../store/objects.js'
import type { Store } from '../store/store.js'

/** A reference that cannot be resolved; the message is the kubelet's. */
export class ConfigError extends Error {}

/** The variables of a container, in the order of the manifest; throws ConfigError for what is missing. */
export function containerEnv(store: Store, pod: Pod, container: Container): Record<string, string> {
  const env: Record<string, string> = {}
  for (const source of container.envFrom ?? []) Object.assign(env, fromWhole(store, pod, source))
  for (const { name, value, valueFrom } of container.env ?? []) {
    const resolved = valueFrom ? fromSource(store, { pod, container }, valueFrom) : expand(value ?? '', env)
    if (resolved !== undefined) env[name] = resolved
  }
  return env
}

function fromWhole(store: Store, pod: Pod, source: NonNullable<Container['envFrom']>[number]): Record<string, string> {
  const secret = source.secretRef !== undefined
  const ref = source.secretRef ?? source.configMapRef
  if (!ref?.name) return {}
  const object = find(store, pod, { secret, name: ref.name })
  if (!object) {
    if (ref.optional) return {}
    throw new ConfigError(`${secret ? 'secret' : 'configmap'} ${JSON.stringify(ref.name)} not found`)
  }
  const entries = Object.entries(dataOf(object, secret))
  return Object.fromEntries(entries.map(([key, value]) => [`${source.prefix ?? ''}${key}`, value]))
}

function fromSource(
  store: Store,
  { pod, container }: { pod: Pod; container: Container },
  source: EnvSource,
): string | undefined {
  if (source.fieldRef) return fieldOf(pod, source.fieldRef.fieldPath)
  if (source.resourceFieldRef) return resourceOf(container, source.resourceFieldRef.resource)
  const secret = source.secretKeyRef !== undefined
  const ref = source.secretKeyRef ?? source.configMapKeyRef
  if (!ref) return undefined
  const { namespace } = pod.metadata
  const object = find(store, pod, { secret, name: ref.name ?? '' })
  const what = secret ? 'secret' : 'configmap'
  if (!object) {
    if (ref.optional) return undefined
    throw new ConfigError(`${what} ${JSON.stringify(ref.name ?? '')} not found`)
  }
  const value = dataOf(object, secret)[ref.key]
  if (value !== undefined || ref.optional) return value
  throw new ConfigError(`couldn't find key ${ref.key} in ${secret ? 'Secret' : 'ConfigMap'} ${namespace}/${ref.name}`)
}

function find(store: Store, pod: Pod, { secret, name }: { secret: boolean; name: string }): KubeObject | undefined {
  return store.get(secret ? 'secrets' : 'configmaps', pod.metadata.namespace, name)
}

function dataOf(object: KubeObject, secret: boolean): Record<string, string> {
  const data = (object.data as Record<string, string> | undefined) ?? {}
  if (!secret) return data
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  )
}

const fields: Record<string, (pod: Pod) => string> = {
  'metadata.name': (pod) => pod.metadata.name,
  'metadata.namespace': (pod) => pod.metadata.namespace ?? '',
  'metadata.uid': (pod) => pod.metadata.uid,
  'spec.nodeName': (pod) => pod.spec.nodeName ?? '',
  'spec.serviceAccountName': (pod) => String((pod.spec.serviceAccountName as string | undefined) ?? ''),
  'status.podIP': () => '127.0.0.1',
  'status.hostIP': () => '127.0.0.1',
}

function fieldOf(pod: Pod, path: string): string {
  const known = fields[path]
  if (known) return known(pod)
  const match = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path)
  if (match) return pod.metadata[match[1] as 'labels' | 'annotations']?.[match[2]!] ?? ''
  throw new ConfigError(`unsupported fieldPath: ${path}`)
}

function resourceOf(container: Container, resource: string): string {
  const [list, name] = resource.split('.') as ['limits' | 'requests', string]
  return container.resources?.[list]?.[name] ?? '0'
}

/** `$(NAME)` replaced by the variable's value; `$$(NAME)` and unknown names stay as text. */
export function expand(text: string, env: Record<string, string>): string {
  return text.replace(/\$\$|\$\(([^()]*)\)/g, (match, name: string | undefined) => {
    if (match === '$$') return '$'
    return name !== undefined && Object.hasOwn(env, name) ? env[name]! : match
  })
}
