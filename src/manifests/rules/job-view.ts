/** A Job as rules look at it: parts of the wrong type are simply not there, since the schema check has named them. */
import type { FieldPath } from '../path.js'

export type Fields = Record<string, unknown>

export interface ContainerView {
  fields: Fields
  path: FieldPath
  init: boolean
}

export interface JobView {
  metadata: Fields
  spec: Fields
  templateMetadata: Fields
  pod: Fields
  /** The containers that do the work. */
  containers: ContainerView[]
  /** Init containers, then containers. */
  allContainers: ContainerView[]
}

const specPath: FieldPath = ['spec', 'template', 'spec']

/** Paths that several rules name. */
export const paths = {
  metadata: ['metadata'],
  name: ['metadata', 'name'],
  spec: ['spec'],
  template: ['spec', 'template'],
  pod: specPath,
  containers: [...specPath, 'containers'],
} as const satisfies Record<string, FieldPath>

/** The view of a mapping that says it is a Job. */
export function viewJob(value: Fields): JobView {
  const spec = fieldsOf(value.spec)
  const template = fieldsOf(spec.template)
  const pod = fieldsOf(template.spec)
  const containers = containersOf(pod, 'containers')
  return {
    metadata: fieldsOf(value.metadata),
    spec,
    templateMetadata: fieldsOf(template.metadata),
    pod,
    containers,
    allContainers: [...containersOf(pod, 'initContainers'), ...containers],
  }
}

function containersOf(pod: Fields, key: 'containers' | 'initContainers'): ContainerView[] {
  return listOf(pod[key]).map((item, index) => ({
    fields: fieldsOf(item),
    path: [...specPath, key, index],
    init: key === 'initContainers',
  }))
}

/** The value as a mapping, or an empty one. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

/** The value as a list, or an empty one. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : []
}

/** The value as text, or undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The value as a number, or undefined. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
