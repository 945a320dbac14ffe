/** Containers: what the API server asks of them. */
import { dnsLabelProblem, envNameProblem, qualifiedNameProblem } from '../../session/kube-names.js'
import { parseQuantity } from '../../session/quantity.js'
import { shown } from '../path.js'
import { fieldsOf, listOf, paths, textOf, type ContainerView, type Fields } from './job-view.js'
import type { Rule, RuleContext } from './rule.js'

const error = { level: 3, severity: 'error' } as const

export const containerRules: readonly Rule[] = [
  {
    ...error,
    level: 2,
    id: 'job/containers',
    description: 'spec.template.spec.containers has one or more containers.',
    reason: 'A pod without a container does nothing, and the API server refuses it.',
    fix: 'Add a container with name and image.',
    check({ job, report }) {
      const { containers } = job.pod
      if (Array.isArray(containers) && containers.length === 0) report(paths.containers, 'containers is empty')
      // The schema speaks up where only the list itself, or the template, is missing.
      const noPod = 'template' in job.spec && Object.keys(job.pod).length === 0
      if (noPod || Object.keys(job.spec).length === 0) report(paths.containers, 'there are no containers')
    },
  },
  {
    ...error,
    level: 2,
    id: 'job/container-name',
    description: 'Every container has a name that is a DNS-1123 label and no other container’s.',
    reason: 'Logs and statuses are found by the container’s name.',
    fix: 'Use a-z, 0-9 and -, at most 63 characters, each name once.',
    check({ job, report }) {
      const seen = new Set<string>()
      for (const { fields, path } of job.allContainers) {
        const name = textOf(fields.name)
        if (name === undefined) continue
        const problem = name === '' ? 'it is empty' : dnsLabelProblem(name)
        if (problem) report([...path, 'name'], `the container name "${shown(name)}" is not valid: ${problem}`)
        if (seen.has(name)) report([...path, 'name'], `two containers are named "${shown(name)}"`)
        seen.add(name)
      }
    },
  },
  {
    ...error,
    level: 2,
    id: 'job/container-image',
    description: 'Every container has an image, without spaces around it.',
    reason: 'There is nothing to run otherwise.',
    fix: 'Name an image with a tag, for example registry.example.com/tuner:1.4.',
    check({ job, report }) {
      for (const { fields, path } of job.allContainers) {
        const { image } = fields
        if (image === undefined || image === null || image === '')
          report([...path, 'image'], 'the container has no image')
        else if (typeof image === 'string' && image !== image.trim())
          report([...path, 'image'], 'the image has spaces before or after it')
      }
    },
  },
  {
    ...error,
    level: 2,
    id: 'job/env',
    description: 'Every env entry has a valid name, and either value or valueFrom with one source.',
    reason: 'A variable without a value is a slip, and the API server refuses two values for one.',
    fix: 'Write {name: NAME, value: "text"}, or valueFrom with one secretKeyRef, configMapKeyRef, fieldRef or resourceFieldRef.',
    check(context) {
      for (const container of context.job.allContainers)
        listOf(container.fields.env).forEach((entry, index) => checkEnv(context, container, fieldsOf(entry), index))
    },
  },
  {
    ...error,
    id: 'job/resources',
    description: 'Resources have known names and no negative quantities, and a request is not more than its limit.',
    reason: 'The API server refuses the Job otherwise.',
    fix: 'Lower the request or raise the limit.',
    check(context) {
      for (const container of context.job.allContainers) checkResources(context, container)
    },
  },
]

function checkEnv({ report }: RuleContext, container: ContainerView, entry: Fields, index: number): void {
  const path = [...container.path, 'env', index]
  const name = textOf(entry.name)
  const problem = name === undefined ? undefined : name === '' ? 'it is empty' : envNameProblem(name)
  if (problem) report([...path, 'name'], `the variable name "${shown(name!)}" is not valid: ${problem}`)
  const known = shown(name ?? String(index))
  const { value, valueFrom } = entry
  if ((value ?? valueFrom ?? null) === null) report(path, `${known} has neither value nor valueFrom`)
  if (valueFrom === undefined || valueFrom === null) return
  if (value) report(path, `${known} has both value and valueFrom`)
  const sources = Object.values(fieldsOf(valueFrom)).filter((source) => source !== null).length
  if (sources !== 1)
    report([...path, 'valueFrom'], `valueFrom of ${known} has ${sources || 'no'} sources; it needs one`)
}

function checkResources({ report }: RuleContext, { fields, path }: ContainerView): void {
  const resources = fieldsOf(fields.resources)
  const limits = fieldsOf(resources.limits)
  const requests = fieldsOf(resources.requests)
  for (const [kind, list] of Object.entries({ requests, limits })) {
    for (const [name, text] of Object.entries(list)) {
      const quantity = parseQuantity(String(text))
      if (quantity && quantity.nano < 0n)
        report([...path, 'resources', kind, name], `${kind}.${shown(name)} is negative`)
      if (!isResourceName(name))
        report([...path, 'resources', kind, name], `${kind}.${shown(name)} is no resource that Kubernetes knows`, {
          at: 'key',
          fix: 'Use cpu, memory, ephemeral-storage, or a name with a domain such as nvidia.com/gpu.',
        })
    }
  }
  for (const [name, text] of Object.entries(requests)) {
    const request = parseQuantity(String(text))
    const limit = parseQuantity(String(limits[name] ?? ''))
    if (request && limit && request.nano > limit.nano)
      report(
        [...path, 'resources', 'requests', name],
        `the request ${shown(name)}: ${String(text)} is more than the limit ${String(limits[name])}`,
      )
  }
}

function isResourceName(name: string): boolean {
  if (name.startsWith('hugepages-')) return true
  return ['cpu', 'memory', 'ephemeral-storage'].includes(name) || (name.includes('/') && !qualifiedNameProblem(name))
}
