/** What the server says of itself: versions, groups, resources. */
import { apiVersionOf, resources } from './resources.js'
import type { Resource } from './resources.js'

/** The version that the sandbox stands for. */
export const gitVersion = 'v1.31.0-arbk8s-sandbox'

export const versionInfo = {
  major: '1',
  minor: '31',
  gitVersion,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2024-08-13T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: `${process.platform}/${process.arch}`,
}

const groups = [...new Set(resources.map((each) => each.group))].filter((group) => group !== '')

/** The answer to a GET of a discovery path; undefined for any other path. */
export function discovery(pathname: string, serverAddress: string): object | undefined {
  switch (pathname.replace(/\/$/, '')) {
    case '/version':
      return versionInfo
    case '':
      return {
        paths: [
          '/api',
          '/api/v1',
          '/apis',
          ...groups.flatMap((group) => [`/apis/${group}`, `/apis/${group}/v1`]),
          '/healthz',
          '/livez',
          '/openapi/v2',
          '/openapi/v3',
          '/readyz',
          '/version',
        ],
      }
    case '/api':
      return {
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
      }
    case '/apis':
      return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupOf) }
    default:
      return groupOrResources(pathname)
  }
}

function groupOrResources(pathname: string): object | undefined {
  const [root, group, version, more] = pathname.split('/').slice(1)
  if (root === 'api' && group === 'v1' && !version) return resourceList('')
  if (root !== 'apis' || !group || !groups.includes(group) || more) return undefined
  if (!version) return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) }
  return version === 'v1' ? resourceList(group) : undefined
}

function groupOf(name: string): object {
  const version = { groupVersion: `${name}/v1`, version: 'v1' }
  return { name, versions: [version], preferredVersion: version }
}

function resourceList(group: string): object {
  const own = resources.filter((each) => each.group === group)
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version: 'v1' }),
    resources: own.flatMap((each) => [describe(each), ...each.subresources.map((sub) => subresource(each, sub))]),
  }
}

function describe(each: Resource): object {
  return {
    name: each.plural,
    singularName: each.singular,
    namespaced: each.namespaced,
    kind: each.kind,
    verbs: each.verbs,
    ...(each.shortNames.length > 0 ? { shortNames: each.shortNames } : {}),
    ...(each.categories ? { categories: each.categories } : {}),
  }
}

function subresource(each: Resource, name: string): object {
  const verbs = name === 'log' ? ['get'] : ['get', 'patch', 'update']
  return { name: `${each.plural}/${name}`, singularName: '', namespaced: each.namespaced, kind: each.kind, verbs }
}
