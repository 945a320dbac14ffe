/** Plain HTTPS requests to a Kubernetes API server, without any client library in between. */
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import type { IncomingMessage } from 'node:http'

import { parse } from 'yaml'

export type Json = Record<string, any> // eslint-disable-line @typescript-eslint/no-explicit-any

export interface Answer {
  status: number
  headers: IncomingMessage['headers']
  /** The parsed JSON, or `{}` for another content type. */
  json: Json
  text: string
}

export interface RequestOptions {
  body?: unknown
  /** Content type of the body; default application/json. */
  type?: string
  accept?: string
  query?: Record<string, string | number | boolean>
  /** Another token than the kubeconfig's. */
  token?: string
}

/** What a kubeconfig's context holds. */
export interface Access {
  server: string
  ca: Buffer | undefined
  token: string
  context: string
}

/** Reads a kubeconfig that has certificate and token in it. */
export async function readAccess(kubeconfig: string, context?: string): Promise<Access> {
  const config = parse(await readFile(kubeconfig, 'utf8')) as Json
  const named = (list: Json[], name: string) => list.find((each) => each.name === name)!
  const chosen = named(config.contexts, context ?? config['current-context'])
  const { cluster } = named(config.clusters, chosen.context.cluster)
  const { user } = named(config.users, chosen.context.user)
  const ca = cluster['certificate-authority-data'] as string | undefined
  return {
    server: cluster.server,
    ca: ca ? Buffer.from(ca, 'base64') : undefined,
    token: user.token,
    context: chosen.name,
  }
}

export class RawApi {
  private readonly agent: Agent

  constructor(private readonly access: Access) {
    this.agent = new Agent({ keepAlive: true, ca: access.ca })
  }

  get server(): string {
    return this.access.server
  }

  close(): void {
    this.agent.destroy()
  }

  get = (path: string, options?: RequestOptions) => this.send('GET', path, options)
  post = (path: string, body: unknown, options?: RequestOptions) => this.send('POST', path, { ...options, body })
  put = (path: string, body: unknown, options?: RequestOptions) => this.send('PUT', path, { ...options, body })
  delete = (path: string, options?: RequestOptions) => this.send('DELETE', path, options)
  patch = (path: string, body: unknown, kind: 'merge' | 'json' | 'strategic-merge', options?: RequestOptions) =>
    this.send('PATCH', path, { ...options, body, type: `application/${kind}-patch+json` })
  apply = (path: string, body: unknown, manager: string, query: RequestOptions['query'] = {}) =>
    this.send('PATCH', path, { body, type: 'application/apply-patch+yaml', query: { fieldManager: manager, ...query } })

  async send(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const response = await this.open(method, path, options)
    const chunks: Buffer[] = []
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    const isJson = response.headers['content-type']?.startsWith('application/json')
    return {
      status: response.statusCode!,
      headers: response.headers,
      text,
      json: isJson ? (JSON.parse(text) as Json) : {},
    }
  }

  /** The lines of a watch or of a log that is followed, until the server ends it or the caller breaks off. */
  async *lines(path: string, query: RequestOptions['query'], options: RequestOptions = {}): AsyncGenerator<string> {
    const response = await this.open('GET', path, { ...options, query })
    try {
      let rest = ''
      for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
        const parts = (rest + chunk).split('\n')
        rest = parts.pop()!
        yield* parts
      }
      if (rest) yield rest
    } finally {
      response.destroy()
    }
  }

  private open(method: string, path: string, options: RequestOptions): Promise<IncomingMessage> {
    const url = new URL(path, this.access.server)
    for (const [key, value] of Object.entries(options.query ?? {})) url.searchParams.append(key, String(value))
    const body =
      options.body === undefined
        ? undefined
        : typeof options.body === 'string'
          ? options.body
          : JSON.stringify(options.body)
    const headers = {
      authorization: `Bearer ${options.token ?? this.access.token}`,
      accept: options.accept ?? 'application/json',
      'user-agent': 'arbk8s-test/1',
      // Node gives a DELETE's body no length of its own.
      ...(body === undefined
        ? {}
        : { 'content-type': options.type ?? 'application/json', 'content-length': Buffer.byteLength(body) }),
    }
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method, headers, agent: this.agent, ca: this.access.ca }, resolve)
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}
