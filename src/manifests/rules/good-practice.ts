/** What a session's Job should have: warnings, as the original tool gave them. */
import { defaultNamePrefix } from '../../session/names.js'
import { shown } from '../path.js'
import { fieldsOf, listOf, paths, textOf } from './job-view.js'
import type { Rule } from './rule.js'

const warning = { level: 3, severity: 'warning' } as const
const sessionLabels = ['app', 'session_id', 'worker_id', 'component']

export const practiceRules: readonly Rule[] = [
  {
    ...warning,
    id: 'job/namespace-missing',
    description: 'metadata.namespace is there.',
    reason: 'Without it the Job goes to the namespace of whoever applies it, often default.',
    fix: 'Add metadata.namespace.',
    check({ job, report }) {
      if (!job.metadata.namespace)
        report(paths.metadata, 'there is no namespace; the one of the context is used, or default', { at: 'key' })
    },
  },
  {
    ...warning,
    id: 'job/label-missing',
    description: `The labels ${sessionLabels.join(', ')} are there.`,
    reason: 'A session’s Jobs are found, watched and judged by these labels.',
    fix: 'Add the label to metadata.labels.',
    check({ job, report }) {
      const labels = fieldsOf(job.metadata.labels)
      const path = 'labels' in job.metadata ? [...paths.metadata, 'labels'] : paths.metadata
      const missing = sessionLabels.filter((name) => !labels[name])
      if (missing.length) report(path, `missing labels: ${missing.join(', ')}`, { at: 'key' })
    },
  },
  {
    ...warning,
    id: 'job/name-prefix',
    description: `The name begins with ${defaultNamePrefix}-.`,
    reason: 'Other tools and dashboards know a tuning Job by it.',
    fix: `Name the Job ${defaultNamePrefix}-….`,
    check({ job, report }) {
      const name = textOf(job.metadata.name)
      if (name && !name.startsWith(`${defaultNamePrefix}-`))
        report(paths.name, `the name "${shown(name)}" does not begin with ${defaultNamePrefix}-`)
    },
  },
  {
    ...warning,
    id: 'job/image-tag',
    description: 'The image has a tag or a digest.',
    reason: 'Without one it means latest, and a retried worker may run other code than the first.',
    fix: 'Name a version, for example :1.4 or @sha256:….',
    check({ job, report }) {
      for (const { fields, path } of job.allContainers) {
        const image = textOf(fields.image)?.trim()
        if (image && tagOf(image) === undefined) report([...path, 'image'], `the image "${shown(image)}" has no tag`)
      }
    },
  },
  {
    ...warning,
    id: 'job/image-latest',
    description: 'The image’s tag is not latest.',
    reason: 'latest changes: workers of one session may run different code.',
    fix: 'Name a version, for example :1.4 or @sha256:….',
    check({ job, report }) {
      for (const { fields, path } of job.allContainers) {
        const image = textOf(fields.image)?.trim()
        if (image && tagOf(image) === 'latest')
          report([...path, 'image'], `the image "${shown(image)}" is tagged latest`)
      }
    },
  },
  missingPart('command', 'the image’s own entry point runs', 'Name the program to run.'),
  missingPart('args', 'the worker is not told what to do', 'Give the worker its arguments.'),
  missingPart('env', 'the worker has no settings from its environment', 'Give the worker its variables.'),
  missingResources('requests', 'Without requests the scheduler may put every worker on one node.'),
  missingResources('limits', 'Without limits one worker can starve the others on its node.'),
  {
    ...warning,
    id: 'job/backoff-limit-unset',
    description: 'backoffLimit is set.',
    reason: 'Kubernetes would run a failing worker seven times.',
    fix: 'Set spec.backoffLimit; 0 means that a failed worker is not tried again.',
    check({ job, report }) {
      if (job.spec.backoffLimit === undefined || job.spec.backoffLimit === null)
        report(paths.spec, 'backoffLimit is not set; Kubernetes takes 6', { at: 'key' })
    },
  },
]

/** The tag, an empty text for a digest, or undefined where there is neither. */
function tagOf(image: string): string | undefined {
  if (image.includes('@')) return ''
  const last = image.slice(image.lastIndexOf('/') + 1)
  const colon = last.indexOf(':')
  return colon === -1 ? undefined : last.slice(colon + 1)
}

function missingPart(name: 'command' | 'args' | 'env', effect: string, fix: string): Rule {
  return {
    ...warning,
    id: `job/${name}-missing`,
    description: `Every container has ${name}.`,
    reason: `Without ${name}, ${effect}.`,
    fix,
    check({ job, report }) {
      for (const { fields, path } of job.containers) {
        const value = fields[name]
        const empty = value === undefined || value === null || (Array.isArray(value) && listOf(value).length === 0)
        if (empty) report(path, `the container has no ${name}; ${effect}`)
      }
    },
  }
}

function missingResources(kind: 'requests' | 'limits', reason: string): Rule {
  return {
    ...warning,
    id: `job/${kind}-missing`,
    description: `Every container has ${kind} for cpu and memory.`,
    reason,
    fix: `Add resources.${kind}, for example {cpu: 500m, memory: 512Mi}.`,
    check({ job, report }) {
      for (const { fields, path } of job.containers) {
        const resources = fieldsOf(fields.resources)
        const given = fieldsOf(resources[kind])
        const missing = ['cpu', 'memory'].filter((name) => given[name] === undefined || given[name] === null)
        const at = !('resources' in fields)
          ? path
          : kind in resources
            ? [...path, 'resources', kind]
            : [...path, 'resources']
        if (missing.length) report(at, `the container has no ${kind} for ${missing.join(' and ')}`)
      }
    },
  }
}
