/**
 * As much OpenAPI as kubectl needs before it applies: that PATCH knows `fieldValidation`, so that it leaves validation
 * to the server. Fields are not described; kubectl then merges with what it knows of the kinds itself.
 */
import { apiVersionOf, resources } from './resources.js'
import type { Resource } from './resources.js'
import { gitVersion } from './discovery.js'

const info = { title: 'Kubernetes', version: gitVersion }

/** The answer to a GET below /openapi as JSON; undefined for another path. */
export function openapi(pathname: string): object | undefined {
  if (pathname === '/openapi/v3') {
    const paths = Object.fromEntries(
      groupPaths().map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=1` }]),
    )
    return { paths }
  }
  if (pathname === '/openapi/v2') return { swagger: '2.0', info, paths: pathsOf(resources), definitions: {} }
  const path = groupPaths().find((each) => pathname === `/openapi/v3/${each}`)
  if (!path) return undefined
  const own = resources.filter((each) => groupPath(each) === path)
  return { openapi: '3.0.0', info, paths: pathsOf(own), components: { schemas: {} } }
}

const groupPath = (each: Resource) => (each.group ? `apis/${apiVersionOf(each)}` : 'api/v1')

function groupPaths(): string[] {
  return [...new Set(resources.map(groupPath))]
}

function pathsOf(own: Resource[]): object {
  return Object.fromEntries(
    own.map((each) => {
      const namespace = each.namespaced ? '/namespaces/{namespace}' : ''
      return [`/${groupPath(each)}${namespace}/${each.plural}/{name}`, { patch: operation(each) }]
    }),
  )
}

function operation(each: Resource): object {
  const parameter = (name: string) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
    type: 'string',
    uniqueItems: true,
  })
  return {
    parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(parameter),
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': { group: each.group, kind: each.kind, version: each.version },
    responses: { 200: { description: 'OK' } },
  }
}

/** An OpenAPI v2 document without definitions in protobuf, the only form that older kubectl reads; it then skips its own validation. */
export function openapiV2Protobuf(): Buffer {
  const text = (field: number, value: string) =>
    Buffer.concat([Buffer.from([(field << 3) | 2, value.length]), Buffer.from(value)])
  const infoBytes = Buffer.concat([text(1, info.title), text(2, info.version)])
  return Buffer.concat([text(1, '2.0'), Buffer.from([(2 << 3) | 2, infoBytes.length]), infoBytes])
}
