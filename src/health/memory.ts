/** Kills for memory, counted for each worker: which are over, which a retry got over, which come again and again. */
import type { Pod } from '../cluster/types.js'
import type { JobView } from './index-snapshot.js'
import { isCurrent } from './phase.js'
import type { Trouble } from './trouble.js'
import type { Cause } from './types.js'

/** Memory kills of one worker after which it is not expected to make it. */
const memoryLimit = 2
const indexKey = 'batch.kubernetes.io/job-completion-index'

/** The kills of one worker: of a completion index, or of a whole Job that has none. */
interface Kills {
  causes: Cause[]
  /** The pod that runs after the last kill. */
  runs: string | null
}

/**
 * What kills for memory mean for a Job that goes on, the worst first: again and again; once, with nothing running since;
 * once, and a retry runs (`outlived`). Null where there were none, or only at indexes that have succeeded.
 */
export function memoryTrouble(view: JobView, causes: readonly Cause[]): Trouble | null {
  const workers = [...killsOf(view, causes)]
  const repeated = workers.find((kills) => kills.causes.length >= memoryLimit)
  if (repeated) return { cause: { ...repeated.causes[0]!, certainty: 'definite' }, current: true }
  const once = workers.find(({ runs }) => runs === null) ?? workers[0]
  if (!once) return null
  const cause: Cause = { ...once.causes[0]!, certainty: 'possible' }
  if (once.runs === null) return { cause, current: true }
  const message = `${cause.message}; tried again, and ${once.runs} runs`
  return { cause: { ...cause, message }, current: true, outlived: true }
}

/** True for a kill after which the same container runs again. */
export function isOutlived(cause: Cause, view: JobView): boolean {
  if (cause.class !== 'memory' || cause.certainty === 'definite') return false
  const pod = view.pods.find(({ metadata }) => metadata.name === cause.pod)
  const { initContainerStatuses = [], containerStatuses = [] } = pod?.status ?? {}
  return [...initContainerStatuses, ...containerStatuses].some(
    ({ name, state }) => name === cause.container && state?.running !== undefined,
  )
}

function killsOf({ pods }: JobView, causes: readonly Cause[]): Iterable<Kills> {
  const byName = new Map(pods.map((pod) => [pod.metadata.name, pod]))
  const done = new Set(pods.filter((pod) => pod.status?.phase === 'Succeeded').map(indexOf))
  const workers = new Map<string, Kills>()
  for (const cause of causes) {
    const pod = byName.get(cause.pod ?? '')
    const index = pod ? indexOf(pod) : ''
    // Without an index no pod stands for another: a success says nothing about the pod that was killed.
    if (cause.class !== 'memory' || (index !== '' && done.has(index))) continue
    const kills = workers.get(index) ?? { causes: [], runs: runningAt(pods, index) }
    kills.causes.push(cause)
    workers.set(index, kills)
  }
  return workers.values()
}

function indexOf({ metadata }: Pod): string {
  return metadata.annotations?.[indexKey] ?? ''
}

function runningAt(pods: readonly Pod[], index: string): string | null {
  const found = pods.find((pod) => isCurrent(pod) && indexOf(pod) === index && pod.status?.phase === 'Running')
  return found?.metadata.name ?? null
}
