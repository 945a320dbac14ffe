/** Rules of a pod's spec, in the server's words. */
import { duplicate, invalidValue, required, unsupported } from '../api/status.js'
import type { Cause } from '../api/status.js'
import type { Container, EnvVar, PodSpec } from '../store/objects.js'
import { labelProblems } from './meta-validation.js'
import { parseQuantity } from './quantity.js'

const negative = 'must be greater than or equal to 0'
const quantityRule = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/** Problems of a pod's or a template's spec. */
export function podSpecProblems(spec: PodSpec, path: string): Cause[] {
  const causes: Cause[] = []
  const names = new Set<string>()
  if (!spec.containers?.length) causes.push(required(`${path}.containers`))
  for (const [list, containers] of [
    ['initContainers', spec.initContainers],
    ['containers', spec.containers],
  ] as const) {
    for (const [index, container] of (containers ?? []).entries()) {
      const at = `${path}.${list}[${index}]`
      causes.push(...containerProblems(container, at))
      if (container.name && names.has(container.name)) causes.push(duplicate(`${at}.name`, container.name))
      names.add(container.name)
    }
  }
  const deadline = spec.activeDeadlineSeconds
  if (deadline !== undefined && deadline < 1) {
    causes.push(invalidValue(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'))
  }
  const grace = spec.terminationGracePeriodSeconds
  if (grace !== undefined && grace < 0)
    causes.push(invalidValue(`${path}.terminationGracePeriodSeconds`, grace, negative))
  return causes
}

function containerProblems(container: Container, at: string): Cause[] {
  const causes: Cause[] = []
  if (!container.name) causes.push(required(`${at}.name`))
  else causes.push(...labelProblems(`${at}.name`, container.name))
  if (!container.image) causes.push(required(`${at}.image`))
  else if (container.image !== container.image.trim()) {
    causes.push(invalidValue(`${at}.image`, container.image, 'must not have leading or trailing whitespace'))
  }
  const policies = ['Always', 'IfNotPresent', 'Never']
  if (!policies.includes(container.imagePullPolicy ?? '')) {
    causes.push(unsupported(`${at}.imagePullPolicy`, container.imagePullPolicy, policies))
  }
  const messagePolicies = ['FallbackToLogsOnError', 'File']
  if (!messagePolicies.includes(container.terminationMessagePolicy ?? '')) {
    causes.push(unsupported(`${at}.terminationMessagePolicy`, container.terminationMessagePolicy, messagePolicies))
  }
  for (const [index, env] of (container.env ?? []).entries()) causes.push(...envProblems(env, `${at}.env[${index}]`))
  return [...causes, ...resourceProblems(container, at)]
}

function envProblems(env: EnvVar, at: string): Cause[] {
  if (!env.name) return [required(`${at}.name`)]
  if (!/^[ -<>-~]+$/.test(env.name)) {
    return [
      invalidValue(
        `${at}.name`,
        env.name,
        "a valid environment variable name must consist only of printable ASCII characters other than '='",
      ),
    ]
  }
  if (!env.valueFrom) return []
  const sources = Object.entries(env.valueFrom).filter(([, source]) => source !== undefined)
  if (env.value) return [invalidValue(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty')]
  if (sources.length !== 1) {
    return [
      invalidValue(
        `${at}.valueFrom`,
        '',
        sources.length === 0
          ? 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'
          : 'may not have more than one field specified at a time',
      ),
    ]
  }
  const [kind, source] = sources[0]! as [string, { key?: string; fieldPath?: string; resource?: string }]
  const needed = kind === 'fieldRef' ? 'fieldPath' : kind === 'resourceFieldRef' ? 'resource' : 'key'
  return source[needed] ? [] : [required(`${at}.valueFrom.${kind}.${needed}`)]
}

function resourceProblems(container: Container, at: string): Cause[] {
  const causes: Cause[] = []
  const { requests = {}, limits = {} } = container.resources ?? {}
  for (const [list, amounts] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const [name, text] of Object.entries(amounts)) {
      const amount = parseQuantity(text)
      if (amount === undefined) causes.push(invalidValue(`${at}.resources.${list}[${name}]`, text, quantityRule))
      else if (amount < 0) causes.push(invalidValue(`${at}.resources.${list}[${name}]`, text, negative))
    }
  }
  for (const [name, text] of Object.entries(requests)) {
    const limit = limits[name] === undefined ? undefined : parseQuantity(limits[name])
    const request = parseQuantity(text)
    if (limit !== undefined && request !== undefined && request > limit) {
      causes.push(
        invalidValue(
          `${at}.resources.requests`,
          text,
          `must be less than or equal to ${name} limit of ${limits[name]}`,
        ),
      )
    }
  }
  return causes
}
