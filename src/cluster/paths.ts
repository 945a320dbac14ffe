/** Paths of the Kubernetes API. Names are checked and encoded here, so that none can leave its place in the path. */
import { ArbError } from '../base/errors.js'
import { cleanLine, shorten } from '../base/text.js'
import type { WatchKind } from './types.js'

const objectName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/
const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** Group and kind of what is listed and watched. */
export const kinds: Record<WatchKind, { group: string; version: string; kind: string }> = {
  jobs: { group: 'batch', version: 'v1', kind: 'Job' },
  pods: { group: '', version: 'v1', kind: 'Pod' },
  events: { group: '', version: 'v1', kind: 'Event' },
}

/** The path of a resource in a namespace, of one object, or of a part of one. */
export function resourcePath(kind: WatchKind, namespace: string, name?: string, subresource?: string): string {
  const { group, version } = kinds[kind]
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const parts = ['namespaces', checkedNamespace(namespace), kind]
  if (name !== undefined) parts.push(checkedName(kind, name))
  if (subresource !== undefined) parts.push(subresource)
  return `${root}/${parts.map(encodeURIComponent).join('/')}`
}

export function namespacePath(name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(checkedNamespace(name))}`
}

/** The name, or ARB_USAGE where no namespace can have it. */
export function checkedNamespace(name: string): string {
  if (namespaceName.test(name)) return name
  throw invalid('namespace', name, 'at most 63 lower-case letters, digits and "-"')
}

function checkedName(kind: string, name: string): string {
  if (objectName.test(name) && !name.includes('..')) return name
  throw invalid(`name for ${kind}`, name, 'lower-case letters, digits, "-" and "."')
}

function invalid(what: string, name: string, rule: string): ArbError {
  return new ArbError({
    code: 'ARB_USAGE',
    message: `"${shorten(cleanLine(name), 80)}" is not a ${what}`,
    hints: [`It must consist of ${rule}, and begin and end with a letter or a digit.`],
  })
}
