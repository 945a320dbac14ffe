/** Which Kubernetes version manifests are checked against. */
import { ArbError } from '../../base/errors.js'
import { schemaTable } from './generated/table.js'

/** The oldest and newest version there is a schema for, e.g. `1.20` and `1.36`. */
export const knownVersions = { oldest: `1.${schemaTable.oldest}`, newest: `1.${schemaTable.newest}` }

/** The minor version of `1.31`, `v1.31` or `1.31.2`; the newest known one where nothing is asked for. */
export function kubeMinor(version?: string): number {
  if (version === undefined || version === '') return schemaTable.newest
  const match = /^v?1\.(\d{1,3})(?:\.\d+)?(?:[-+].*)?$/.exec(version.trim())
  const minor = match ? Number(match[1]) : NaN
  if (minor >= schemaTable.oldest && minor <= schemaTable.newest) return minor
  throw new ArbError({
    code: 'ARB_KUBE_VERSION_UNKNOWN',
    message: match ? `there is no schema for Kubernetes ${version}` : `"${version}" is not a Kubernetes version`,
    hints: [`Known: ${knownVersions.oldest} to ${knownVersions.newest}, written like 1.31 or v1.31.2.`],
    details: { oldest: knownVersions.oldest, newest: knownVersions.newest },
  })
}
