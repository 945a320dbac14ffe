/** Whether a namespace is there: the API server answers a list for a missing one with nothing, not with an error. */
import { ArbError } from '../base/errors.js'
import { namespaceMissing } from './cluster-error.js'
import type { CallOptions, Reader } from './types.js'

/** Throws ARB_NAMESPACE_NOT_FOUND where the namespace does not exist. A user who may not look is given the benefit of the doubt. */
export async function requireNamespace(reader: Reader, namespace: string, options: CallOptions = {}): Promise<void> {
  let found: unknown
  try {
    found = await reader.getNamespace(namespace, options)
  } catch (error) {
    if (error instanceof ArbError && error.code === 'ARB_CLUSTER_FORBIDDEN') return
    throw error
  }
  if (!found) throw namespaceMissing(namespace, new URL(reader.target.server).host)
}
