/** Causes in a container's state: why it waits, how it ended. */
import type { ContainerState, ContainerStatus } from '../cluster/types.js'
import { fixImage, fixMissing, missingObject, registryRefused, signalName } from './fix.js'
import { firstSeen, lastSeen } from './index-snapshot.js'
import {
  containerSpec,
  firstEvent,
  logCommand,
  makeCause,
  namespaceOf,
  startedWaiting,
  timeOf,
  type PodContext,
} from './trouble.js'
import type { Cause } from './types.js'

interface ContainerContext extends PodContext {
  status: ContainerStatus
  init: boolean
}

type Terminated = NonNullable<ContainerState['terminated']>
type Waiting = { reason: string; message: string }

const startFailures = new Set([
  'CreateContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
  'RunContainerError',
  'StartError',
  'ContainerCannotRun',
])
const imageTroubles = new Set(['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable', 'ImageInspectError'])
const imagePermanent = new Set(['InvalidImageName', 'ErrImageNeverPull', 'SignatureValidationFailed'])
const mountEvents = ['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox', 'NetworkNotReady']
/** Restarts after which a crash loop is no accident. */
const crashLimit = 5
/** Memory kills after which more memory is needed. */
const memoryLimit = 2

/** The first trouble of the pod's containers, init containers before the others, or null. */
export function containerCause(context: PodContext): Cause | null {
  const { initContainerStatuses = [], containerStatuses = [] } = context.pod.status ?? {}
  for (const status of initContainerStatuses) {
    const cause = causeOfStatus({ ...context, status, init: true })
    if (cause) return cause
  }
  for (const status of containerStatuses) {
    const cause = causeOfStatus({ ...context, status, init: false })
    if (cause) return cause
  }
  return null
}

function causeOfStatus(context: ContainerContext): Cause | null {
  const { state = {}, lastState = {} } = context.status
  if (state.terminated && restartsAfter(context, state.terminated)) {
    const waiting = { reason: state.terminated.reason ?? 'Error', message: '' }
    return crashLoopCause(context, waiting, state.terminated)
  }
  if (state.terminated) return terminatedCause(context, state.terminated)
  if (state.waiting) {
    const waiting = { reason: state.waiting.reason ?? '', message: state.waiting.message ?? '' }
    return waitingCause(context, waiting, lastState.terminated)
  }
  const killed = lastState.terminated?.reason === 'OOMKilled' ? lastState.terminated : undefined
  return killed ? terminatedCause(context, killed) : null
}

/** True between the end of a container and its next start, for a Job with restartPolicy OnFailure. */
function restartsAfter({ pod, status }: ContainerContext, ended: Terminated): boolean {
  return ended.exitCode !== 0 && pod.status?.phase === 'Running' && (status.restartCount ?? 0) > 0
}

function waitingCause(context: ContainerContext, waiting: Waiting, last: Terminated | undefined): Cause | null {
  const { reason } = waiting
  if (imagePermanent.has(reason)) return imageNameCause(context, waiting)
  if (imageTroubles.has(reason)) return imageCause(context, waiting)
  if (reason === 'CreateContainerConfigError') return configCause(context, waiting)
  if (reason === 'CrashLoopBackOff') return crashLoopCause(context, waiting, last)
  if (startFailures.has(reason)) return startCause(context, waiting.reason, waiting.message)
  return mountCause(context)
}

function imageOf({ job, status }: ContainerContext): string {
  return containerSpec(job, status.name)?.image ?? 'the image'
}

function base({ pod, status, init }: ContainerContext) {
  return { pod: pod.metadata.name, container: status.name, since: startedWaiting(pod, init) }
}

function imageNameCause(context: ContainerContext, { reason, message }: Waiting): Cause {
  const image = imageOf(context)
  const event = firstEvent(context.events, ['InspectFailed', 'ErrImageNeverPull'])
  const fix =
    reason === 'InvalidImageName'
      ? `"${image}" is not a valid image name: write it in lower case without blanks, as registry/name:tag.`
      : reason === 'ErrImageNeverPull'
        ? `Load ${image} into the node, or set imagePullPolicy to IfNotPresent.`
        : `Sign ${image}, or correct the node's signature policy.`
  return makeCause({
    ...base(context),
    class: 'permanent',
    certainty: 'definite',
    reason,
    message: event?.message ?? (message || reason),
    fix,
  })
}

function imageCause(context: ContainerContext, { reason, message }: Waiting): Cause {
  const image = imageOf(context)
  // Later messages say just "Back-off pulling image"; what the registry said is in the first event.
  const bare = message === '' || /^Back-off pulling image "[^"]*"\.?$/.test(message)
  const event = bare ? firstEvent(context.events, ['Failed', 'InspectFailed'], /^Failed to/) : null
  const full = (event?.message ?? (message || reason)).replace(/rpc error: code = \w+ desc = /g, '')
  return makeCause({
    ...base(context),
    class: 'image',
    certainty: registryRefused(full.replaceAll(image, '')) ? 'likely' : 'possible',
    reason,
    message: full,
    fix: fixImage(image, full.replaceAll(image, '')),
  })
}

function configCause(context: ContainerContext, { reason, message }: Waiting): Cause {
  if (/failed to sync .* cache/i.test(message)) {
    const fix = 'The node is still reading the Secret or ConfigMap; this passes by itself.'
    return makeCause({ ...base(context), class: 'transient', reason, message, fix })
  }
  const missing = missingObject(message, namespaceOf(context.job))
  const rootOnly = /runAsNonRoot/.test(message)
  const fix = missing
    ? fixMissing(missing)
    : rootOnly
      ? `${imageOf(context)} runs as root: set securityContext.runAsUser, or use an image with another user.`
      : 'Correct the env, envFrom or securityContext that the message names.'
  const certainty = rootOnly ? 'definite' : 'possible'
  return makeCause({ ...base(context), class: 'config', certainty, reason, message: message || reason, fix })
}

const notThere =
  /executable file not found|no such file or directory|exec format error|permission denied|not a directory/i

function startCause(context: ContainerContext, reason: string, message: string): Cause {
  const event = message ? null : firstEvent(context.events, ['Failed'], /./)
  const full = message || event?.message || reason
  const command = /exec: \\?"([^"\\]+)\\?"/.exec(full)?.[1]
  const hopeless = notThere.test(full)
  const fix = hopeless
    ? `Command ${command ? `"${command}" ` : ''}cannot run in ${imageOf(context)}: correct command in the Job, or the image.`
    : 'The node could not start the container: read the message, then kubectl describe the pod.'
  return makeCause({
    ...base(context),
    class: hopeless ? 'permanent' : 'crash',
    certainty: hopeless || (context.status.restartCount ?? 0) > 0 ? 'definite' : 'likely',
    reason,
    message: full,
    fix,
  })
}

function crashLoopCause(context: ContainerContext, waiting: Waiting, last: Terminated | undefined): Cause {
  const restarts = context.status.restartCount ?? 0
  const cause = last ? terminatedCause(context, last) : null
  const event = firstEvent(context.events, ['BackOff'])
  const since = (event && firstSeen(event)) ?? cause?.since ?? startedWaiting(context.pod, context.init)
  if (cause === null)
    return makeCause({
      ...base(context),
      class: 'crash',
      reason: waiting.reason,
      message: waiting.message || 'the container ends and is started again',
      since,
      fix: `See why it ends: ${logCommand(context, context.status.name)} --previous`,
    })
  const certainty = cause.certainty === 'definite' || restarts >= crashLimit ? 'definite' : 'possible'
  const message = `${cause.message}; started again ${restarts} times`
  const fix = cause.class === 'crash' ? `${cause.fix} --previous` : cause.fix
  return { ...cause, certainty, message, since, fix, reason: cause.class === 'crash' ? waiting.reason : cause.reason }
}

/** How a container ended, as a cause; null for exit code 0. */
function terminatedCause(context: ContainerContext, ended: Terminated): Cause | null {
  if (ended.exitCode === 0) return null
  const reason = ended.reason ?? 'Error'
  if (startFailures.has(reason)) return { ...startCause(context, reason, ended.message ?? ''), ...ending(ended) }
  if (reason === 'OOMKilled') return memoryCause(context, ended)
  const shared = { ...base(context), ...ending(ended), reason }
  if (reason === 'ContainerStatusUnknown')
    return makeCause({
      ...shared,
      class: 'node',
      message: ended.message || 'the node lost the container',
      fix: 'The node went away while the container ran: see kubectl get nodes.',
    })
  return makeCause({ ...shared, class: 'crash', message: endMessage(ended), fix: crashFix(context, ended) })
}

function ending(ended: Terminated): Pick<Cause, 'exitCode' | 'signal' | 'since'> {
  return { exitCode: ended.exitCode, signal: signalOf(ended), since: ended.finishedAt ?? null }
}

/** The signal that ended a container; shells and runtimes add 128 to it. */
function signalOf({ signal, exitCode }: Terminated): number | null {
  if (signal) return signal
  return exitCode > 128 && exitCode < 160 ? exitCode - 128 : null
}

function endMessage(ended: Terminated): string {
  const signal = signalOf(ended)
  const how = signal === null ? `exit code ${ended.exitCode}` : `exit code ${ended.exitCode} (${signalName(signal)})`
  const last = ended.message?.trim().split('\n').at(-1)
  return last ? `${how}: ${last}` : how
}

function crashFix(context: ContainerContext, ended: Terminated): string {
  const limit = containerSpec(context.job, context.status.name)?.resources?.limits?.memory
  const log = logCommand(context, context.status.name)
  if (signalOf(ended) === 9 && limit)
    return `Most likely killed at its memory limit of ${limit}: raise it, or see ${log}`
  return `See why in its log: ${log}`
}

function memoryCause(context: ContainerContext, ended: Terminated): Cause {
  const limit = containerSpec(context.job, context.status.name)?.resources?.limits?.memory
  const repeated = (context.status.restartCount ?? 0) >= memoryLimit
  return makeCause({
    ...base(context),
    ...ending(ended),
    class: 'memory',
    certainty: repeated ? 'definite' : 'possible',
    reason: 'OOMKilled',
    message: limit ? `killed at its memory limit of ${limit}` : 'killed because the node had no memory left',
    fix: limit
      ? `Raise resources.limits.memory above ${limit}, or use less.`
      : 'Set a memory request that the work fits in.',
  })
}

/** Volumes and network are there once a container has started or an image is pulled. */
function isPastMounting({ pod, events }: ContainerContext): boolean {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {}
  if ([...initContainerStatuses, ...containerStatuses].some(({ state }) => state?.running ?? state?.terminated))
    return true
  const last = (reasons: string[]): number =>
    Math.max(0, ...events.filter(({ reason = '' }) => reasons.includes(reason)).map((event) => timeOf(lastSeen(event))))
  return last(['Pulling', 'Pulled', 'Created']) > last(mountEvents)
}

/** A container that is still being made, with the events that say what is in the way; null when all is in order. */
function mountCause(context: ContainerContext): Cause | null {
  if (isPastMounting(context)) return null
  const event =
    firstEvent(context.events, mountEvents, /not found|non-existent/i) ?? firstEvent(context.events, mountEvents)
  if (event === null) return null
  const message = event.message ?? ''
  const missing = missingObject(message, namespaceOf(context.job))
  return makeCause({
    ...base(context),
    class: missing ? 'config' : 'transient',
    reason: event.reason ?? '',
    message,
    fix: missing
      ? fixMissing(missing)
      : `See kubectl describe pod -n ${namespaceOf(context.job)} ${context.pod.metadata.name}`,
  })
}
