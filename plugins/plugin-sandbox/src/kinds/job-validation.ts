/** Rules of Jobs, in the server's words, and what this sandbox does not run. */
import { forbiddenField, invalidValue, required, unsupported } from '../api/status.js'
import type { Cause } from '../api/status.js'
import { sameJson } from '../patch/json-patch.js'
import { hasCondition } from '../store/objects.js'
import type { Job, JobSpec, PodFailurePolicyRule, PodTemplate } from '../store/objects.js'
import { labelProblems, labelsProblems, metaProblems } from './meta-validation.js'
import { podSpecProblems } from './pod-validation.js'

const negative = 'must be greater than or equal to 0'
const maxIndexedParallelism = 100_000
/** What the real server runs and the sandbox does not; it says so instead of running the Job otherwise. */
const notRun = ['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy', 'managedBy'] as const

/** Problems of a new Job. */
export function jobProblems(job: Job): Cause[] {
  const causes = metaProblems(job.metadata, { name: 'subdomain' })
  if (!job.spec) return [...causes, required('spec')]
  causes.push(...numberProblems(job.spec), ...indexedProblems(job))
  for (const field of notRun) {
    if (job.spec[field] !== undefined) causes.push(forbiddenField(`spec.${field}`, 'not supported by the sandbox'))
  }
  causes.push(...selectorProblems(job), ...policyProblems(job.spec))
  if (!job.spec.template) return [...causes, required('spec.template')]
  return [...causes, ...templateProblems(job.spec.template)]
}

function numberProblems(spec: JobSpec): Cause[] {
  const fields = [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
  ] as const
  return fields
    .filter((field) => (spec[field] ?? 0) < 0)
    .map((field) => invalidValue(`spec.${field}`, spec[field], negative))
}

function indexedProblems(job: Job): Cause[] {
  const { spec } = job
  if (spec.completionMode !== 'Indexed') {
    return spec.completionMode === 'NonIndexed'
      ? []
      : [unsupported('spec.completionMode', spec.completionMode, ['Indexed', 'NonIndexed'])]
  }
  const causes: Cause[] = []
  if (spec.completions === undefined) causes.push(required('spec.completions', 'when completion mode is Indexed'))
  if ((spec.parallelism ?? 0) > maxIndexedParallelism) {
    causes.push(
      invalidValue(
        'spec.parallelism',
        spec.parallelism,
        `must be less than or equal to ${maxIndexedParallelism} when completion mode is Indexed`,
      ),
    )
  }
  if (spec.completions && job.metadata.name) {
    const last = `${job.metadata.name}-${spec.completions - 1}`
    const [problem] = labelProblems('metadata.name', last)
    if (problem)
      causes.push(
        invalidValue('metadata.name', job.metadata.name, `will not able to create pod with invalid DNS label: ${last}`),
      )
  }
  return causes
}

function selectorProblems(job: Job): Cause[] {
  const { spec } = job
  if (!spec.selector) return spec.manualSelector ? [required('spec.selector')] : []
  const labels = spec.template?.metadata?.labels ?? {}
  const matches = Object.entries(spec.selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
  if (!matches)
    return [invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]
  const own =
    spec.selector.matchLabels?.['batch.kubernetes.io/controller-uid'] ?? spec.selector.matchLabels?.['controller-uid']
  if (!spec.manualSelector && own !== job.metadata.uid) {
    return [invalidValue('spec.selector', spec.selector, '`selector` not auto-generated')]
  }
  return []
}

function policyProblems(spec: JobSpec): Cause[] {
  const causes: Cause[] = []
  const replacement = spec.podReplacementPolicy
  const allowed = spec.podFailurePolicy ? ['Failed'] : ['TerminatingOrFailed', 'Failed']
  if (replacement !== undefined && !allowed.includes(replacement))
    causes.push(unsupported('spec.podReplacementPolicy', replacement, allowed))
  if (!spec.podFailurePolicy) return causes
  if (spec.template?.spec?.restartPolicy !== 'Never') {
    causes.push(
      invalidValue(
        'spec.template.spec.restartPolicy',
        spec.template?.spec?.restartPolicy,
        'only "Never" is supported when podFailurePolicy is specified',
      ),
    )
  }
  for (const [index, rule] of (spec.podFailurePolicy.rules ?? []).entries()) {
    causes.push(...ruleProblems(rule, `spec.podFailurePolicy.rules[${index}]`))
  }
  return causes
}

function ruleProblems(rule: PodFailurePolicyRule, at: string): Cause[] {
  const causes: Cause[] = []
  const actions = ['Count', 'FailJob', 'Ignore']
  if (rule.action === 'FailIndex')
    causes.push(forbiddenField(`${at}.action`, 'FailIndex is not supported by the sandbox'))
  else if (!actions.includes(rule.action)) causes.push(unsupported(`${at}.action`, rule.action, actions))
  if (Boolean(rule.onExitCodes) === Boolean(rule.onPodConditions)) {
    causes.push(
      invalidValue(`${at}.onExitCodes`, null, 'specifying one of OnExitCodes and OnPodConditions is required'),
    )
  }
  if (!rule.onExitCodes) return causes
  const { operator, values = [] } = rule.onExitCodes
  if (operator !== 'In' && operator !== 'NotIn')
    causes.push(unsupported(`${at}.onExitCodes.operator`, operator, ['In', 'NotIn']))
  if (values.length === 0)
    causes.push(invalidValue(`${at}.onExitCodes.values`, values, 'at least one value is required'))
  if (operator === 'In' && values.includes(0))
    causes.push(invalidValue(`${at}.onExitCodes.values[${values.indexOf(0)}]`, 0, 'must not be 0 for the In operator'))
  if (values.some((value, at_) => at_ > 0 && value <= values[at_ - 1]!))
    causes.push(invalidValue(`${at}.onExitCodes.values`, values, 'must be ordered'))
  return causes
}

function templateProblems(template: PodTemplate): Cause[] {
  const causes = labelsProblems(template.metadata ?? {}, 'spec.template')
  if (!template.spec) return [...causes, required('spec.template.spec.containers')]
  causes.push(...podSpecProblems(template.spec, 'spec.template.spec'))
  const policy = template.spec.restartPolicy
  const at = 'spec.template.spec.restartPolicy'
  if (policy === undefined || policy === 'Always') causes.push(required(at, 'valid values: "OnFailure", "Never"'))
  else if (policy !== 'Never' && policy !== 'OnFailure') causes.push(unsupported(at, policy, ['OnFailure', 'Never']))
  return causes
}

/** Problems of a change of a Job: the rules of a new one, and what may not change. */
export function jobUpdateProblems(next: Job, old: Job): Cause[] {
  const causes = jobProblems(next)
  const immutable = (field: string, value: unknown) => causes.push(invalidValue(field, value, 'field is immutable'))
  if (!sameCompletions(next, old)) immutable('spec.completions', next.spec.completions)
  for (const field of ['selector', 'completionMode', 'podFailurePolicy', 'manualSelector'] as const) {
    if (!sameJson(next.spec[field], old.spec[field])) immutable(`spec.${field}`, next.spec[field])
  }
  if (!sameJson(comparable(next.spec.template, old), comparable(old.spec.template, old)))
    immutable('spec.template', next.spec.template)
  return causes
}

/** Completions may change only for an Indexed Job, together with parallelism. */
function sameCompletions(next: Job, old: Job): boolean {
  if (next.spec.completions === old.spec.completions) return true
  return (
    next.spec.completionMode === 'Indexed' &&
    next.spec.completions === next.spec.parallelism &&
    old.spec.completions === old.spec.parallelism
  )
}

/** A template without what may change while a Job is suspended and has not started. */
function comparable(template: PodTemplate, old: Job): unknown {
  const { spec, metadata } = template
  const plain = { spec, metadata: { ...metadata, creationTimestamp: undefined } }
  const suspended = old.spec.suspend && hasCondition(old.status, 'Suspended') && !old.status.startTime
  if (!suspended) return plain
  return {
    spec: { ...spec, nodeSelector: undefined, tolerations: undefined, affinity: undefined, schedulingGates: undefined },
  }
}
