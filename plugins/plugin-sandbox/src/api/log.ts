/** GET of a pod's log. */
import { pipeline } from 'node:stream/promises'

import type { LogQuery } from '../node/log-source.js'
import type { Container, ContainerStatus, Pod } from '../store/objects.js'
import { flag, integer, stored } from './call.js'
import type { Call } from './call.js'
import { badRequest, invalid, invalidValue, notFound } from './status.js'
import type { Cause } from './status.js'

const word = { ErrImagePull: 'trying and failing to pull image', ImagePullBackOff: 'trying and failing to pull image' }

/** Streams the log; errors before the first byte are Status answers. */
export async function log(call: Call): Promise<undefined> {
  const object = stored(call, 'pods')
  if (!object) throw notFound(call.resource, call.path.name!)
  const pod = object as unknown as Pod
  const query = readQuery(call)
  const container = chosenContainer(pod, call.query.get('container'))
  const status = statusOf(pod, container.name)
  const { response } = call
  if (!pod.spec.nodeName) {
    response.writeHead(204).end()
    return undefined
  }
  checkStarted(pod, container, status, query)
  const attempt = (status?.restartCount ?? 0) - (query.previous || !hasRun(status) ? 1 : 0)
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.flushHeaders()
  const ended = new AbortController()
  response.once('close', () => ended.abort())
  const lines = call.api.logs.read(
    { uid: object.metadata.uid, container: container.name, attempt },
    query,
    ended.signal,
  )
  await pipeline(lines, response).catch(() => undefined)
  return undefined
}

function readQuery(call: Call): LogQuery & { previous: boolean } {
  const { query, api } = call
  const tailLines = integer(query, 'tailLines')
  const limitBytes = integer(query, 'limitBytes')
  const sinceSeconds = integer(query, 'sinceSeconds')
  const sinceText = query.get('sinceTime')
  const causes: Cause[] = []
  if (tailLines !== undefined && tailLines < 0)
    causes.push(invalidValue('tailLines', tailLines, 'must be greater than or equal to 0'))
  if (limitBytes !== undefined && limitBytes < 1)
    causes.push(invalidValue('limitBytes', limitBytes, 'must be greater than 0'))
  if (sinceSeconds !== undefined && sinceSeconds < 1)
    causes.push(invalidValue('sinceSeconds', sinceSeconds, 'must be greater than 0'))
  if (sinceText && !/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d/.test(sinceText)) {
    throw badRequest(`parsing time ${JSON.stringify(sinceText)} as "2006-01-02T15:04:05Z07:00": cannot parse`)
  }
  if (sinceText && sinceSeconds !== undefined) {
    causes.push({
      reason: 'FieldValueForbidden',
      message: 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
      field: '',
    })
  }
  if (causes.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, call.path.name!, causes)
  // Whole seconds only, as the time reaches a real kubelet.
  const since = sinceText
    ? Math.floor(Date.parse(sinceText) / 1000) * 1000
    : sinceSeconds
      ? api.now().getTime() - sinceSeconds * 1000
      : undefined
  return {
    tailLines,
    limitBytes,
    sinceMs: since,
    timestamps: flag(query, 'timestamps'),
    follow: flag(query, 'follow'),
    previous: flag(query, 'previous'),
  }
}

function chosenContainer(pod: Pod, wanted: string | null): Container {
  const { containers, initContainers = [] } = pod.spec
  const { name } = pod.metadata
  if (wanted) {
    const found = [...containers, ...initContainers].find((container) => container.name === wanted)
    if (!found) throw badRequest(`container ${wanted} is not valid for pod ${name}`)
    return found
  }
  if (containers.length === 1 && initContainers.length === 0) return containers[0]!
  if (containers.length === 1) return containers[0]!
  const names = (list: Container[]) => `[${list.map((container) => container.name).join(' ')}]`
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: ${names([...containers])}${initContainers.length > 0 ? ` or one of the init containers: ${names(initContainers)}` : ''}`,
  )
}

function statusOf(pod: Pod, name: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status
  return [...containerStatuses, ...initContainerStatuses].find((status) => status.name === name)
}

function hasRun(status: ContainerStatus | undefined): boolean {
  return status?.state.running !== undefined || status?.state.terminated !== undefined
}

function checkStarted(
  pod: Pod,
  container: Container,
  status: ContainerStatus | undefined,
  query: { previous: boolean },
): void {
  const waiting = status?.state.waiting
  const where = `container "${container.name}" in pod "${pod.metadata.name}"`
  if (query.previous) {
    if (!status?.lastState.terminated) throw badRequest(`previous terminated ${where} not found`)
    return
  }
  if (hasRun(status) || status?.lastState.terminated) return
  const reason = waiting?.reason ?? 'ContainerCreating'
  throw badRequest(`${where} is waiting to start: ${word[reason as keyof typeof word] ?? reason}`)
}
