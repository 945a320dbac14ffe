/** Values that stand in a Job's pod template and look like secrets, as another tool may have written them. */
import { looksSecret, secretArgsOf } from '../base/secrets.js'

/** A value is taken for a secret by a name alone, so it must be long enough to be one. */
const shortestGuessed = 8

/** The values of such environment variables and options in anything that has containers: a Job, a pod, a list of them. */
export function secretsInWorkload(object: unknown): string[] {
  const { items, spec } = (object ?? {}) as { items?: unknown; spec?: Spec }
  if (Array.isArray(items)) return items.flatMap(secretsInWorkload)
  const pod = spec?.template?.spec ?? spec
  const containers = [pod?.containers, pod?.initContainers].flatMap((list) => (Array.isArray(list) ? list : []))
  return containers.flatMap(secretsInContainer).filter((value) => value.length >= shortestGuessed)
}

interface Spec {
  template?: { spec?: Spec }
  containers?: unknown
  initContainers?: unknown
}

function secretsInContainer(container: unknown): string[] {
  const { env, command, args } = (container ?? {}) as { env?: unknown; command?: unknown; args?: unknown }
  return [...(Array.isArray(env) ? env.flatMap(secretVariable) : []), ...secretArgs(command), ...secretArgs(args)]
}

function secretVariable(variable: unknown): string[] {
  const { name, value } = (variable ?? {}) as { name?: unknown; value?: unknown }
  return typeof name === 'string' && typeof value === 'string' && looksSecret(name) ? [value] : []
}

function secretArgs(args: unknown): string[] {
  return Array.isArray(args) ? secretArgsOf(args.map(String)) : []
}
