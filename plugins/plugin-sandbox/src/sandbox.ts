/** Starts the whole: API server, controllers, node. */
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { apiHandler } from './api/handler.js'
import { ordered } from './api/write.js'
import { selfSigned } from './certificate.js'
import { EventRecorder } from './control/events.js'
import { GarbageCollector } from './control/garbage.js'
import { JobController } from './control/job-controller.js'
import { Scheduler } from './control/scheduler.js'
import { strategies } from './kinds/strategies.js'
import { writeKubeconfig } from './kubeconfig.js'
import { Guard } from './node/guard.js'
import type { NodeContext } from './node/container-runner.js'
import { Kubelet } from './node/kubelet.js'
import { LogSource } from './node/log-source.js'
import type { Sandbox, SandboxOptions } from './options.js'
import { timeText } from './store/names.js'
import type { KubeObject } from './store/objects.js'
import { Store } from './store/store.js'

const defaultCapacity = { cpu: 64, memory: 256 * 2 ** 30, pods: 110 }
const pruneMs = 60_000
/** What a process gets between SIGTERM and SIGKILL when the sandbox itself ends. */
const stopGraceMs = 3000

/** Runs a sandbox in this process until `stop()`. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const directory = path.resolve(options.directory ?? (await mkdtemp(path.join(tmpdir(), 'arbk8s-sandbox-'))))
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const { now, onError, backoffBaseMs } = basics(options)
  const store = new Store({ window: options.historyWindow, onError })
  const logs = new LogSource(path.join(directory, '.logs'), now)
  const machinery = startMachinery({ store, logs, directory, now, onError, backoffBaseMs }, options)
  try {
    for (const name of new Set(['default', 'kube-system', ...(options.namespaces ?? [])]))
      addNamespace(store, name, now())
    const token = randomBytes(32).toString('hex')
    const certificate = selfSigned(now())
    const handler = apiHandler({ store, logs, now, onError, bookmarkMs: options.bookmarkMs ?? 60_000 }, token)
    const server = createServer({ key: certificate.key, cert: certificate.cert }, handler)
    // A watch may be silent for long, and a client may use a connection again after a pause.
    server.requestTimeout = 0
    server.keepAliveTimeout = 120_000
    const address = await listen(server, options.port ?? 0)
    const kubeconfig = path.join(directory, 'kubeconfig.yaml')
    await writeKubeconfig(kubeconfig, { server: address, token, cert: certificate.cert, namespace: 'default' })
    let stopped: Promise<void> | undefined
    const stop = async () => {
      await machinery.stop()
      await close(server)
    }
    const notice = noticeOf(directory)
    return {
      directory,
      kubeconfig,
      server: address,
      token,
      certificate: certificate.cert,
      notice,
      stop: () => (stopped ??= stop()),
    }
  } catch (error) {
    await machinery.stop()
    throw error
  }
}

type Parts = Omit<NodeContext, 'guard' | 'images' | 'searchPath'> & { onError(error: unknown): void }

/** Controllers and node: all that works without being asked by a request. */
function startMachinery(parts: Parts, options: SandboxOptions): { stop(): Promise<void> } {
  const { store, now } = parts
  const events = new EventRecorder(store, now)
  const guard = new Guard()
  const images = { imageRoots: options.imageRoots ?? {}, unpullable: options.unpullable ?? [] }
  const kubelet = new Kubelet(
    { ...parts, guard, images, searchPath: options.searchPath ?? process.env.PATH ?? '' },
    events,
  )
  const controllers = [
    new GarbageCollector(parts),
    new JobController({ ...parts, events }),
    new Scheduler({ ...parts, events, capacity: { ...defaultCapacity, ...options.capacity } }),
  ]
  for (const controller of controllers) controller.start()
  kubelet.start()
  const prune = setInterval(() => events.prune(), pruneMs)
  prune.unref()
  return {
    async stop() {
      clearInterval(prune)
      for (const controller of controllers) controller.stop()
      await kubelet.stop(stopGraceMs)
      guard.close()
    },
  }
}

function close(server: Server): Promise<unknown> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
}

function basics(options: SandboxOptions) {
  return {
    now: options.now ?? (() => new Date()),
    onError: options.onError ?? (() => undefined),
    backoffBaseMs: options.backoffBaseMs ?? 10_000,
  }
}

/** What a user must know. */
export function noticeOf(directory: string): string {
  return `The sandbox runs the containers' commands as processes of this user on this machine, without isolation; images are not pulled. Their folders are in ${shortest(directory)}.`
}

function addNamespace(store: Store, name: string, now: Date): void {
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, uid: crypto.randomUUID(), resourceVersion: '', creationTimestamp: timeText(now) },
  }
  strategies.Namespace.defaults(object)
  strategies.Namespace.prepare(object)
  store.put('namespaces', ordered(object))
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
    })
  })
}

/** The path as people would type it here. */
function shortest(directory: string): string {
  const relative = path.relative(process.cwd(), directory)
  return relative.length < directory.length ? relative || '.' : directory
}
