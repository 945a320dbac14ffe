/** The Job's own fields: the API server's rules across them. */
import { dnsLabelProblem } from '../../session/kube-names.js'
import { shown } from '../path.js'
import { fieldsOf, listOf, numberOf, paths, textOf } from './job-view.js'
import type { Rule } from './rule.js'

const error = { level: 3, severity: 'error' } as const
const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
]
const maxIndexedParallelism = 100_000

export const jobSpecRules: readonly Rule[] = [
  {
    ...error,
    level: 2,
    id: 'job/negative',
    description: 'backoffLimit, parallelism, completions, deadlines and the like are 0 or more.',
    reason: 'The API server refuses negative numbers.',
    fix: 'Write 0 or more.',
    check({ job, report }) {
      for (const name of counts) {
        const value = numberOf(job.spec[name])
        if (value !== undefined && value < 0) report(['spec', name], `${name} is ${value}; it must be 0 or more`)
      }
    },
  },
  {
    ...error,
    id: 'job/restart-policy',
    description: 'restartPolicy is Never or OnFailure.',
    reason: 'A Job’s pods must be able to end; the default, Always, is refused.',
    fix: 'Write restartPolicy: Never (a failed worker keeps its pod and logs) or OnFailure.',
    check({ job, report }) {
      const path = [...paths.pod, 'restartPolicy']
      const { restartPolicy } = job.pod
      if (!('containers' in job.pod)) return
      if (restartPolicy === undefined || restartPolicy === null || restartPolicy === '')
        report(path, 'restartPolicy is missing')
      else if (typeof restartPolicy === 'string' && restartPolicy !== 'Never' && restartPolicy !== 'OnFailure')
        report(path, `restartPolicy is "${shown(restartPolicy)}"; a Job takes only Never or OnFailure`)
    },
  },
  {
    ...error,
    id: 'job/indexed',
    description:
      'An Indexed Job has completions, at most 100,000 at once, and a name that has room for the highest index.',
    reason: 'Every index is a pod whose host name is the Job’s name and the index.',
    fix: 'Set completions to the number of indexes, and shorten the name where it is too long.',
    check({ job, report }) {
      if (job.spec.completionMode !== 'Indexed') return
      const completions = numberOf(job.spec.completions)
      if (completions === undefined) return report(['spec', 'completions'], 'completionMode: Indexed needs completions')
      const parallelism = numberOf(job.spec.parallelism) ?? 0
      if (parallelism > maxIndexedParallelism)
        report(
          ['spec', 'parallelism'],
          `parallelism is ${parallelism}; an Indexed Job takes at most ${maxIndexedParallelism}`,
        )
      const hostName = `${textOf(job.metadata.name) ?? ''}-${completions - 1}`
      const problem = completions > 0 && job.metadata.name ? dnsLabelProblem(hostName) : undefined
      if (problem) report(paths.name, `the last index’s host name would be "${shown(hostName)}": ${problem}`)
    },
  },
  {
    ...error,
    id: 'job/per-index',
    description: 'backoffLimitPerIndex, maxFailedIndexes and successPolicy stand in Indexed Jobs only.',
    reason: 'They speak of indexes, which other Jobs do not have.',
    fix: 'Set completionMode: Indexed, or remove the field.',
    check({ job, report }) {
      const indexed = job.spec.completionMode === 'Indexed'
      for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy'])
        if (isSet(job.spec[name]) && !indexed) report(['spec', name], `${name} needs completionMode: Indexed`)
      if (!isSet(job.spec.maxFailedIndexes)) return
      if (!isSet(job.spec.backoffLimitPerIndex))
        report(['spec', 'maxFailedIndexes'], 'maxFailedIndexes needs backoffLimitPerIndex', {
          fix: 'Set backoffLimitPerIndex as well.',
        })
      const [most, completions] = [numberOf(job.spec.maxFailedIndexes), numberOf(job.spec.completions)]
      if (most !== undefined && completions !== undefined && most > completions)
        report(['spec', 'maxFailedIndexes'], `maxFailedIndexes is ${most}, more than completions (${completions})`, {
          fix: 'Lower it.',
        })
    },
  },
  {
    ...error,
    id: 'job/pod-failure-policy',
    description: 'podFailurePolicy needs restartPolicy: Never; each rule has onExitCodes or onPodConditions, not both.',
    reason: 'The policy looks at pods that have failed; a container restarted in its pod never gets there.',
    fix: 'Set restartPolicy: Never, and give each rule one requirement.',
    check({ job, report }) {
      const path = ['spec', 'podFailurePolicy']
      const policy = job.spec.podFailurePolicy
      if (!isSet(policy)) return
      if (job.pod.restartPolicy !== 'Never') report(path, 'podFailurePolicy needs restartPolicy: Never', { at: 'key' })
      if (isSet(job.spec.podReplacementPolicy) && job.spec.podReplacementPolicy !== 'Failed')
        report(['spec', 'podReplacementPolicy'], 'podReplacementPolicy must be Failed beside podFailurePolicy', {
          fix: 'Write Failed, or remove it.',
        })
      listOf(fieldsOf(policy).rules).forEach((item, index) => {
        const rule = fieldsOf(item)
        const has = ['onExitCodes', 'onPodConditions'].filter((name) => isSet(rule[name]))
        if (has.length !== 1)
          report(
            [...path, 'rules', index],
            `the rule has ${has.length ? 'both' : 'neither'} onExitCodes ${has.length ? 'and' : 'nor'} onPodConditions`,
          )
        if (rule.action === 'FailIndex' && !isSet(job.spec.backoffLimitPerIndex))
          report([...path, 'rules', index, 'action'], 'FailIndex needs backoffLimitPerIndex', {
            fix: 'Set backoffLimitPerIndex, or use FailJob.',
          })
      })
    },
  },
  {
    ...error,
    id: 'job/selector',
    description: 'The selector, and the labels that the Job controller adds, are left to the Job controller.',
    reason: 'With a selector of its own a Job may count another Job’s pods as its own.',
    fix: 'Remove it; the API server fills it in.',
    check({ job, report }) {
      if (job.spec.manualSelector === true) return
      if (isSet(job.spec.selector)) report(['spec', 'selector'], 'selector is set by hand', { at: 'key' })
      const labels = fieldsOf(job.templateMetadata.labels)
      for (const name of ['job-name', 'batch.kubernetes.io/job-name']) {
        const value = labels[name]
        if (isSet(value) && value !== job.metadata.name)
          report([...paths.template, 'metadata', 'labels', name], `the label ${name} is not the Job’s name`)
      }
      for (const name of ['controller-uid', 'batch.kubernetes.io/controller-uid'])
        if (Object.hasOwn(labels, name))
          report([...paths.template, 'metadata', 'labels', name], `the label ${name} is set by hand`, { at: 'key' })
    },
  },
]

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null
}
