/**
 * The one error class and the one catalogue of codes. An error is for work that could not be done; a check that fails
 * is data (a Finding, a JobHealth). `docs/reference/errors.md` lists every code and a test compares.
 */

/** Exit codes: the contract of every command. */
export const exitCodes = {
  ok: 0,
  /** An invalid manifest, a Job that could not be applied, an alert not delivered, WARN under --strict. */
  findings: 1,
  /** Health is ERROR. */
  unhealthy: 2,
  /** The work could not be done: the state is not known. */
  failed: 3,
  interrupted: 130,
  terminated: 143,
} as const

/** Every code with what it means. The names are stable; a retired one is not used again. */
export const errorCatalogue = {
  ARB_INTERNAL: 'A defect in arbk8s itself.',
  ARB_USAGE: 'A flag or an argument is missing, unknown or has a value that cannot be used.',
  ARB_INTERRUPTED: 'The command was stopped by a signal.',
  ARB_TIMEOUT: 'The time given by --timeout ran out before the work was done.',
  ARB_CONFIG_NOT_FOUND: 'A config file that was named does not exist.',
  ARB_CONFIG_UNREADABLE: 'A config file exists and cannot be read.',
  ARB_CONFIG_SYNTAX: 'A config file is not YAML that can be read safely.',
  ARB_CONFIG_INVALID: 'A config file has an unknown key, a wrong type or a value that is not allowed.',
  ARB_SESSION_INVALID: 'The session cannot be shared out over Jobs as configured.',
  ARB_SECRET_LITERAL: 'A value that looks like a secret stands literally in the config.',
  ARB_SECRET_MISSING:
    'A secret is not where the config or a flag says: a variable is not set, or a file cannot be used.',
  ARB_OUTPUT_UNWRITABLE: 'A file or folder cannot be written where it was asked for.',
  ARB_JOBS_DIR_MISSING: 'The folder or file with manifests does not exist or cannot be read.',
  ARB_JOBS_DIR_EMPTY: 'There is no manifest in the folder.',
  ARB_KUBE_VERSION_UNKNOWN: 'There is no schema for the Kubernetes version that was asked for.',
  ARB_KUBECONFIG_NOT_FOUND: 'No kubeconfig was found, or the one that was named does not exist.',
  ARB_KUBECONFIG_INVALID: 'The kubeconfig cannot be read, or a context, cluster or user that it names does not exist.',
  ARB_CREDENTIALS: 'The kubeconfig credential could not be obtained, for example from an exec plugin.',
  ARB_CLUSTER_UNREACHABLE: 'The API server did not answer, or not within the request timeout.',
  ARB_CLUSTER_UNAUTHORIZED: 'The API server does not accept the credential.',
  ARB_CLUSTER_FORBIDDEN: 'The credential lacks a right.',
  ARB_CLUSTER_ANSWER: 'The answer is not one that a Kubernetes API server gives.',
  ARB_CLUSTER_REJECTED: 'The API server refused the request.',
  ARB_NAMESPACE_NOT_FOUND: 'The namespace does not exist in the cluster.',
  ARB_SELECTOR_INVALID: 'The label selector does not parse.',
  ARB_LIVE_REFUSED: 'Jobs in live mode were not allowed explicitly.',
  ARB_CONTEXT_PROTECTED: 'The context is protected and was not confirmed.',
  ARB_TARGET_INSECURE: 'The connection to the cluster is not checked, and that was not allowed for apply.',
  ARB_HISTORY_UNREADABLE: 'The history cannot be read.',
  ARB_HISTORY_UNWRITABLE: 'A record could not be stored; it is NOT in the history.',
  ARB_PLUGIN_NOT_FOUND: 'No installed plugin provides the channel, store or cluster that was asked for.',
  ARB_PLUGIN_AMBIGUOUS: 'Two packages provide the same channel, store or cluster.',
  ARB_PLUGIN_FAILED: 'A plugin could not be loaded, threw, or did not answer in time.',
  ARB_PLUGIN_INSTALL: 'A plugin could not be installed.',
  ARB_PLUGIN_SETTINGS: 'A channel or store lacks a setting, or has one that cannot be used.',
  ARB_PLUGIN_CONTRACT: 'A plugin was made for another version of the contract, or lacks a part of it.',
  ARB_SANDBOX: 'The embedded sandbox could not be started or stopped.',
} as const

/** One of the codes of `errorCatalogue`. */
export type ErrorCode = keyof typeof errorCatalogue

/** What an ArbError is made from. */
export interface ArbErrorOptions {
  code: ErrorCode
  /** What happened, and to which file, object or host. One line, no secret. */
  message: string
  /** What to do next, one line each. */
  hints?: string[]
  /** Default 3. */
  exitCode?: number
  /** Machine-readable particulars for --json, e.g. `{verb, resource, namespace}`. */
  details?: Record<string, unknown>
  cause?: unknown
}

/** Work that could not be done. Carries both exit numbers that oclif looks at, so text and JSON mode agree. */
export class ArbError extends Error {
  override readonly name = 'ArbError'
  readonly code: ErrorCode
  readonly exitCode: number
  /** @internal */
  readonly oclif: { exit: number }
  readonly hints: string[]
  readonly details: Record<string, unknown>

  constructor(options: ArbErrorOptions) {
    const { code, message, hints = [], exitCode = exitCodes.failed, details = {}, cause } = options
    super(message, { cause })
    this.code = code
    this.exitCode = exitCode
    this.oclif = { exit: exitCode }
    this.hints = hints
    this.details = details
  }
}

/** True for an ArbError of this or another copy of the package. */
export function isArbError(error: unknown): error is ArbError {
  return error instanceof Error && error.name === 'ArbError' && 'code' in error && 'hints' in error
}

/** The message of anything thrown, in one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replace(/\s+/g, ' ').trim()
}
