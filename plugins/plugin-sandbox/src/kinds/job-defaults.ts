/** What the API server fills into a Job. */
import type { Job, JobSpec } from '../store/objects.js'
import { defaultPodSpec } from './pod-defaults.js'

/** Fills a decoded Job in place, as decoding on the server does. */
export function defaultJob(job: Job): void {
  defaultSpec(job.spec)
  if (!job.spec.template) return
  shareLabels(job)
  // The restart policy has no default here: a Job must say Never or OnFailure.
  const pod = job.spec.template.spec
  if (!pod) return
  const given = pod.restartPolicy
  defaultPodSpec(pod)
  if (given === undefined) delete pod.restartPolicy
}

function defaultSpec(spec: JobSpec): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= 6
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.manualSelector ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'
  const patterns = (spec.podFailurePolicy?.rules ?? []).flatMap((rule) => rule.onPodConditions ?? [])
  for (const pattern of patterns) pattern.status ??= 'True'
}

/** One map for both, as on the server: a Job without labels of its own later shows the generated ones too. */
function shareLabels(job: Job): void {
  if (job.metadata.labels) return
  const template = (job.spec.template.metadata ??= {})
  job.metadata.labels = template.labels ??= {}
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
    ...jobName.map((key) => [key, job.metadata.name ?? '']),
  ]) as Record<string, string>
  if (spec.manualSelector) return
  const template = (spec.template.metadata ??= {})
  Object.assign((template.labels ??= {}), generated)
  spec.selector ??= { matchLabels: { [controllerUid[0]!]: job.metadata.uid } }
}
