/** One container's life: image, environment, process, restarts. */
import path from 'node:path'

import { randomHex, timeText } from '../store/names.js'
import type { Container, ContainerState, ContainerStatus, Pod } from '../store/objects.js'
import type { Store } from '../store/store.js'
import { Backoff, pause } from './backoff.js'
import { ConfigError, containerEnv, expand } from './environment.js'
import { makeFolder } from './folders.js'
import type { Guard } from './guard.js'
import { imageProblem, imageRootOf } from './images.js'
import type { ImageOptions } from './images.js'
import { TailKeeper } from './last-output.js'
import type { LogSource } from './log-source.js'
import { waitingStatus } from './pod-status.js'
import { StartError, startProcess } from './process.js'
import type { RunningProcess } from './process.js'

/** What the node gives to every container. */
export interface NodeContext {
  store: Store
  logs: LogSource
  guard: Guard | undefined
  directory: string
  images: ImageOptions
  /** PATH of the containers. */
  searchPath: string
  backoffBaseMs: number
  now(): Date
}

/** What a runner tells the pod that it is part of. */
export interface RunnerHost {
  pod: Pod
  /** Aborted when the pod stops: nothing new is started then. */
  stopping: AbortSignal
  changed(): void
  event(type: 'Normal' | 'Warning', reason: string, message: string, container: string): void
}

/** When something is missing, it is looked for again after this share of the back-off base. */
const retryShare = 0.2
/** A container that ran so long starts over with short delays. */
const calmMs = 600_000

export class ContainerRunner {
  status: ContainerStatus
  private process: RunningProcess | undefined
  private graceMs: number | undefined
  private readonly restarts: Backoff
  private attempt = 0

  constructor(
    private readonly node: NodeContext,
    private readonly host: RunnerHost,
    readonly container: Container,
    init: boolean,
  ) {
    const waits = !init && (host.pod.spec.initContainers?.length ?? 0) > 0
    this.status = waitingStatus(container.name, container.image ?? '', waits ? 'PodInitializing' : 'ContainerCreating')
    this.restarts = new Backoff(node.backoffBaseMs)
  }

  /** Runs until the container has ended for good, by its pod's restart policy, or the pod stops. */
  async run(policy: string): Promise<void> {
    while (!this.host.stopping.aborted) {
      const begun = this.node.now().getTime()
      if (!(await this.runOnce())) return
      const { exitCode } = this.status.state.terminated!
      const again = policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
      if (!again || this.host.stopping.aborted) return
      await this.backOff(this.node.now().getTime() - begun)
    }
  }

  /** Ends the process, with SIGKILL after the grace. */
  stop(graceMs: number): void {
    this.graceMs = graceMs
    this.process?.terminate(graceMs)
  }

  get running(): boolean {
    return this.process !== undefined
  }

  /** True once a process has ended; false where the pod stopped before one was started. */
  private async runOnce(): Promise<boolean> {
    if (!(await this.untilImage())) return false
    const env = await this.untilConfigured()
    if (!env) return false
    await this.execute(env)
    return true
  }

  private async untilImage(): Promise<boolean> {
    const { image = '', imagePullPolicy, name } = this.container
    const backoff = new Backoff(this.node.backoffBaseMs)
    for (;;) {
      if (this.host.stopping.aborted) return false
      const problem = imageProblem(image, imagePullPolicy, this.node.images)
      if (!problem) break
      if (problem.reason !== 'ErrImagePull') {
        const reason = problem.reason === 'InvalidImageName' ? 'InspectFailed' : problem.reason
        this.host.event('Warning', reason, problem.message, name)
        this.fail(problem.reason, problem.message, problem.reason)
        await pause(this.node.backoffBaseMs, this.host.stopping)
        continue
      }
      this.host.event('Normal', 'Pulling', `Pulling image ${JSON.stringify(image)}`, name)
      this.host.event('Warning', 'Failed', `Failed to pull image ${JSON.stringify(image)}: ${problem.message}`, name)
      this.fail('ErrImagePull', problem.message, 'ErrImagePull')
      await pause(this.node.backoffBaseMs * retryShare, this.host.stopping)
      if (this.host.stopping.aborted) return false
      this.host.event('Normal', 'BackOff', `Back-off pulling image ${JSON.stringify(image)}`, name)
      this.fail('ImagePullBackOff', `Back-off pulling image ${JSON.stringify(image)}`, 'ImagePullBackOff')
      await pause(backoff.next(), this.host.stopping)
    }
    this.host.event('Normal', 'Pulled', `Container image ${JSON.stringify(image)} already present on machine`, name)
    return true
  }

  private async untilConfigured(): Promise<Record<string, string> | undefined> {
    while (!this.host.stopping.aborted) {
      try {
        return containerEnv(this.node.store, this.host.pod, this.container)
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        this.fail('CreateContainerConfigError', error.message, error.message)
        await pause(this.node.backoffBaseMs * retryShare, this.host.stopping)
      }
    }
    return undefined
  }

  private fail(reason: string, message: string, eventText: string): void {
    this.host.event('Warning', 'Failed', `Error: ${eventText}`, this.container.name)
    this.setState({ waiting: { reason, message } })
  }

  private async execute(env: Record<string, string>): Promise<void> {
    const { name } = this.container
    const containerID = `sandbox://${randomHex(32)}`
    const log = this.node.logs.open({ uid: this.host.pod.metadata.uid, container: name, attempt: this.attempt })
    const tail = new TailKeeper()
    let startedAt = timeText(new Date(0))
    try {
      const options = await this.prepare(env)
      this.host.event('Normal', 'Created', `Created container ${name}`, name)
      const process = startProcess({
        ...options,
        onOutput(stream, chunk) {
          log.write(stream, chunk)
          tail.push(chunk)
        },
      })
      this.process = process
      this.node.guard?.started(process.pid)
      startedAt = timeText(this.node.now())
      this.host.event('Normal', 'Started', `Started container ${name}`, name)
      this.status = {
        ...this.status,
        containerID,
        imageID: `sandbox://${this.container.image}`,
        started: true,
        ready: true,
      }
      this.setState({ running: { startedAt } })
      // The pod may have been stopped while the folder was made.
      if (this.host.stopping.aborted) process.terminate(this.graceMs ?? 0)
      const { code } = await process.ended
      this.node.guard?.ended(process.pid)
      this.process = undefined
      log.end()
      const message =
        code !== 0 && this.container.terminationMessagePolicy === 'FallbackToLogsOnError' ? tail.text() : undefined
      this.terminated({ exitCode: code, reason: code === 0 ? 'Completed' : 'Error', message, startedAt, containerID })
    } catch (error) {
      log.end()
      if (!(error instanceof StartError)) throw error
      this.host.event('Warning', 'Failed', `Error: ${error.message}`, name)
      this.terminated({ exitCode: 128, reason: 'StartError', message: error.message, startedAt, containerID })
    }
  }

  private async prepare(
    env: Record<string, string>,
  ): Promise<{ command: string[]; folder: string; cwd: string; env: Record<string, string> }> {
    const { pod } = this.host
    const { command = [], args = [], image = '', workingDir } = this.container
    if (command.length + args.length === 0) {
      throw new StartError(
        `the sandbox does not know the entrypoint of image ${JSON.stringify(image)}: give the container a command`,
      )
    }
    const folder = await makeFolder({
      directory: this.node.directory,
      namespace: pod.metadata.namespace ?? 'default',
      pod: pod.metadata.name,
      container: this.container.name,
      imageRoot: imageRootOf(image, this.node.images.imageRoots),
      attempt: this.attempt,
    }).catch((error: Error) => {
      throw new StartError(`the container's folder could not be made: ${error.message}`)
    })
    const base = {
      PATH: this.node.searchPath,
      HOME: folder,
      TMPDIR: path.join(folder, '.tmp'),
      HOSTNAME: pod.spec.hostname ?? pod.metadata.name,
    }
    return {
      command: [...command, ...args].map((text) => expand(text, env)),
      folder,
      cwd: inside(folder, workingDir),
      env: { ...base, ...env },
    }
  }

  private terminated(end: {
    exitCode: number
    reason: string
    message?: string
    startedAt: string
    containerID: string
  }): void {
    this.status = { ...this.status, ready: false, started: false, containerID: end.containerID }
    const { message, ...rest } = end
    this.setState({ terminated: { ...rest, ...(message ? { message } : {}), finishedAt: timeText(this.node.now()) } })
  }

  /** The first restart comes at once, later ones after doubling delays. */
  private async backOff(ranMs: number): Promise<void> {
    const first = this.attempt === 0 || ranMs > calmMs
    this.attempt++
    const lastState = this.status.state
    this.status = { ...this.status, lastState, restartCount: this.attempt }
    if (first) return
    const { pod } = this.host
    const delay = this.restarts.next()
    const message = `back-off ${Math.round(delay / 1000)}s restarting failed container=${this.container.name} pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`
    this.host.event('Warning', 'BackOff', 'Back-off restarting failed container', this.container.name)
    this.status = { ...this.status, restartCount: this.attempt - 1 }
    this.setState({ waiting: { reason: 'CrashLoopBackOff', message } })
    await pause(delay, this.host.stopping)
    this.status = { ...this.status, restartCount: this.attempt }
  }

  private setState(state: ContainerState): void {
    this.status = { ...this.status, state }
    this.host.changed()
  }
}

/** The working directory within the container's folder; an absolute one is taken from there. */
function inside(folder: string, workingDir: string | undefined): string {
  if (!workingDir) return folder
  return path.join(folder, path.posix.normalize(`/${workingDir}`))
}
