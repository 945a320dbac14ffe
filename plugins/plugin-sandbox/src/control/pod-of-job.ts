/** The pod that a Job's controller makes from the template. */
import { randomUUID } from 'node:crypto'

import { strategies } from '../kinds/strategies.js'
import { generateName, timeText } from '../store/names.js'
import type { Container, Job, KubeObject, Pod } from '../store/objects.js'

const indexKey = 'batch.kubernetes.io/job-completion-index'

/** A new pod, for one completion index where the Job is Indexed. */
export function podOfJob(job: Job, now: Date, index?: number): KubeObject {
  const template = structuredClone(job.spec.template)
  const { name, namespace, uid } = job.metadata
  const prefix = index === undefined ? `${name}-` : `${name}-${index}-`
  const mark: Record<string, string> = index === undefined ? {} : { [indexKey]: String(index) }
  if (index !== undefined) {
    template.spec.hostname ??= `${name}-${index}`
    for (const container of [...(template.spec.initContainers ?? []), ...template.spec.containers])
      addIndexVariable(container)
  }
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: generateName(prefix),
      generateName: prefix,
      namespace,
      uid: randomUUID(),
      resourceVersion: '',
      creationTimestamp: timeText(now),
      labels: { ...template.metadata?.labels, ...mark },
      ...(template.metadata?.annotations || index !== undefined
        ? { annotations: { ...template.metadata?.annotations, ...mark } }
        : {}),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    spec: template.spec,
  }
  strategies.Pod.defaults(pod)
  strategies.Pod.prepare(pod)
  return pod
}

function addIndexVariable(container: Container): void {
  if (container.env?.some((each) => each.name === 'JOB_COMPLETION_INDEX')) return
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.labels['${indexKey}']` }
  container.env = [...(container.env ?? []), { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef } }]
}

/** A pod's completion index. */
export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[indexKey]
  return text === undefined ? undefined : Number(text)
}
