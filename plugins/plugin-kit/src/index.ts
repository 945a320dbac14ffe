/**
 * The plugin contract of arbk8s, version 1: types only, so that a plugin has nothing to install at run time.
 *
 * Everything that crosses this boundary is plain data in the wire's snake_case, as it stands in history files and
 * payloads. Timestamps are RFC 3339 strings in UTC. Nothing is checked by `instanceof`: a plugin may live in another
 * `node_modules` than the host.
 */

/** The contract's version; a plugin's object carries it as `apiVersion`. */
export type ApiVersion = 1

export type Health = 'OK' | 'WARN' | 'ERROR'
export type Severity = 'CRITICAL' | 'WARN' | 'INFO'

/** A Kubernetes event as history and alerts keep it. */
export interface WireEvent {
  type: string
  reason: string
  message: string
  involved_kind: string
  involved_name: string
  involved_namespace: string
  first_timestamp: string | null
  last_timestamp: string | null
  count: number
  /** The event as the API server gave it, or null where it was not kept. */
  raw: unknown
}

/** How one Job stood when a record was made. */
export interface WireJobSummary {
  job_name: string
  phase: string
  health: Health
  reasons: string[]
  /** Seconds from start to end, or to the record for a running Job; null before the start. */
  duration_seconds: number | null
  worker_id: string | null
  retries: number
  /** The Job's uid, which tells a Job from a later one of the same name. */
  uid: string | null
}

/** One line of history. The first eight fields are the original tool's; a reader accepts a record with only those. */
export interface HistoryRecord {
  timestamp: string
  namespace: string
  selector: string
  overall_health: Health
  jobs_ok: number
  jobs_warn: number
  jobs_error: number
  raw_snapshot: unknown
  session_id?: string | null
  errors?: string[]
  jobs?: WireJobSummary[]
  /** Warning events at the time of the record; clusters forget them after about an hour. */
  events?: WireEvent[]
}

/** What a store yields for each stored entry, damaged ones included: a reader counts those and goes on. */
export type HistoryEntry = { record: HistoryRecord } | { damaged: { where: string; reason: string } }

export interface ReadQuery {
  /** At most so many records (damaged entries do not count). */
  limit?: number
  /** Only records at or after this time. */
  since?: Date
  /** Newest first; a store must answer this without reading what is not asked for. Default false. */
  newestFirst?: boolean
}

/**
 * A history backend. One instance serves one location and is used by one process; several processes may share a location.
 * It keeps any object that has a `timestamp`: the host also keeps its delivery ledger in one. Errors are plain Errors
 * whose message names the place and what to do; `code` is ENOENT where a location to read from does not exist.
 */
export interface HistoryStore {
  apiVersion: ApiVersion
  /** Resolves when the record is durable: it then survives `kill -9` of this process. */
  append(record: HistoryRecord): Promise<void>
  read(query?: ReadQuery): AsyncIterable<HistoryEntry>
  /** Makes the location smaller or tidier without losing a record. */
  compact?(): Promise<void>
  close?(): Promise<void>
}

export interface Incident {
  id: string
  severity: Severity
  namespace: string
  selector: string
  current_health: Health
  previous_health: Health | null
  /** Time of the first record of the unbroken run of non-OK records. */
  started_at: string
  detected_at: string
  summary: string
  job_counts: { OK: number; WARN: number; ERROR: number }
  recent_events: WireEvent[]
}

/** Why an alert goes out now. `drill` is a test that a person asked for. */
export type AlertKind = 'opened' | 'worse' | 'repeated' | 'resolved' | 'drill'

/** What a notifier sends. `title` and `text` are ready for people; `payload` is the generic JSON form. */
export interface Alert {
  kind: AlertKind
  title: string
  text: string
  severity: Severity
  incident: Incident
  payload: AlertPayload
}

/** The generic webhook form of an alert. */
export interface AlertPayload {
  alert_type: 'k8s_health'
  title: string
  severity: Severity
  namespace: string
  selector: string
  current_health: Health
  text: string
  metadata: {
    incident_id: string
    started_at: string
    detected_at: string
    severity: Severity
    namespace: string
    selector: string
  }
  incident: Incident
}

/** Exactly what would be sent, secrets masked, and where to. */
export interface Preview {
  /** The destination with its secret parts masked, e.g. `https://hooks.example.com/…`, or `stdout`. */
  destination: string
  contentType: string
  body: string
}

/** Whether an alert arrived. `permanent` failures are not worth another try. */
export type Delivery = { delivered: true; detail?: string } | { delivered: false; permanent: boolean; reason: string }

export interface Notifier {
  apiVersion: ApiVersion
  preview(alert: Alert): Promise<Preview>
  send(alert: Alert): Promise<Delivery>
}

export interface Logger {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
}

export interface HttpRequest {
  url: string
  method?: 'POST' | 'PUT' | 'GET'
  headers?: Record<string, string>
  body?: string
}

export interface HttpResponse {
  status: number
  headers: Record<string, string>
  /** At most 64 KiB, decoded as UTF-8. */
  body: string
}

/** The host's sender: deadline over all, no redirects, bounded answers, retries with Retry-After. */
export type HttpSender = (request: HttpRequest) => Promise<HttpResponse>

/** What the host gives to a plugin. */
export interface PluginContext {
  /** The channel's or store's settings, from the config and the flags. */
  settings: Record<string, unknown>
  http: HttpSender
  /**
   * Writes results that the plugin itself prints (console channels); never the process's stdout directly. Rejects where
   * the text could not be written, so that it is not taken for delivered.
   */
  print(text: string): void | Promise<void>
  log: Logger
  now(): Date
  signal: AbortSignal
}

/** A running cluster of a `cluster:NAME` provider. */
export interface ClusterHandle {
  kubeconfig: string
  server: string
  /** What a user must know before Jobs are sent there. */
  notice: string
  stop(): Promise<void>
}

export interface ClusterStatus {
  running: boolean
  pid: number | null
  server: string | null
  kubeconfig: string | null
  startedAt: string | null
}

export interface ClusterOptions {
  /** Where containers' folders, logs and the kubeconfig go; absolute. */
  directory: string
  /** Image name to the absolute folder that stands for the image's files. */
  imageRoots?: Record<string, string>
  /** Namespaces to make beside `default`. */
  namespaces?: string[]
}

/** A small cluster that can be started on this machine. */
export interface ClusterProvider {
  apiVersion: ApiVersion
  /** Runs one inside this process until `stop()`. */
  run(options: ClusterOptions): Promise<ClusterHandle>
  /** Starts one that goes on in the background; a second call answers with the one that runs. */
  start(options: ClusterOptions): Promise<ClusterStatus>
  stop(options: { directory: string }): Promise<ClusterStatus>
  status(options: { directory: string }): Promise<ClusterStatus>
}

/*
 * oclif hands its own `context` and `config` to every hook, over anything of those names: ours is called `host`.
 */

/** The default export of a file that a `notifier:NAME` hook names. */
export type NotifierHook = (options: { host: PluginContext }) => Promise<Notifier> | Notifier
/** The default export of a file that a `store:SCHEME` hook names. `location` is the whole URL or path. */
export type StoreHook = (options: { host: PluginContext; location: string }) => Promise<HistoryStore> | HistoryStore
/** The default export of a file that a `cluster:NAME` hook names. */
export type ClusterHook = (options: { host: PluginContext }) => Promise<ClusterProvider> | ClusterProvider
