/** From kubeconfig, context and namespace to a transport. Nothing is sent before the first call. */
import { readFile } from 'node:fs/promises'

import { createMasker, type Masker } from '../base/masker.js'
import { credentialsInUrl } from '../base/secrets.js'
import { cleanLine } from '../base/text.js'
import { AgentPool, type AgentSettings } from './agents.js'
import { credentialsOf } from './credentials.js'
import { chooseContext, type ChosenContext, type KubeconfigPlaces } from './kubeconfig.js'
import { invalidEntry, textOf, type RawEntry } from './kubeconfig-entry.js'
import { checkedCertificates, pemOf } from './pem.js'
import { proxyFor } from './proxy.js'
import { createTransport, type Transport } from './transport.js'
import type { ClusterTarget } from './types.js'

/** Which cluster is meant, and how it is spoken to. */
export interface ConnectOptions extends KubeconfigPlaces {
  /** Over the context's namespace. */
  namespace?: string
  /** Milliseconds that one call may take, all its tries together; default 30 s. */
  requestTimeoutMs?: number
  /** Do not check the server's certificate. */
  insecure?: boolean
  /** Connections at once; default 64. */
  maxSockets?: number
  signal?: AbortSignal
  /** Is told every secret that is read or seen, and masks what a server says; default: one of the connection's own. */
  masker?: Masker
}

export interface Connection {
  target: ClusterTarget
  transport: Transport
}

export const defaultRequestTimeoutMs = 30_000

/**
 * Finds the cluster that is meant. Errors: ARB_KUBECONFIG_NOT_FOUND, ARB_KUBECONFIG_INVALID. Credentials are obtained at
 * the first call (ARB_CREDENTIALS).
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const chosen = await chooseContext(options)
  const server = serverOf(chosen.cluster)
  const masker = options.masker ?? createMasker()
  const settings = await agentSettings(chosen, server, options)
  for (const secret of credentialsInUrl(settings.proxy?.href ?? '')) masker.add(secret)
  const target: ClusterTarget = {
    context: chosen.context && cleanLine(chosen.context),
    cluster: cleanLine(chosen.cluster.name),
    user: chosen.user && cleanLine(chosen.user.name),
    server: server.origin + server.pathname.replace(/\/+$/, ''),
    namespace: options.namespace ?? chosen.namespace ?? 'default',
    insecure: !settings.secure || !settings.verify,
  }
  const credentials = credentialsOf({
    user: chosen.user,
    cluster: chosen.cluster,
    clusterInfo: {
      server: target.server,
      'insecure-skip-tls-verify': !settings.verify,
      ...(settings.ca ? { 'certificate-authority-data': Buffer.from(settings.ca).toString('base64') } : {}),
    },
    env: options.env,
    masker,
  })
  const transport = createTransport({
    target,
    server,
    credentials,
    agents: new AgentPool(settings),
    requestTimeoutMs: options.requestTimeoutMs ?? defaultRequestTimeoutMs,
    userAgent: await userAgent(),
    masker,
    signal: options.signal,
  })
  return { target, transport }
}

function serverOf(cluster: RawEntry): URL {
  const text = textOf(cluster, 'server')
  if (text === undefined) throw invalidEntry(cluster, 'the cluster has no server address')
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['https:', 'http:'].includes(url.protocol) || url.username || url.search)
    throw invalidEntry(
      cluster,
      'the server address is not an https:// (or http://) URL without user, password and query',
    )
  return url
}

async function agentSettings(chosen: ChosenContext, server: URL, options: ConnectOptions): Promise<AgentSettings> {
  const { cluster } = chosen
  const verify = !(options.insecure ?? false) && cluster.values['insecure-skip-tls-verify'] !== true
  const pem = verify ? await pemOf(cluster, 'certificate-authority') : undefined
  const serverName = textOf(cluster, 'tls-server-name')
  const proxy = proxyFor(server, { proxyUrl: textOf(cluster, 'proxy-url'), env: options.env })
  return {
    secure: server.protocol === 'https:',
    verify,
    maxSockets: options.maxSockets ?? 64,
    ...(pem === undefined
      ? {}
      : { ca: checkedCertificates(pem, (problem) => invalidEntry(cluster, `the certificate authority ${problem}`)) }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(proxy === undefined ? {} : { proxy }),
  }
}

async function userAgent(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return `arbk8s/${version}`
}
