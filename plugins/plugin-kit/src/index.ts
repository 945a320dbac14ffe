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
  /** Why the Job is not well; absent in records without it. */
  cause?: RecordedCause | null
}

/** Why a Job is not well, with the proof that the cluster forgets. */
export interface RecordedCause {
  /** One of the documented classes, e.g. `image`, `memory`, `crash`. */
  class: string
  reason: string
  message: string
  /** What to do, in one line. */
  fix: string | null
  pod: string | null
  container: string | null
  exit_code: number | null
  signal: number | null
  /** The container's last log lines, bounded, cleaned and masked. */
  last_lines: string[]
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
  /** The labels that all Jobs of the record share, for routes. */
  labels?: Record<string, string>
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
  /** Makes the location smaller or tidier without losing a record, also while others read and append. */
  compact?(): Promise<CompactResult>
  /** Looks at everything that is stored and says whether it is whole and unchanged. */
  verify?(query?: VerifyQuery): Promise<VerifyResult>
  close?(): Promise<void>
}

/** What `compact` did. */
export interface CompactResult {
  /** Pieces (files, objects) before and after, and the records in them. */
  before: number
  after: number
  records: number
}

/** What `verify` is told. */
export interface VerifyQuery {
  /** A head that an earlier `verify` gave and that was kept elsewhere; it is a problem where the chain does not hold it. */
  head?: string
}

/** What `verify` found. */
export interface VerifyResult {
  records: number
  /** Records whose place and content a chain of hashes vouches for. */
  chained: number
  /** Entries that were never whole (a killed writer, a full disk), and that the chain has vouched for since. */
  torn?: number
  /** What was changed, is missing, stands in the wrong place or cannot be read; empty where all is well. */
  problems: { where: string; reason: string }[]
  /** The chain's head, to be kept elsewhere: the only proof against a cut-off end. Null without a chain. */
  head: string | null
}

/** A failed Job as an alert shows it. */
export interface FailedJob {
  job_name: string
  worker_id: string | null
  reasons: string[]
  cause: RecordedCause | null
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
  /** The worst Jobs, at most five. */
  failed_jobs: FailedJob[]
  /** Jobs in ERROR or WARN that are not among `failed_jobs`. */
  more_failed_jobs: number
  /** The labels that the Jobs share, and the selector's. */
  labels: Record<string, string>
  /** The series changes so often that single changes are not told. */
  flapping: boolean
  /** The command that shows more. */
  look_further: string
}

/**
 * Why an alert goes out now. `flapping` says once that a series goes back and forth; `drill` is a test that a person
 * asked for.
 */
export type AlertKind = 'opened' | 'worse' | 'repeated' | 'flapping' | 'resolved' | 'drill'

/** What a notifier sends. `title` and `text` are ready for people; `payload` is the generic JSON form. */
export interface Alert {
  /** The same each time that this very alert is tried, so that a receiver can drop doubles: `INCIDENT-KIND-SEQUENCE`. */
  id: string
  kind: AlertKind
  /** 1 for the first alert of this incident on this channel, then counted on. */
  sequence: number
  /** What this channel's last delivery about this incident returned as `reference`; null without one. */
  previous: unknown
  /** By when the next word about an open incident is due: after it, silence means that nobody looks. Null: none is due. */
  expires_at: string | null
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

/**
 * Whether an alert arrived. The host tries again what failed for the moment (`permanent: false`), not before
 * `retry_after_seconds`. `reference` is plain JSON that the channel wants back with its next alert about the incident, e.g.
 * a message's id. `undelivered` names those of several recipients whom a delivered alert did not reach: that is told, ends
 * the command with 1, and is not tried again by the host, since the others have it.
 */
export type Delivery =
  | { delivered: true; detail?: string; reference?: unknown; undelivered?: { to: string; reason: string }[] }
  | { delivered: false; permanent: boolean; reason: string; retry_after_seconds?: number | null }

/** An alert channel. Its hook throws an Error with `code: 'ERR_SETTINGS'` where a setting is missing or wrong. */
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
  /** True for 408, 425, 429 and 5xx: another try may succeed. */
  temporary: boolean
  /** `Retry-After` in either form, as seconds from now within the host's cap; null without one. */
  retry_after_seconds: number | null
}

/**
 * The host's sender: one try within its deadline, no redirects (a 3xx is an answer), bounded answers, proxies of the
 * environment, private addresses only where the channel allows them. It rejects with an Error whose message holds no
 * secret, and with `permanent: true` where another try is useless (address refused, certificate not trusted, bad URL).
 */
export type HttpSender = (request: HttpRequest) => Promise<HttpResponse>

/**
 * The addresses of a host that this channel may speak to over another protocol than HTTP; connect to one of these and to
 * nothing else. Rejects as `HttpSender` does.
 */
export type AddressLookup = (hostname: string) => Promise<{ address: string; family: 4 | 6 }[]>

/** What the host gives to a plugin. */
export interface PluginContext {
  /**
   * The channel's or store's settings, from the config and the flags. Secrets are there already: the host has replaced
   * `${NAME}` by the variable and `KEY_file` by `KEY` with the file's content, and masks them in all that it prints. What
   * the host itself obeys (`type`, `fallback`, `timeout`, `deadline`, `allow_private`) is not among them.
   */
  settings: Record<string, unknown>
  http: HttpSender
  lookup: AddressLookup
  /** The longest that one try may take, in ms. */
  timeoutMs: number
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
