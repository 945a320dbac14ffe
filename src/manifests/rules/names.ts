/** Names, labels and annotations. */
import {
  dnsLabelProblem,
  dnsSubdomainProblem,
  labelValueProblem,
  maxLabelLength,
  qualifiedNameProblem,
} from '../../session/kube-names.js'
import { shown, type FieldPath } from '../path.js'
import { fieldsOf, paths, textOf, type Fields } from './job-view.js'
import type { Rule, RuleContext } from './rule.js'

const error = { level: 3, severity: 'error' } as const

export const nameRules: readonly Rule[] = [
  {
    ...error,
    level: 2,
    id: 'job/name',
    description: 'metadata.name is there, a valid DNS-1123 name, and has at most 63 characters.',
    reason:
      'The Job controller writes the name into a label of every pod, and a label value has at most 63 characters.',
    fix: 'Give the Job a name of a-z, 0-9 and -, for example arb-tuning-d29-worker-1-0.',
    check({ job, report }) {
      const { name } = job.metadata
      if (name === undefined || name === null || name === '') return report(paths.name, 'metadata.name is missing')
      const text = textOf(name)
      const problem = text === undefined ? undefined : jobNameProblem(text)
      if (problem) report(paths.name, `the name "${shown(text!)}" is not valid: ${problem}`)
    },
  },
  {
    ...error,
    id: 'job/namespace',
    description: 'metadata.namespace is a valid DNS-1123 label.',
    reason: 'No other namespace can exist.',
    fix: 'Name a namespace of a-z, 0-9 and -.',
    check({ job, report }) {
      const namespace = textOf(job.metadata.namespace)
      const problem = namespace ? dnsLabelProblem(namespace) : undefined
      if (problem) report(['metadata', 'namespace'], `the namespace "${shown(namespace!)}" is not valid: ${problem}`)
    },
  },
  {
    ...error,
    id: 'job/service-account',
    description: 'serviceAccountName is a valid DNS-1123 name.',
    reason: 'No other service account can exist.',
    fix: 'Name a service account of a-z, 0-9, - and .',
    check({ job, report }) {
      const name = textOf(job.pod.serviceAccountName)
      const problem = name ? dnsSubdomainProblem(name) : undefined
      if (problem)
        report([...paths.pod, 'serviceAccountName'], `the service account "${shown(name!)}" is not valid: ${problem}`)
    },
  },
  {
    ...error,
    id: 'job/label-syntax',
    description: 'Label names are qualified names, label values are valid and have at most 63 characters.',
    reason: 'The API server refuses the Job otherwise.',
    fix: 'Use letters, digits, -, _ and ., with a letter or digit first and last.',
    check(context) {
      checkLabels(context, fieldsOf(context.job.metadata.labels), ['metadata', 'labels'])
      checkLabels(context, fieldsOf(context.job.templateMetadata.labels), [...paths.template, 'metadata', 'labels'])
    },
  },
  {
    ...error,
    id: 'job/annotation-syntax',
    description: 'Annotation names are qualified names.',
    reason: 'The API server refuses the Job otherwise.',
    fix: 'Use letters, digits, -, _ and ., with a letter or digit first and last, and one domain/ before it.',
    check({ job, report }) {
      for (const [metadata, path] of [
        [job.metadata, paths.metadata],
        [job.templateMetadata, [...paths.template, 'metadata']],
      ] as [Fields, FieldPath][]) {
        for (const name of Object.keys(fieldsOf(metadata.annotations))) {
          // The API server looks at the lower-case form of an annotation's name.
          const problem = qualifiedNameProblem(name.toLowerCase())
          if (problem)
            report([...path, 'annotations', name], `the annotation name "${shown(name)}" is not valid: ${problem}`, {
              at: 'key',
            })
        }
      }
    },
  },
]

function jobNameProblem(name: string): string | undefined {
  if (name.length > maxLabelLength) return `it has ${name.length} characters; at most ${maxLabelLength} are allowed`
  return dnsSubdomainProblem(name)
}

function checkLabels({ report }: RuleContext, labels: Fields, path: FieldPath): void {
  for (const [name, value] of Object.entries(labels)) {
    const problem = qualifiedNameProblem(name)
    if (problem) report([...path, name], `the label name "${shown(name)}" is not valid: ${problem}`, { at: 'key' })
    const text = textOf(value)
    const wrong = text === undefined ? undefined : labelValueProblem(text)
    if (wrong) report([...path, name], `the value "${shown(text!)}" of the label ${shown(name)} is not valid: ${wrong}`)
  }
}
