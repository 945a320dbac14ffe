/** Request bodies as objects of a kind. */
import { DecodeError, decode, isRecord } from '../schema/decode.js'
import type { JsonObject, KubeObject } from '../store/objects.js'
import { contentType, readBody } from './call.js'
import type { Call } from './call.js'
import { apiVersionOf } from './resources.js'
import type { Resource } from './resources.js'
import { StatusError, badRequest } from './status.js'

/** The body as JSON or YAML, whatever it holds. */
export async function readDocument(call: Call): Promise<unknown> {
  const type = contentType(call.request)
  const text = (await readBody(call.request)).toString('utf8')
  if (type === 'application/json' || type.endsWith('+json')) return parseJson(text, call)
  if (type === 'application/yaml' || type.endsWith('+yaml')) return parseYaml(text)
  throw new StatusError(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
  )
}

function parseJson(text: string, call: Call): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const why = (error as Error).message
    throw badRequest(
      `the object provided is unrecognized (must be of type ${call.resource.kind}): couldn't get version/kind; json parse error: ${why}`,
    )
  }
}

/** JSON is tried first: it is what clients send under a YAML type. */
async function parseYaml(text: string): Promise<unknown> {
  try {
    return JSON.parse(text) as unknown
  } catch {
    const { parse } = await import('yaml')
    try {
      return parse(text, { maxAliasCount: 100 }) as unknown
    } catch (error) {
      throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${(error as Error).message}`)
    }
  }
}

/** The document checked to be of the request's kind. */
export function checkKind(document: unknown, resource: Resource): JsonObject {
  if (!isRecord(document)) throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`)
  const { kind, apiVersion } = document
  const version = apiVersionOf(resource)
  if (!kind) throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(document).slice(0, 200)}'`)
  if (kind === resource.kind && apiVersion === version) return document
  const head = `${String(kind)} in version ${JSON.stringify(String(apiVersion).split('/').at(-1))} cannot be handled as a ${resource.kind}`
  throw badRequest(
    `${head}: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} where ${version} ${resource.kind} is expected`,
  )
}

/** A document decoded to a stored object's form: typed, unknown fields dropped, named or refused as the request asks. */
export function decodeObject(call: Call, document: JsonObject): KubeObject {
  const { resource } = call
  const head = `${resource.kind} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}`
  let decoded
  try {
    decoded = decode(resource.type, document)
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`${head}: ${error.message}`)
    throw error
  }
  reportUnknown(call, decoded.unknown, head)
  const value = decoded.value as unknown as KubeObject
  value.metadata ??= {} as KubeObject['metadata']
  return value
}

function reportUnknown(call: Call, unknown: string[], head: string): void {
  if (unknown.length === 0) return
  const mode = call.query.get('fieldValidation') || 'Warn'
  const lines = unknown.map((path) => `unknown field ${JSON.stringify(path)}`)
  if (mode === 'Strict') throw badRequest(`${head}: strict decoding error: ${lines.join(', ')}`)
  if (mode === 'Warn') call.warnings.push(...lines)
}
