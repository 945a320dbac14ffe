/** From Kubernetes' messages to what to do, in one line. */

/** `Error: secret "nosuch" not found` and its kin, as the missing object. */
export interface Missing {
  kind: 'Secret' | 'ConfigMap' | 'ServiceAccount' | 'PersistentVolumeClaim'
  namespace: string
  name: string
  /** The key that the object lacks; null where the object itself is missing. */
  key: string | null
}

const kinds: Record<string, Missing['kind']> = {
  secret: 'Secret',
  configmap: 'ConfigMap',
  serviceaccount: 'ServiceAccount',
  persistentvolumeclaim: 'PersistentVolumeClaim',
}

/** The object that a message says is missing, or null. */
export function missingObject(message: string, namespace: string): Missing | null {
  const inObject = /couldn't find key (\S+) in (Secret|ConfigMap) ([^/\s]+)\/([^\s,]+)/.exec(message)
  if (inObject)
    return { kind: inObject[2] as Missing['kind'], namespace: inObject[3]!, name: inObject[4]!, key: inObject[1]! }
  const gone =
    /\b(secret|configmap|serviceaccount|persistentvolumeclaim)s? "(?:([^"/]+)\/)?([^"/]+)" not found/i.exec(message) ??
    /error looking up (service account)\s+([^/\s]+)\/([^:\s]+)/i.exec(message)
  if (!gone) return referencesKey(message, namespace)
  const kind = kinds[gone[1]!.toLowerCase().replace(' ', '')]
  return kind ? { kind, namespace: gone[2] ?? namespace, name: gone[3]!, key: null } : null
}

/** `references non-existent secret key: token`, which does not name the object. */
function referencesKey(message: string, namespace: string): Missing | null {
  const found = /references non-existent (secret|config) key: (\S+)/i.exec(message)
  if (!found) return null
  return { kind: found[1]!.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap', namespace, name: '', key: found[2]! }
}

const examples: Record<Missing['kind'], (missing: Missing) => string> = {
  Secret: ({ namespace, name }) => `kubectl create secret generic ${name} -n ${namespace} --from-literal=KEY=VALUE`,
  ConfigMap: ({ namespace, name }) => `kubectl create configmap ${name} -n ${namespace} --from-literal=KEY=VALUE`,
  ServiceAccount: ({ namespace, name }) => `kubectl create serviceaccount ${name} -n ${namespace}`,
  PersistentVolumeClaim: ({ namespace, name }) => `create the claim ${name} in ${namespace}`,
}

/** `Secret trading-bots/api-keys has no key token: add it, …`. */
export function fixMissing(missing: Missing): string {
  if (missing.key !== null) {
    const where = missing.name === '' ? `The ${missing.kind}` : `${missing.kind} ${missing.namespace}/${missing.name}`
    return `${where} has no key ${missing.key}: add the key, or correct the reference in the Job.`
  }
  return `${missing.kind} ${missing.namespace}/${missing.name} does not exist: ${examples[missing.kind](missing)}`
}

const refused =
  /not found|manifest unknown|name unknown|does not exist|denied|unauthori[sz]ed|authentication required|\b40[134]\b/i
const unauthorised = /denied|unauthori[sz]ed|authentication required|\b40[13]\b/i

/** True where the registry answered and said no, so that another try is not likely to help. */
export function registryRefused(message: string): boolean {
  return refused.test(message)
}

/** What to do about an image that cannot be pulled. */
export function fixImage(image: string, message: string): string {
  if (unauthorised.test(message)) return `Give the pod an imagePullSecret for ${image}, or correct the image's name.`
  if (registryRefused(message)) return `Push ${image}, or correct the image's name and tag.`
  if (/no such host|dial tcp|i\/o timeout|connection refused|timeout|TLS/i.test(message))
    return `The node cannot reach the registry of ${image}: check the image's name and the network.`
  return `Check that ${image} exists and that the node may pull it.`
}

/** What to do about pods that no node takes, from the scheduler's message. */
export function fixScheduling(message: string): string {
  const resources = [...new Set([...message.matchAll(/Insufficient ([\w./-]*\w)/g)].map((match) => match[1]!))]
  if (resources.length > 0)
    return `No node has enough free ${resources.join(' and ')}: lower the requests, wait for other pods to end, or add nodes.`
  if (/node affinity|node selector|node\(s\) didn't match/i.test(message))
    return 'No node matches nodeSelector or affinity: correct them, or label a node.'
  if (/taint/i.test(message)) return 'All nodes are tainted against this pod: add tolerations, or use other nodes.'
  if (/persistentvolumeclaim|volume/i.test(message))
    return 'A volume is not available: see kubectl describe for the claim.'
  return 'No node takes the pod: compare its requests and rules with kubectl describe nodes.'
}

const signals: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
}

/** `SIGKILL` for 9; `signal 40` for one without a name here. */
export function signalName(signal: number): string {
  return signals[signal] ?? `signal ${signal}`
}
