/** The namespace of each Job: the manifest's own, else the flag's, else the context's; as kubectl does it. */
import { ArbError } from '../base/errors.js'
import type { JobManifest } from './types.js'

/**
 * The manifests with their namespace set. Throws ARB_USAGE where the flag says another one than the manifest, and where
 * two manifests are of one Job.
 */
export function withNamespaces(manifests: JobManifest[], fallback: string, flag?: string): JobManifest[] {
  const files = new Map<string, string>()
  return manifests.map(({ file, job }) => {
    const own = job.metadata.namespace
    if (flag !== undefined && own !== undefined && own !== flag) {
      throw new ArbError({
        code: 'ARB_USAGE',
        message: `${file}: the Job "${job.metadata.name}" is for the namespace "${own}", which does not match --namespace ${flag}`,
        hints: [`Leave --namespace out, give -n ${own}, or make the manifests for the other namespace.`],
      })
    }
    const namespace = own ?? fallback
    const key = `${namespace}/${job.metadata.name}`
    const other = files.get(key)
    if (other !== undefined) {
      throw new ArbError({
        code: 'ARB_USAGE',
        message: `${other} and ${file} are both of the Job "${job.metadata.name}" in the namespace "${namespace}"`,
        hints: ['Take one of the two away.'],
      })
    }
    files.set(key, file)
    return { file, job: { ...job, metadata: { ...job.metadata, namespace } } }
  })
}
