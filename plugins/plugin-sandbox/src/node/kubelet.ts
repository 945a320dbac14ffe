/** The node: runs the pods that the scheduler gave it, ends those that are deleted. */
import { nodeName } from '../control/events.js'
import type { EventRecorder } from '../control/events.js'
import { isTerminal } from '../store/objects.js'
import type { Pod } from '../store/objects.js'
import type { Change } from '../store/store.js'
import type { NodeContext } from './container-runner.js'
import { PodRunner } from './pod-runner.js'

export class Kubelet {
  private readonly runners = new Map<string, PodRunner>()
  private unsubscribe: () => void = () => undefined

  constructor(
    private readonly node: NodeContext & { onError(error: unknown): void },
    private readonly events: EventRecorder,
  ) {}

  start(): void {
    this.unsubscribe = this.node.store.subscribe((change) => this.onChange(change))
  }

  /** Ends every pod and waits until nothing runs; SIGKILL comes after `graceMs` at the latest. */
  async stop(graceMs: number): Promise<void> {
    this.unsubscribe()
    const runners = [...this.runners.values()]
    for (const runner of runners) runner.stop(graceMs)
    await Promise.all(runners.map((runner) => runner.finished.catch(() => undefined)))
  }

  private onChange({ resource, type, object }: Change): void {
    if (resource !== 'pods') return
    const pod = object as unknown as Pod
    const runner = this.runners.get(pod.metadata.uid)
    if (type === 'DELETED') runner?.stop(0)
    else if (pod.metadata.deletionTimestamp) this.remove(pod, runner)
    else if (!runner && pod.spec.nodeName === nodeName && !isTerminal(pod)) this.run(pod)
  }

  private run(pod: Pod): void {
    const { uid } = pod.metadata
    const runner = new PodRunner(this.node, this.events, pod)
    this.runners.set(uid, runner)
    runner.start()
    runner.finished.catch((error: unknown) => this.node.onError(error)).finally(() => this.runners.delete(uid))
  }

  /** A pod that is being deleted is taken out of the store when its processes are gone. */
  private remove(pod: Pod, runner: PodRunner | undefined): void {
    const grace = (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000
    const take = () => {
      const stored = this.node.store.get('pods', pod.metadata.namespace, pod.metadata.name)
      if (stored?.metadata.uid === pod.metadata.uid)
        this.node.store.remove('pods', pod.metadata.namespace, pod.metadata.name)
    }
    if (!runner) return void setImmediate(take)
    const first = !runner.stopping.aborted
    runner.stop(grace)
    if (first) void runner.finished.catch(() => undefined).then(take)
  }
}
