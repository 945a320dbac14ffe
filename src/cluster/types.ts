/** What the rest of arbk8s may ask of a cluster: a Reader that cannot write, and the objects it gives. */
import type { Condition, Job, ObjectMeta } from '../session/job.js'

/** One of the three is set, as in Kubernetes. */
export interface ContainerState {
  waiting?: { reason?: string; message?: string }
  running?: { startedAt?: string }
  terminated?: {
    exitCode: number
    signal?: number
    reason?: string
    message?: string
    startedAt?: string
    finishedAt?: string
  }
}

/** A container as its pod’s status has it. */
export interface ContainerStatus {
  name: string
  ready?: boolean
  restartCount?: number
  state?: ContainerState
  lastState?: ContainerState
}

/** The parts of a pod that are read; other fields pass through. */
export interface Pod {
  metadata: ObjectMeta
  spec: {
    containers: { name: string; [field: string]: unknown }[]
    initContainers?: { name: string }[]
    nodeName?: string
    [field: string]: unknown
  }
  status?: {
    phase?: string
    reason?: string
    message?: string
    startTime?: string
    conditions?: Condition[]
    containerStatuses?: ContainerStatus[]
    initContainerStatuses?: ContainerStatus[]
    [field: string]: unknown
  }
}

/** A core/v1 Event as the API server gives it. */
export interface ClusterEvent {
  metadata: ObjectMeta
  type?: string
  reason?: string
  message?: string
  count?: number
  firstTimestamp?: string | null
  lastTimestamp?: string | null
  eventTime?: string | null
  series?: { count?: number; lastObservedTime?: string }
  involvedObject: { kind?: string; name?: string; namespace?: string; uid?: string }
  [field: string]: unknown
}

/** Which cluster is meant, for the first line of output and for guards. Holds no secret. */
export interface ClusterTarget {
  context: string | null
  cluster: string | null
  user: string | null
  server: string
  /** The context's namespace, or `default`. */
  namespace: string
  /** True where certificates are not checked or the address is plain HTTP. */
  insecure: boolean
}

/** Options of every call. */
export interface CallOptions {
  signal?: AbortSignal
}

/** Which objects a list or a watch is about. */
export interface ListOptions extends CallOptions {
  namespace: string
  /** A label selector as kubectl takes it. */
  selector?: string
  fieldSelector?: string
}

/** Items cleaned of control characters, and the resourceVersion to watch from. */
export interface List<T> {
  items: T[]
  resourceVersion: string
}

/** Which part of which log. */
export interface LogOptions extends CallOptions {
  namespace: string
  pod: string
  container: string
  tailLines?: number
  limitBytes?: number
  /** RFC 3339. */
  sinceTime?: string
  timestamps?: boolean
  previous?: boolean
}

/** What can be watched. */
export type WatchKind = 'jobs' | 'pods' | 'events'

/** One change, as the API server tells it. */
export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  object: { kind?: string; metadata: ObjectMeta; [field: string]: unknown }
}

/** One right, as SelfSubjectAccessReview asks for it, e.g. `{verb: 'list', group: 'batch', resource: 'jobs'}`. */
export interface Right {
  verb: string
  group: string
  resource: string
  subresource?: string
}

/** A client that cannot change anything. Every error is an ArbError that names the server and the object. */
export interface Reader {
  readonly target: ClusterTarget
  /** The API server’s version. */
  version(options?: CallOptions): Promise<{ gitVersion: string; major: string; minor: string }>
  /** The namespace, or undefined where it does not exist. */
  getNamespace(name: string, options?: CallOptions): Promise<{ metadata: ObjectMeta } | undefined>
  /** The Job, or undefined where it does not exist. */
  getJob(namespace: string, name: string, options?: CallOptions): Promise<Job | undefined>
  /** All Jobs that fit, page by page. */
  listJobs(options: ListOptions): Promise<List<Job>>
  /** All pods that fit, page by page. */
  listPods(options: ListOptions): Promise<List<Pod>>
  /** All events that fit, page by page. */
  listEvents(options: ListOptions): Promise<List<ClusterEvent>>
  /** Log text cleaned of control characters, at most `limitBytes` (default 1 MiB). */
  podLog(options: LogOptions): Promise<string>
  /** A container's log as it grows, line by line (without the newline), until it ends or the signal aborts. */
  followLog(options: LogOptions): AsyncIterable<string>
  /** One watch request; ends when the server ends it. Whoever watches resumes from the last resourceVersion. */
  watch(kind: WatchKind, options: ListOptions & { resourceVersion: string }): AsyncIterable<WatchEvent>
  /** Whether this user has the right in the namespace. */
  can(right: Right, namespace: string, options?: CallOptions): Promise<boolean>
}

/** Options of an apply of one Job. */
export interface ApplyOptions extends CallOptions {
  /** Take over fields that another manager set to other values. */
  force?: boolean
}

/** What the API server made of an apply: the object as stored (or as it would be), and whether it was not there before. */
export interface Applied {
  job: Job
  created: boolean
}

/** A client that asks the API server what an apply would do: every request carries dryRun=All. */
export interface DryRunner {
  /** What the API server would make of the Job; nothing is changed. */
  dryRunApply(job: Job, options?: ApplyOptions): Promise<Applied>
}

/** The only client that changes a cluster; given to apply/ alone. */
export interface Writer {
  /** Server-side apply under the field manager `arbk8s`; the stored object is checked to be the one that was sent. */
  applyJob(job: Job, options?: ApplyOptions): Promise<Applied>
}

/** Jobs, pods, logs and events of a selector at one time. */
export interface Snapshot {
  namespace: string
  selector: string
  /** RFC 3339, UTC. */
  takenAt: string
  jobs: Job[]
  pods: Pod[]
  /** Events of these Jobs and pods, oldest first. */
  events: ClusterEvent[]
  /** The last log lines per container. */
  logs: ContainerLog[]
  /** What could not be read beside the Jobs themselves, e.g. a pod's log; the Jobs' own failure is an exception. */
  errors: string[]
}

/** The last lines of one container. */
export interface ContainerLog {
  pod: string
  container: string
  /** The Job that owns the pod. */
  job: string
  lines: string[]
}
