/**
 * Credentials of an exec plugin, by the protocol client.authentication.k8s.io. Done here and not by the client library,
 * which has no time limit, takes any JSON for a credential and repeats the plugin's stderr in its error
 * (docs/decisions/0006-own-kubernetes-transport.md).
 */
import { spawn } from 'node:child_process'
import path from 'node:path'

import { ArbError } from '../base/errors.js'
import { cleanLine } from '../base/text.js'
import type { Identity } from './credentials.js'
import { invalidEntry, type RawEntry } from './kubeconfig-entry.js'
import { checkedCertificates, checkedKey } from './pem.js'

const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']
const maxOutputBytes = 1024 * 1024
export const execTimeoutMs = 30_000

export interface ExecContext {
  user: RawEntry
  /** What `provideClusterInfo` passes on. */
  clusterInfo: Record<string, unknown>
  env: Record<string, string | undefined>
  signal?: AbortSignal
  timeoutMs?: number
}

interface ExecSettings {
  apiVersion: string
  command: string
  args: string[]
  env: { name: string; value: string }[]
  provideClusterInfo: boolean
  installHint: string | undefined
}

/** Runs the plugin and gives its credential. Nothing that the plugin printed is repeated. */
export async function execIdentity(context: ExecContext): Promise<Identity> {
  const settings = execSettings(context.user)
  const outcome = await run(settings, context)
  return identityOf(outcome, settings, context.user)
}

function execSettings(user: RawEntry): ExecSettings {
  const exec = user.values.exec as Record<string, unknown>
  if (typeof exec.command !== 'string' || exec.command === '') throw invalidEntry(user, '"exec" has no command')
  const apiVersion = String(exec.apiVersion ?? '')
  if (!versions.includes(apiVersion))
    throw invalidEntry(user, `"exec" has apiVersion "${cleanLine(apiVersion)}"; known are ${versions.join(' and ')}`)
  if (exec.interactiveMode === 'Always')
    throw invalidEntry(user, '"exec" has interactiveMode Always, and arbk8s never asks questions')
  return {
    apiVersion,
    // A command with a slash starts at the kubeconfig's folder; a bare one is looked up in PATH.
    command: /[\\/]/.test(exec.command) ? path.resolve(user.folder, exec.command) : exec.command,
    args: Array.isArray(exec.args) ? exec.args.map(String) : [],
    env: Array.isArray(exec.env) ? exec.env.filter(isNameValue) : [],
    provideClusterInfo: exec.provideClusterInfo === true,
    installHint: typeof exec.installHint === 'string' ? cleanLine(exec.installHint) : undefined,
  }
}

function isNameValue(value: unknown): value is { name: string; value: string } {
  const pair = value as { name?: unknown; value?: unknown } | null
  return typeof pair?.name === 'string' && typeof pair.value === 'string'
}

function run(settings: ExecSettings, context: ExecContext): Promise<string> {
  const { promise, resolve, reject } = deferred<string>()
  const info = {
    apiVersion: settings.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(settings.provideClusterInfo ? { cluster: context.clusterInfo } : {}) },
  }
  const env = { ...context.env, ...Object.fromEntries(settings.env.map(({ name, value }) => [name, value])) }
  const child = spawn(settings.command, settings.args, {
    env: { ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that a wrapper script's children end with it.
    detached: process.platform !== 'win32',
  })
  const fail = (problem: string, hint?: string): void => {
    endGroup(child.pid)
    reject(failed(settings, context.user, problem, hint))
  }
  const timeoutMs = context.timeoutMs ?? execTimeoutMs
  const timer = setTimeout(() => fail(`did not end within ${Math.round(timeoutMs / 1000)}s`), timeoutMs)
  const onAbort = (): void => {
    endGroup(child.pid)
    reject(context.signal?.reason as Error)
  }
  context.signal?.addEventListener('abort', onAbort, { once: true })
  const chunks: Buffer[] = []
  let size = 0
  let complained = 0
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > maxOutputBytes) fail('printed more than 1 MiB')
    else chunks.push(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => (complained += chunk.length))
  child.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      fail('is not there', settings.installHint ?? 'Install it, or correct the path in the kubeconfig.')
    else fail(`cannot be run (${error.code ?? 'error'})`)
  })
  child.on('close', (code, signal) => {
    if (code === 0) return resolve(Buffer.concat(chunks).toString('utf8'))
    const end = signal ? `was ended by ${signal}` : `ended with exit code ${code}`
    fail(`${end}${complained ? ` and wrote ${complained} bytes to stderr` : ''}`)
  })
  return promise.finally(() => {
    clearTimeout(timer)
    context.signal?.removeEventListener('abort', onAbort)
  })
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // It has already ended.
  }
}

function identityOf(output: string, settings: ExecSettings, user: RawEntry): Identity {
  const complain = (problem: string): ArbError => failed(settings, user, problem)
  let credential: { kind?: unknown; apiVersion?: unknown; status?: Record<string, unknown> | null } | null
  try {
    credential = JSON.parse(output) as typeof credential
  } catch {
    throw complain('printed something that is not JSON')
  }
  if (credential?.kind !== 'ExecCredential' || credential.apiVersion !== settings.apiVersion)
    throw complain(`did not print an ExecCredential of ${settings.apiVersion}`)
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = credential.status ?? {}
  const identity: Identity = { headers: {} }
  if (typeof token === 'string' && token !== '') identity.headers.authorization = `Bearer ${token}`
  if (typeof clientCertificateData === 'string' && typeof clientKeyData === 'string') {
    identity.cert = checkedCertificates(clientCertificateData, (problem) =>
      complain(`gave a client certificate that ${problem}`),
    )
    identity.key = checkedKey(clientKeyData, (problem) => complain(`gave a key that ${problem}`))
  }
  if (!identity.headers.authorization && !identity.cert)
    throw complain('gave neither a token nor a certificate with its key')
  const expires = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : Number.NaN
  if (!Number.isNaN(expires)) identity.expiresAt = expires
  return identity
}

function failed(settings: ExecSettings, user: RawEntry, problem: string, hint?: string): ArbError {
  const command = cleanLine(settings.command)
  return new ArbError({
    code: 'ARB_CREDENTIALS',
    message: `the exec plugin "${command}" of the user "${cleanLine(user.name)}" ${problem}`,
    hints: [
      hint ??
        'Its own messages are not shown, since they may hold secrets; `kubectl get --raw /version` with the same context shows them.',
    ],
    details: { command, user: cleanLine(user.name), file: user.file },
  })
}

function deferred<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]))
  return { promise, resolve, reject }
}
