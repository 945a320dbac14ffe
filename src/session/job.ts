/**
 * The parts of a `batch/v1` Job that arbk8s reads or writes. Fields it does not know pass through untouched: objects are
 * kept as the raw JSON or YAML gave them.
 */

/** An object’s name, labels and what the cluster adds. */
export interface ObjectMeta {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[]
  managedFields?: unknown[]
  [field: string]: unknown
}

/** An environment variable of a container. */
export interface EnvVar {
  name: string
  value?: string
  valueFrom?: { secretKeyRef?: { name: string; key: string; optional?: boolean }; [source: string]: unknown }
}

/** What a container is promised and what it may use, as Kubernetes quantities. */
export interface Resources {
  requests?: Record<string, string>
  limits?: Record<string, string>
}

/** A container of a pod template. */
export interface Container {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  env?: EnvVar[]
  resources?: Resources
  imagePullPolicy?: string
  [field: string]: unknown
}

/** What a Job’s pods run. */
export interface PodSpec {
  containers: Container[]
  initContainers?: Container[]
  restartPolicy?: string
  [field: string]: unknown
}

/** A Job’s wanted state. */
export interface JobSpec {
  parallelism?: number
  completions?: number
  completionMode?: string
  backoffLimit?: number
  activeDeadlineSeconds?: number
  ttlSecondsAfterFinished?: number
  suspend?: boolean
  template: { metadata?: Partial<ObjectMeta>; spec: PodSpec }
  [field: string]: unknown
}

/** A condition of a Job or pod; it counts where `status` is `True`. */
export interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
}

/** A Job’s state as its controller reports it. */
export interface JobStatus {
  active?: number
  succeeded?: number
  failed?: number
  ready?: number
  terminating?: number
  startTime?: string
  completionTime?: string
  conditions?: Condition[]
  completedIndexes?: string
  failedIndexes?: string
  [field: string]: unknown
}

/** A `batch/v1` Job. */
export interface Job {
  apiVersion: 'batch/v1'
  kind: 'Job'
  metadata: ObjectMeta
  spec: JobSpec
  status?: JobStatus
}

/** The label that names the session on every Job and pod that arbk8s makes. */
export const sessionLabel = 'session_id'
/** The label that names the worker. */
export const workerLabel = 'worker_id'
/** The value of the `app` label on every Job. */
export const appLabelValue = 'arbitrage-tuning'
/** The field manager of everything that arbk8s applies. */
export const fieldManager = 'arbk8s'
