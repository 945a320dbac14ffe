/** A server on loopback that answers as a test tells it, and counts what reaches it. */
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

/** A request as it came in, whole. */
export interface SinkRequest {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
}

export interface Sink {
  /** Without a path, e.g. `http://127.0.0.1:41234`. */
  url: string
  port: number
  requests: SinkRequest[]
  /** Connections that were ever accepted. */
  connections: () => number
  close(): Promise<void>
}

/** Answers the `index`th request, from 0. */
export type Behaviour = (response: ServerResponse, index: number, request: SinkRequest) => void

export interface SinkOptions {
  host?: string
  tls?: { key: string; cert: string }
}

/** Starts a sink on a free port; without a behaviour it answers 200 `ok`. */
export async function startSink(
  behaviour: Behaviour = ok,
  { host = '127.0.0.1', tls }: SinkOptions = {},
): Promise<Sink> {
  const requests: SinkRequest[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = []
    response.on('error', () => undefined)
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
      behaviour(response, requests.push(seen) - 1, seen)
    })
  }
  const server = tls ? createHttps(tls, take) : createHttp(take)
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  const name = host.includes(':') ? `[${host}]` : host
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { url: `${tls ? 'https' : 'http'}://${name}:${port}`, port, requests, connections: () => connections, close }
}

function ok(response: ServerResponse): void {
  response.end('ok')
}
