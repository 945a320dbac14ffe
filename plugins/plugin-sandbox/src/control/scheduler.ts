/** Gives pods to the one node, as far as it has room. */
import { parseQuantity } from '../kinds/quantity.js'
import { timeText } from '../store/names.js'
import { isTerminal } from '../store/objects.js'
import type { Condition, KubeObject, Pod } from '../store/objects.js'
import type { Change, Store } from '../store/store.js'
import { nodeName } from './events.js'
import type { EventRecorder } from './events.js'
import { WorkQueue } from './work-queue.js'

export interface Capacity {
  cpu: number
  /** Bytes. */
  memory: number
  pods: number
}

export interface SchedulerOptions {
  store: Store
  events: EventRecorder
  now(): Date
  capacity: Capacity
  onError(error: unknown): void
}

const nodeLabels: Record<string, string> = {
  'kubernetes.io/hostname': nodeName,
  'kubernetes.io/os': process.platform,
  'kubernetes.io/arch': process.arch === 'x64' ? 'amd64' : process.arch,
}

export class Scheduler {
  private readonly queue: WorkQueue
  private unsubscribe: () => void = () => undefined
  /** Requests of each pod that the node has taken, by uid. */
  private readonly taken = new Map<string, Record<string, number>>()
  private readonly waiting = new Set<string>()

  constructor(private readonly options: SchedulerOptions) {
    this.queue = new WorkQueue((key) => this.schedule(key), options)
  }

  start(): void {
    this.unsubscribe = this.options.store.subscribe((change) => this.onChange(change))
  }

  stop(): void {
    this.unsubscribe()
    this.queue.stop()
  }

  private onChange({ resource, type, object }: Change): void {
    if (resource !== 'pods') return
    const pod = object as unknown as Pod
    const key = `${object.metadata.namespace}/${object.metadata.name}`
    if (type === 'DELETED' || isTerminal(pod)) {
      this.waiting.delete(key)
      // Room came free: those that wait are looked at again.
      if (this.taken.delete(object.metadata.uid)) for (const waiting of this.waiting) this.queue.add(waiting)
    } else if (!pod.spec.nodeName && !this.waiting.has(key)) this.queue.add(key)
  }

  private schedule(key: string): void {
    const { store } = this.options
    const [namespace, name] = key.split('/') as [string, string]
    const pod = store.get('pods', namespace, name) as unknown as Pod | undefined
    if (
      !pod ||
      pod.spec.nodeName ||
      pod.metadata.deletionTimestamp ||
      (pod.spec.schedulingGates as unknown[] | undefined)?.length
    )
      return
    const requests = requestsOf(pod)
    const obstacle = this.obstacle(pod, requests)
    if (obstacle) return this.refuse(key, pod, obstacle)
    this.waiting.delete(key)
    this.taken.set(pod.metadata.uid, requests)
    const condition = this.condition({ status: 'True' })
    const bound = {
      ...pod,
      spec: { ...pod.spec, nodeName },
      status: { ...pod.status, conditions: [condition] },
    } as unknown as KubeObject
    // The event comes first: who sees the pod bound finds it.
    this.event(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${nodeName}`)
    store.put('pods', bound)
  }

  private obstacle(pod: Pod, requests: Record<string, number>): string | undefined {
    const { capacity } = this.options
    const selector = Object.entries(pod.spec.nodeSelector ?? {})
    if (selector.some(([key, value]) => nodeLabels[key] !== value))
      return "node(s) didn't match Pod's node affinity/selector"
    if (this.taken.size >= capacity.pods) return 'Too many pods'
    const room: Record<string, number> = { cpu: capacity.cpu, memory: capacity.memory, 'ephemeral-storage': Infinity }
    for (const each of this.taken.values())
      for (const [name, amount] of Object.entries(each)) room[name] = (room[name] ?? 0) - amount
    const short = Object.entries(requests).find(([name, amount]) => amount > 0 && amount > (room[name] ?? 0) + 1e-9)
    return short && `Insufficient ${short[0]}`
  }

  private refuse(key: string, pod: Pod, obstacle: string): void {
    this.waiting.add(key)
    const message = `0/1 nodes are available: 1 ${obstacle}.`
    const condition = this.condition({ status: 'False', reason: 'Unschedulable', message })
    const before = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')
    this.event(pod, 'Warning', 'FailedScheduling', message)
    if (before?.message === message) return
    this.options.store.put('pods', {
      ...pod,
      status: { ...pod.status, conditions: [condition] },
    } as unknown as KubeObject)
  }

  private condition(given: Pick<Condition, 'status' | 'reason' | 'message'>): Condition {
    return { type: 'PodScheduled', lastProbeTime: null, lastTransitionTime: timeText(this.options.now()), ...given }
  }

  private event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const action = reason === 'Scheduled' ? 'Binding' : 'Scheduling'
    this.options.events.record({
      about: pod as unknown as KubeObject,
      type,
      reason,
      message,
      component: 'default-scheduler',
      action,
    })
  }
}

/** What a pod asks for: the sum of its containers, or the largest init container where that is more. */
function requestsOf(pod: Pod): Record<string, number> {
  const total: Record<string, number> = {}
  for (const container of pod.spec.containers) {
    for (const [name, text] of Object.entries(container.resources?.requests ?? {}))
      total[name] = (total[name] ?? 0) + (parseQuantity(text) ?? 0)
  }
  for (const container of pod.spec.initContainers ?? []) {
    for (const [name, text] of Object.entries(container.resources?.requests ?? {}))
      total[name] = Math.max(total[name] ?? 0, parseQuantity(text) ?? 0)
  }
  return total
}
