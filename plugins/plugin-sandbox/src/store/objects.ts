/** The objects that the sandbox keeps, typed as far as its own code reads them. */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined }
export type JsonObject = Record<string, unknown>

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

export interface ManagedFieldsEntry {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  time: string
  fieldsType: 'FieldsV1'
  fieldsV1: JsonObject
  subresource?: string
}

export interface Meta {
  name: string
  namespace?: string
  generateName?: string
  uid: string
  resourceVersion: string
  generation?: number
  creationTimestamp: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: OwnerReference[]
  finalizers?: string[]
  managedFields?: ManagedFieldsEntry[]
}

/** Anything stored. Stored objects are never changed in place: a change stores a new one. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: Meta
  spec?: JsonObject
  status?: JsonObject
  [field: string]: unknown
}

export interface Condition {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason?: string
  message?: string
  lastProbeTime?: string | null
  lastTransitionTime?: string
}

export interface EnvSource {
  fieldRef?: { fieldPath: string }
  resourceFieldRef?: { resource: string; containerName?: string; divisor?: string }
  secretKeyRef?: { name?: string; key: string; optional?: boolean }
  configMapKeyRef?: { name?: string; key: string; optional?: boolean }
}

export interface EnvVar {
  name: string
  value?: string
  valueFrom?: EnvSource
}

export interface EnvFrom {
  prefix?: string
  secretRef?: { name?: string; optional?: boolean }
  configMapRef?: { name?: string; optional?: boolean }
}

export interface Container {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  workingDir?: string
  env?: EnvVar[]
  envFrom?: EnvFrom[]
  imagePullPolicy?: string
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
  terminationMessagePolicy?: string
  [field: string]: unknown
}

export interface PodSpec {
  containers: Container[]
  initContainers?: Container[]
  restartPolicy?: string
  nodeName?: string
  hostname?: string
  terminationGracePeriodSeconds?: number
  activeDeadlineSeconds?: number
  nodeSelector?: Record<string, string>
  [field: string]: unknown
}

export interface ContainerState {
  waiting?: { reason: string; message?: string }
  running?: { startedAt: string }
  terminated?: {
    exitCode: number
    signal?: number
    reason: string
    message?: string
    startedAt: string
    finishedAt: string
    containerID?: string
  }
}

export interface ContainerStatus {
  name: string
  state: ContainerState
  lastState: ContainerState
  ready: boolean
  restartCount: number
  image: string
  imageID: string
  containerID?: string
  started: boolean
}

export interface PodStatus {
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed'
  conditions?: Condition[]
  reason?: string
  message?: string
  startTime?: string
  hostIP?: string
  podIP?: string
  podIPs?: { ip: string }[]
  containerStatuses?: ContainerStatus[]
  initContainerStatuses?: ContainerStatus[]
  qosClass?: string
}

export interface Pod {
  apiVersion: string
  kind: string
  metadata: Meta
  spec: PodSpec
  status: PodStatus
}

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string>; [field: string]: unknown }
  spec: PodSpec
}

export interface PodFailurePolicyRule {
  action: 'FailJob' | 'Ignore' | 'Count' | 'FailIndex'
  onExitCodes?: { operator: 'In' | 'NotIn'; values: number[]; containerName?: string | null }
  onPodConditions?: { type: string; status?: string }[]
}

export interface JobSpec {
  parallelism?: number
  completions?: number
  activeDeadlineSeconds?: number
  backoffLimit?: number
  ttlSecondsAfterFinished?: number
  completionMode?: 'NonIndexed' | 'Indexed'
  suspend?: boolean
  manualSelector?: boolean
  selector?: { matchLabels?: Record<string, string> }
  podFailurePolicy?: { rules: PodFailurePolicyRule[] }
  podReplacementPolicy?: string
  template: PodTemplate
  [field: string]: unknown
}

export interface JobStatus {
  conditions?: Condition[]
  startTime?: string
  completionTime?: string
  active?: number
  succeeded?: number
  failed?: number
  ready?: number
  terminating?: number
  completedIndexes?: string
  uncountedTerminatedPods?: JsonObject
}

export interface Job {
  apiVersion: string
  kind: string
  metadata: Meta
  spec: JobSpec
  status: JobStatus
}

/** True for a condition of this type whose status is "True". */
export function hasCondition(status: { conditions?: Condition[] } | undefined, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false
}

/** The owner that controls an object, if any. */
export function controllerOf(object: { metadata: Meta }): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller)
}

/** True once a pod has ended for good. */
export function isTerminal(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'
}

/** A shallow copy without some fields. */
export function omit<T extends object, K extends keyof T>(object: T, ...keys: K[]): Omit<T, K> {
  const out = { ...object }
  for (const key of keys) Reflect.deleteProperty(out, key)
  return out
}
