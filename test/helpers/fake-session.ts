/** An API server with one session's Jobs, pods, events and logs, which a test changes as it goes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'

import type { ClusterEvent, Pod } from '../../src/cluster/types.js'
import type { Job } from '../../src/session/job.js'
import { kubeconfigText, sendJson, sendStatus, startFakeApi, versionAnswer, type SeenRequest } from './fake-api.js'

export interface SessionState {
  jobs: Job[]
  pods: Pod[]
  events: ClusterEvent[]
  /** Log text with timestamps, by pod name. */
  logs: Record<string, string>
  /** Answers in place of the state, e.g. a refusal; undefined leaves a request to the state. */
  fault?: (request: SeenRequest, response: ServerResponse) => true | undefined
}

export interface FakeSession {
  kubeconfig: string
  state: SessionState
  requests: SeenRequest[]
  /** Tells watchers that the Jobs are now these. */
  setJobs(jobs: Job[]): void
  close(): Promise<void>
}

const lists: Record<string, { kind: string; of: 'jobs' | 'pods' | 'events' }> = {
  jobs: { kind: 'JobList', of: 'jobs' },
  pods: { kind: 'PodList', of: 'pods' },
  events: { kind: 'EventList', of: 'events' },
}

/** Starts it; `close` ends it and removes its kubeconfig. */
export async function fakeSession(parts: Partial<SessionState> = {}): Promise<FakeSession> {
  const state: SessionState = { jobs: [], pods: [], events: [], logs: {}, ...parts }
  const watchers = new Set<ServerResponse>()
  let version = 100
  const api = await startFakeApi((request, response) => {
    if (state.fault?.(request, response)) return
    const [, resource = '', name, part] =
      /\/namespaces\/[^/]+\/(\w+)(?:\/([^/]+))?(?:\/(\w+))?$/.exec(request.path) ?? []
    const list = name === undefined ? lists[resource] : undefined
    if (part === 'log') sendLog(response, state.logs[name ?? ''], request)
    else if (list && request.query.get('watch')) beginWatch(list.of, response)
    else if (list) sendList(response, list, { items: state[list.of], version })
    else if (resource === 'pods')
      sendPod(
        response,
        state.pods.find(({ metadata }) => metadata.name === name),
      )
    else sendOther(response, request.path)
  })
  const beginWatch = (of: string, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    if (of === 'jobs') watchers.add(response)
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-session-'))
  const kubeconfig = path.join(folder, 'config')
  await writeFile(kubeconfig, kubeconfigText(api.url, { token: 'x' }))
  return {
    kubeconfig,
    state,
    requests: api.requests,
    setJobs(jobs) {
      const gone = state.jobs.filter((job) => jobs.every(({ metadata }) => metadata.name !== job.metadata.name))
      state.jobs = jobs.map((job) => ({ ...job, metadata: { ...job.metadata, resourceVersion: String(++version) } }))
      for (const watcher of watchers) {
        for (const object of gone) watcher.write(`${JSON.stringify({ type: 'DELETED', object })}\n`)
        for (const object of state.jobs) watcher.write(`${JSON.stringify({ type: 'MODIFIED', object })}\n`)
      }
    },
    close: async () => {
      await api.close()
      await rm(folder, { recursive: true })
    },
  }
}

function sendList(
  response: ServerResponse,
  { kind }: { kind: string },
  { items, version }: { items: unknown[]; version: number },
): void {
  sendJson(response, { kind, apiVersion: 'v1', metadata: { resourceVersion: String(version) }, items })
}

function sendPod(response: ServerResponse, pod: Pod | undefined): void {
  if (pod) sendJson(response, { kind: 'Pod', apiVersion: 'v1', ...pod })
  else sendStatus(response, 404, 'pod not found', { reason: 'NotFound' })
}

function sendOther(response: ServerResponse, asked: string): void {
  if (asked === '/version') sendJson(response, versionAnswer)
  else if (asked.startsWith('/api/v1/namespaces/'))
    sendJson(response, { kind: 'Namespace', apiVersion: 'v1', metadata: { name: asked.split('/').at(-1) } })
  else sendStatus(response, 404, 'not found', { reason: 'NotFound' })
}

function sendLog(response: ServerResponse, text: string | undefined, { query }: SeenRequest): void {
  if (text === undefined) return sendStatus(response, 400, 'container is waiting to start', { reason: 'BadRequest' })
  const all = text.replace(/\n$/, '').split('\n')
  const tail = query.get('tailLines')
  const lines = tail === null ? all : all.slice(Math.max(0, all.length - Number(tail)))
  const shown = query.get('timestamps') ? lines : lines.map((line) => line.replace(/^\S+ /, ''))
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.end(shown.map((line) => `${line}\n`).join(''))
}
