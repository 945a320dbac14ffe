/** The pods of Jobs: labels are on the pod template, but a selector may be met by the Jobs alone. */
import type { Job } from '../session/job.js'
import type { CallOptions, Pod, Reader } from './types.js'

/** Job names per request; a selector is part of the URL, and servers limit its length. */
const namesPerRequest = 50

export interface PodsOptions extends CallOptions {
  jobs: Job[]
  namespace: string
  selector: string
}

/** The Job that owns a pod, by uid. */
export function jobOfPod(pod: Pod, jobs: Job[]): Job | undefined {
  const owner = pod.metadata.ownerReferences?.find((reference) => reference.kind === 'Job')
  return owner && jobs.find((job) => job.metadata.uid === owner.uid)
}

/**
 * Every pod that one of the Jobs owns. The selector that found the Jobs is tried on pods first, in one list; Jobs of
 * which it found none but whose status speaks of pods are asked for by name.
 */
export async function podsOfJobs(reader: Reader, { jobs, namespace, selector, ...call }: PodsOptions): Promise<Pod[]> {
  if (jobs.length === 0) return []
  const uids = new Set(jobs.map((job) => job.metadata.uid))
  const found = new Map<string, Pod>()
  const owners = new Set<string>()
  const collect = (pods: Pod[]): void => {
    for (const pod of pods) {
      const owner = pod.metadata.ownerReferences?.find((reference) => reference.kind === 'Job')
      if (!owner || !uids.has(owner.uid)) continue
      owners.add(owner.uid)
      found.set(pod.metadata.uid ?? pod.metadata.name, pod)
    }
  }
  collect((await reader.listPods({ namespace, selector, ...call })).items)
  const without = jobs
    .filter((job) => !owners.has(job.metadata.uid ?? '') && hasPods(job))
    .map((job) => job.metadata.name)
  for (let start = 0; start < without.length; start += namesPerRequest) {
    const names = without.slice(start, start + namesPerRequest).map(labelValue)
    collect((await reader.listPods({ namespace, selector: `job-name in (${names.join(',')})`, ...call })).items)
  }
  return [...found.values()]
}

function hasPods(job: Job): boolean {
  const { active = 0, succeeded = 0, failed = 0 } = job.status ?? {}
  return active + succeeded + failed > 0
}

/** The controller cuts a Job's name to fit a label. */
function labelValue(name: string): string {
  return name.slice(0, 63)
}
