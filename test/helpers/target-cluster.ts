/**
 * The cluster that cluster tests run against: the embedded sandbox, or with ARBK8S_TEST_KUBECONFIG (a kubeconfig whose
 * current context may make namespaces) that cluster.
 */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import path from 'node:path'

import { startSandbox } from '@arbk8s/plugin-sandbox'
import type { SandboxOptions } from '@arbk8s/plugin-sandbox'
import type { Context } from 'mocha'

import { RawApi, readAccess } from './raw-api.js'

export interface TargetCluster {
  kind: 'sandbox' | 'real'
  kubeconfig: string
  context: string
  api: RawApi
  /** The server's minor version: 31 of 1.31. */
  minor: number
  /** Makes a namespace of its own, which `stop` removes. */
  freshNamespace(name?: string): Promise<string>
  /** Removes the namespaces and, for the sandbox, ends it and removes its folder. */
  stop(): Promise<void>
}

/** Opens the target; `options` are the sandbox's, with short delays between tries by default. */
export async function targetCluster(options: SandboxOptions = {}): Promise<TargetCluster> {
  const given = process.env.ARBK8S_TEST_KUBECONFIG
  const sandbox = given ? undefined : await startSandbox({ backoffBaseMs: 500, ...options })
  const kubeconfig = given ? path.resolve(given) : sandbox!.kubeconfig
  const access = await readAccess(kubeconfig)
  const api = new RawApi(access)
  const namespaces: string[] = []
  const version = await api.get('/version')
  return {
    kind: given ? 'real' : 'sandbox',
    kubeconfig,
    context: access.context,
    api,
    minor: Number(/^v1\.(\d+)/.exec(version.json.gitVersion as string)?.[1]),
    async freshNamespace(name = 'arbk8s-test') {
      const unique = `${name}-${randomBytes(4).toString('hex')}`
      const answer = await api.post('/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: unique },
      })
      if (answer.status !== 201) throw new Error(`namespace ${unique} could not be made: ${answer.text}`)
      namespaces.push(unique)
      return unique
    },
    async stop() {
      for (const name of namespaces) await api.delete(`/api/v1/namespaces/${name}`)
      api.close()
      await sandbox?.stop()
      if (sandbox && !options.directory) await rm(sandbox.directory, { recursive: true, force: true })
    },
  }
}

/** Skips the test, and says so on stderr, where the server is older than the feature. */
export function needsMinor(test: Context, cluster: TargetCluster, minor: number, feature: string): void {
  if (cluster.minor >= minor) return
  process.stderr.write(`    skipped: ${feature} needs Kubernetes 1.${minor}, the server is 1.${cluster.minor}\n`)
  test.skip()
}

/** Asks again until the answer is good; an error with the last one after `timeoutMs`. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
