/** A pod's status from what its containers are doing. */
import { timeText } from '../store/names.js'
import type { Condition, ContainerStatus, Pod, PodStatus } from '../store/objects.js'

export const loopback = '127.0.0.1'

/** A container that has not been started. */
export function waitingStatus(name: string, image: string, reason: string): ContainerStatus {
  return {
    name,
    state: { waiting: { reason } },
    lastState: {},
    ready: false,
    restartCount: 0,
    image,
    imageID: '',
    started: false,
  }
}

/** Why a pod has ended, where it is not its containers' doing. */
export interface PodEnd {
  reason: string
  message: string
}

/** The status that these container statuses make, conditions' times kept where nothing changed. */
export function podStatus(
  pod: Pod,
  containers: { init: ContainerStatus[]; main: ContainerStatus[] },
  now: Date,
  options: { done: boolean; end?: PodEnd },
): PodStatus {
  const phase = phaseOf(containers, options)
  const unready = containers.main.filter((status) => !status.ready).map((status) => status.name)
  const completed = phase === 'Succeeded' ? 'PodCompleted' : undefined
  const initialized = containers.init.every((status) => status.state.terminated?.exitCode === 0)
  const why = completed
    ? { reason: completed }
    : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` }
  const ready: Pick<Condition, 'status' | 'reason' | 'message'> =
    unready.length === 0 ? { status: 'True' } : { status: 'False', ...why }
  const uninitialized = containers.init
    .filter((status) => status.state.terminated?.exitCode !== 0)
    .map((status) => status.name)
  const conditions: [string, Pick<Condition, 'status' | 'reason' | 'message'>][] = [
    [
      'Initialized',
      initialized
        ? { status: 'True', ...(completed ? { reason: completed } : {}) }
        : {
            status: 'False',
            reason: 'ContainersNotInitialized',
            message: `containers with incomplete status: [${uninitialized.join(' ')}]`,
          },
    ],
    ['Ready', ready],
    ['ContainersReady', ready],
    ['PodScheduled', { status: 'True' }],
  ]
  return {
    phase,
    conditions: conditions.map(([type, state]) => condition(pod, type, state, now)),
    ...(options.end ?? {}),
    hostIP: loopback,
    podIP: loopback,
    podIPs: [{ ip: loopback }],
    startTime: pod.status.startTime ?? timeText(now),
    ...(containers.init.length > 0 ? { initContainerStatuses: containers.init } : {}),
    containerStatuses: containers.main,
    qosClass: pod.status.qosClass,
  }
}

function phaseOf(
  { init, main }: { init: ContainerStatus[]; main: ContainerStatus[] },
  { done, end }: { done: boolean; end?: PodEnd },
): PodStatus['phase'] {
  if (end) return 'Failed'
  const codes = [...init, ...main].map((status) => status.state.terminated?.exitCode)
  if (done) return codes.every((code) => code === 0) ? 'Succeeded' : 'Failed'
  const begun = main.some((status) => status.state.running ?? status.state.terminated ?? status.lastState.terminated)
  return begun ? 'Running' : 'Pending'
}

function condition(
  pod: Pod,
  type: string,
  state: Pick<Condition, 'status' | 'reason' | 'message'>,
  now: Date,
): Condition {
  const before = pod.status.conditions?.find((each) => each.type === type)
  const lastTransitionTime = before?.status === state.status ? before.lastTransitionTime : timeText(now)
  return {
    type,
    status: state.status,
    lastProbeTime: null,
    lastTransitionTime,
    ...(state.reason ? { reason: state.reason } : {}),
    ...(state.message ? { message: state.message } : {}),
  }
}
