/** What kubectl's table says of a pod. */
import type { ContainerState, ContainerStatus, Pod } from '../store/objects.js'

const statusesOf = (pod: Pod): ContainerStatus[] => pod.status.containerStatuses ?? []

/** The sum of the containers' restarts. */
export function podRestarts(pod: Pod): number {
  return statusesOf(pod).reduce((sum, status) => sum + status.restartCount, 0)
}

/** `1/2`: ready containers of all. */
export function podReady(pod: Pod): string {
  return `${statusesOf(pod).filter((status) => status.ready).length}/${pod.spec.containers.length}`
}

/** The word in the STATUS column: the containers' reason before the phase. */
export function podWord(pod: Pod): string {
  if (pod.metadata.deletionTimestamp) return 'Terminating'
  const init = (pod.status.initContainerStatuses ?? []).find(({ state }) => state.terminated?.exitCode !== 0)
  if (init) return `Init:${reasonOf(init.state) ?? '0/1'}`
  const reasons = [...statusesOf(pod)].map(({ state }) => reasonOf(state)).filter((reason) => reason !== undefined)
  return reasons[0] ?? pod.status.reason ?? pod.status.phase
}

function reasonOf({ waiting, terminated }: ContainerState): string | undefined {
  if (waiting) return waiting.reason === 'PodInitializing' ? undefined : waiting.reason
  return terminated && (terminated.reason || `ExitCode:${terminated.exitCode}`)
}
