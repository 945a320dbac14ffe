/** One pod on the node: its containers run, its status kept up to date. */
import { sameJson } from '../patch/json-patch.js'
import { isTerminal } from '../store/objects.js'
import type { ContainerStatus, KubeObject, Pod } from '../store/objects.js'
import type { EventRecorder } from '../control/events.js'
import { ContainerRunner } from './container-runner.js'
import type { NodeContext, RunnerHost } from './container-runner.js'
import { podStatus } from './pod-status.js'
import type { PodEnd } from './pod-status.js'

export class PodRunner implements RunnerHost {
  readonly stopping: AbortSignal
  private readonly stopper = new AbortController()
  private readonly init: ContainerRunner[]
  private readonly main: ContainerRunner[]
  private done = false
  private end: PodEnd | undefined
  /** Resolves when nothing of the pod runs any more. */
  finished: Promise<void> = Promise.resolve()

  constructor(
    private readonly node: NodeContext,
    private readonly events: EventRecorder,
    readonly pod: Pod,
  ) {
    this.stopping = this.stopper.signal
    this.init = (pod.spec.initContainers ?? []).map((container) => new ContainerRunner(node, this, container, true))
    this.main = pod.spec.containers.map((container) => new ContainerRunner(node, this, container, false))
  }

  start(): void {
    this.finished = this.run()
  }

  /** Ends the pod: SIGTERM now, SIGKILL after the grace. */
  stop(graceMs: number, end?: PodEnd): void {
    this.end ??= end
    this.stopper.abort()
    for (const runner of [...this.init, ...this.main]) {
      if (runner.running)
        this.event('Normal', 'Killing', `Stopping container ${runner.container.name}`, runner.container.name)
      runner.stop(graceMs)
    }
  }

  private async run(): Promise<void> {
    this.changed()
    const seconds = this.pod.spec.activeDeadlineSeconds
    const timer = seconds === undefined ? undefined : setTimeout(() => this.onDeadline(), seconds * 1000)
    try {
      if (await this.runInit())
        await Promise.all(this.main.map((runner) => runner.run(this.pod.spec.restartPolicy ?? 'Always')))
    } catch (error) {
      this.end ??= { reason: 'SandboxError', message: (error as Error).message }
      throw error
    } finally {
      clearTimeout(timer)
      this.done = !this.stopping.aborted || this.main.every((runner) => runner.status.state.terminated)
      this.changed()
    }
  }

  private async runInit(): Promise<boolean> {
    const policy = this.pod.spec.restartPolicy === 'Never' ? 'Never' : 'OnFailure'
    for (const runner of this.init) {
      await runner.run(policy)
      if (runner.status.state.terminated?.exitCode !== 0) return false
    }
    return !this.stopping.aborted
  }

  private onDeadline(): void {
    const grace = (this.pod.spec.terminationGracePeriodSeconds ?? 30) * 1000
    this.stop(grace, {
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    })
  }

  /** Writes the status to the store, if it is another one. */
  changed(): void {
    const { namespace, name, uid } = this.pod.metadata
    const stored = this.node.store.get('pods', namespace, name) as unknown as Pod | undefined
    if (stored?.metadata.uid !== uid || isTerminal(stored)) return
    const statuses = (runners: ContainerRunner[]): ContainerStatus[] => runners.map((runner) => runner.status)
    const containers = { init: statuses(this.init), main: statuses(this.main) }
    // A pod that a deadline ends is Failed only when its processes are gone.
    const end = this.done || !this.anyRunning() ? this.end : undefined
    const status = podStatus(stored, containers, this.node.now(), { done: this.done, end })
    if (!sameJson(status, stored.status)) this.node.store.put('pods', { ...stored, status } as unknown as KubeObject)
  }

  private anyRunning(): boolean {
    return [...this.init, ...this.main].some((runner) => runner.running)
  }

  event(type: 'Normal' | 'Warning', reason: string, message: string, container: string): void {
    const list = this.pod.spec.initContainers?.some((each) => each.name === container) ? 'initContainers' : 'containers'
    this.events.record({
      about: this.pod as unknown as KubeObject,
      type,
      reason,
      message,
      component: 'kubelet',
      fieldPath: `spec.${list}{${container}}`,
    })
  }
}
