/** From a request to the function that answers it. */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

import { isRecord } from '../schema/decode.js'
import { checkKind, readDocument } from './body.js'
import { flag } from './call.js'
import type { Answer, ApiContext, Call } from './call.js'
import { discovery } from './discovery.js'
import { log } from './log.js'
import { openapi, openapiV2Protobuf } from './openapi.js'
import { patch } from './patch.js'
import { get, list } from './read.js'
import { remove, removeCollection } from './remove.js'
import { findResource, parsePath } from './resources.js'
import type { ResourcePath } from './resources.js'
import { sendError, sendJson, sendText } from './respond.js'
import { StatusError, methodNotAllowed, noSuchResource, unauthorized } from './status.js'
import { watch } from './watch.js'
import { create, update } from './write.js'

/** The request listener of the whole API. `token`: the one bearer token that is let in. */
export function apiHandler(api: ApiContext, token: string): RequestListener {
  return (request, response) => {
    handle(api, token, { request, response }).catch((error: unknown) => {
      if (!(error instanceof StatusError)) api.onError(error)
      sendError(response, error)
    })
  }
}

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
}

async function handle(api: ApiContext, token: string, { request, response }: Exchange): Promise<void> {
  response.on('error', () => undefined)
  const url = new URL(request.url ?? '/', 'https://localhost')
  if (!authorized(request, token)) throw unauthorized()
  if (serveOwn(url.pathname, request, response)) return
  const path = parsePath(url.pathname)
  if (!path) return sendText(response, 404, '404 page not found\n')
  const resource = findResource(path.group, path.version, path.plural)
  if (!resource) {
    if (!findGroup(path)) return sendText(response, 404, '404 page not found\n')
    throw noSuchResource()
  }
  if (path.subresource && !resource.subresources.includes(path.subresource)) throw noSuchResource()
  if (path.namespace && !resource.namespaced) throw noSuchResource()
  const call: Call = { api, resource, path, query: url.searchParams, request, response, warnings: [] }
  const answer = await dispatch(call)
  if (answer) sendJson(response, answer.code, answer.body, call.warnings)
}

function findGroup(path: ResourcePath): boolean {
  return discovery(path.group ? `/apis/${path.group}/${path.version}` : `/api/${path.version}`, '') !== undefined
}

function authorized(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(/^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '')
  const wanted = Buffer.from(token)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** Paths that are not resources: health, discovery, OpenAPI. */
function serveOwn(pathname: string, request: IncomingMessage, response: ServerResponse): boolean {
  if (['/healthz', '/readyz', '/livez'].includes(pathname)) {
    sendText(response, 200, 'ok')
    return true
  }
  const own = discovery(pathname, request.headers.host ?? '') ?? openapi(pathname)
  if (!own) return false
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed()
  if (pathname === '/openapi/v2' && request.headers.accept?.includes('proto-openapi')) {
    response.writeHead(200, { 'content-type': 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' })
    response.end(openapiV2Protobuf())
  } else sendJson(response, 200, own)
  return true
}

/** Undefined where the handler has answered by itself, as streams do. */
type Handler = (call: Call) => Promise<Answer | undefined> | Answer | undefined

function dispatch(call: Call): ReturnType<Handler> {
  const { resource, path, request } = call
  const method = request.method === 'HEAD' ? 'GET' : request.method!
  if (resource.kind === 'SelfSubjectAccessReview') return method === 'POST' && !path.name ? review(call) : refuse()
  if (path.subresource === 'log') return method === 'GET' ? log(call) : refuse()
  const watching = method === 'GET' && flag(call.query, 'watch')
  const [verb, handler] = (path.name ? ofObject : ofCollection)[watching ? 'WATCH' : method] ?? []
  return verb && handler && isAllowed(call, verb) ? handler(call) : refuse()
}

function isAllowed({ resource, path }: Call, verb: string): boolean {
  if (!resource.verbs.includes(verb)) return false
  if (path.subresource) return ['get', 'update', 'patch'].includes(verb)
  // A list or a watch may span namespaces; nothing else may.
  return !resource.namespaced || path.namespace !== undefined || verb === 'list' || verb === 'watch'
}

function refuse(): never {
  throw methodNotAllowed()
}

const ofObject: Record<string, [string, Handler]> = {
  GET: ['get', get],
  WATCH: ['watch', watch],
  PUT: ['update', update],
  PATCH: ['patch', patch],
  DELETE: ['delete', remove],
}

const ofCollection: Record<string, [string, Handler]> = {
  GET: ['list', list],
  WATCH: ['watch', watch],
  POST: ['create', create],
  DELETE: ['deletecollection', removeCollection],
}

/** Whoever has the token may do everything. */
async function review(call: Call): Promise<Answer> {
  const document = checkKind(await readDocument(call), call.resource)
  const spec = isRecord(document.spec) ? document.spec : {}
  return {
    code: 201,
    body: {
      ...document,
      metadata: {},
      spec,
      status: { allowed: true, reason: 'the token of the sandbox has every right' },
    },
  }
}
