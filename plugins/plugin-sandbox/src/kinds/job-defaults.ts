/** What the API server fills into a Job. */
import type { Job } from '../store/objects.js'
import { defaultPodSpec } from './pod-defaults.js'

/** Fills a decoded Job in place, as decoding on the server does. */
export function defaultJob(job: Job): void {
  const { spec } = job
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= 6
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.manualSelector ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) pattern.status ??= 'True'
  }
  // One map for both, as on the server: a Job without labels of its own later shows the generated ones too.
  if (spec.template && !job.metadata.labels) {
    const template = (spec.template.metadata ??= {})
    job.metadata.labels = template.labels ??= {}
  }
  // The restart policy has no default here: a Job must say Never or OnFailure.
  if (spec.template?.spec) {
    const given = spec.template.spec.restartPolicy
    defaultPodSpec(spec.template.spec)
    if (given === undefined) delete spec.template.spec.restartPolicy
  }
}

const controllerUid = ['batch.kubernetes.io/controller-uid', 'controller-uid']
const jobName = ['batch.kubernetes.io/job-name', 'job-name']

/** Sets the selector, the labels and the empty status of a new Job. */
export function prepareJob(job: Job): void {
  job.status = {}
  job.metadata.generation = 1
  const { spec } = job
  if (!spec.template?.spec) return
  const generated = Object.fromEntries([
    ...controllerUid.map((key) => [key, job.metadata.uid]),
    ...jobName.map((key) => [key, job.metadata.name]),
  ]) as Record<string, string>
  if (spec.manualSelector) return
  const template = (spec.template.metadata ??= {})
  Object.assign((template.labels ??= {}), generated)
  spec.selector ??= { matchLabels: { [controllerUid[0]!]: job.metadata.uid } }
}
