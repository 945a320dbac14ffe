/** An API server on loopback that answers as a test says, faults included. Plain HTTP: what is tested is not TLS. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { openCluster, type Cluster } from '../../src/cluster/open.js'

export interface SeenRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}

export type Handler = (request: SeenRequest, response: ServerResponse, index: number) => void

export interface FakeApi {
  url: string
  requests: SeenRequest[]
  close(): Promise<void>
}

export async function startFakeApi(handler: Handler): Promise<FakeApi> {
  const requests: SeenRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://fake')
      const seen: SeenRequest = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }
      requests.push(seen)
      handler(seen, response, requests.length - 1)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const canaryToken = 'CANARY-9f3a-token'

/** A cluster client whose server is the handler. */
export async function fakeCluster(
  handler: Handler,
  options: { requestTimeoutMs?: number; user?: object; signal?: AbortSignal } = {},
): Promise<{ cluster: Cluster; api: FakeApi; folder: string; close(): Promise<void> }> {
  const api = await startFakeApi(handler)
  const folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-fake-'))
  const kubeconfig = path.join(folder, 'config')
  await writeFile(kubeconfig, kubeconfigText(api.url, options.user ?? { token: canaryToken }))
  const { requestTimeoutMs = 5_000, signal } = options
  const cluster = await openCluster({
    kubeconfig,
    env: { PATH: process.env.PATH },
    homedir: folder,
    requestTimeoutMs,
    ...(signal ? { signal } : {}),
  })
  return {
    cluster,
    api,
    folder,
    close: async () => {
      cluster.close()
      await api.close()
      await rm(folder, { recursive: true })
    },
  }
}

export function kubeconfigText(server: string, user: object, more: object = {}): string {
  return JSON.stringify({
    clusters: [{ name: 'fake', cluster: { server, ...more } }],
    users: [{ name: 'tester', user }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'tester', namespace: 'trading' } }],
    'current-context': 'fake',
  })
}

export function sendJson(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

export function sendStatus(response: ServerResponse, status: number, message: string, more: object = {}): void {
  sendJson(response, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: status, ...more }, status)
}

export const versionAnswer = { gitVersion: 'v1.31.0', major: '1', minor: '31' }
