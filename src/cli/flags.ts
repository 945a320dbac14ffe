/** Flags that several commands share, named as kubectl names them. */
import { Flags } from '@oclif/core'

import { parseDuration } from '../base/duration.js'

interface DurationFlagOptions {
  char?: 'i' | 't'
  description: string
  default?: string
  env?: string
  helpGroup?: string
  /** The original tool's flag took seconds as a bare number. */
  bareUnit?: 's'
  /** More is refused; default `longestTimer`. */
  longest?: string
}

/** Node's timers count ms in 31 bits: whatever is longer would end at once. */
const longestTimer = '596h'
/** No limit, as far as a timer knows one; ms. */
export const longestTimerMs = parseDuration(longestTimer)
/** Ten years, for durations that are only reckoned with. */
export const longestSpan = '87600h'

/** A flag that takes a Go duration and gives milliseconds as a number. */
export function durationFlag(
  name: string,
  { bareUnit, longest = longestTimer, default: standard, ...options }: DurationFlagOptions,
) {
  return Flags.custom<number>({
    ...options,
    helpValue: 'DURATION',
    ...(standard === undefined ? {} : { default: parseDuration(standard), defaultHelp: async () => standard }),
    parse: async (input) => parseDuration(input, { flag: `--${name}`, longest, ...(bareUnit ? { bareUnit } : {}) }),
  })()
}

/** Where a sandbox is unless it is told otherwise. */
export const defaultSandboxDir = '.arbk8s/sandbox'

/** The folder of a sandbox. */
export function sandboxDirFlag(description: string, helpGroup?: string) {
  return Flags.string({
    env: 'ARBK8S_SANDBOX_DIR',
    description,
    default: defaultSandboxDir,
    helpValue: 'DIR',
    ...(helpGroup ? { helpGroup } : {}),
  })
}

/** Where the cluster is. */
export const clusterFlags = {
  namespace: Flags.string({
    char: 'n',
    env: 'ARBK8S_NAMESPACE',
    description: 'namespace (default: the context’s)',
    helpGroup: 'CLUSTER',
    helpValue: 'NS',
  }),
  context: Flags.string({
    env: 'ARBK8S_CONTEXT',
    description: 'kubeconfig context',
    helpGroup: 'CLUSTER',
    helpValue: 'NAME',
  }),
  kubeconfig: Flags.string({
    env: 'ARBK8S_KUBECONFIG',
    description: 'kubeconfig file (default: KUBECONFIG, then ~/.kube/config)',
    helpGroup: 'CLUSTER',
    helpValue: 'FILE',
  }),
  'request-timeout': durationFlag('request-timeout', {
    env: 'ARBK8S_REQUEST_TIMEOUT',
    description: 'the longest a single request may take; 0 is no limit, as in kubectl',
    default: '30s',
    helpGroup: 'CLUSTER',
  }),
  sandbox: Flags.boolean({
    env: 'ARBK8S_SANDBOX',
    description: 'use an embedded sandbox for the duration of the command: containers run as processes on this machine',
    helpGroup: 'CLUSTER',
    exclusive: ['kubeconfig', 'context'],
  }),
  'sandbox-dir': sandboxDirFlag('folder for the sandbox’s containers and logs', 'CLUSTER'),
  'sandbox-image': Flags.string({
    multiple: true,
    description: 'for --sandbox: the folder that stands for an image’s files',
    helpGroup: 'CLUSTER',
    helpValue: 'IMAGE=DIR',
  }),
}

/** Which Jobs are meant. */
export const selectorFlags = {
  selector: Flags.string({
    char: 'l',
    aliases: ['label-selector'],
    env: 'ARBK8S_SELECTOR',
    description: 'label selector, e.g. session_id=d29',
    helpValue: 'SELECTOR',
  }),
  session: Flags.string({
    env: 'ARBK8S_SESSION',
    description: 'short for -l session_id=ID',
    exclusive: ['selector'],
    helpValue: 'ID',
  }),
}

/** Where history is. */
export const historyFlags = {
  'history-file': Flags.string({ env: 'ARBK8S_HISTORY_FILE', description: 'JSONL history file', helpValue: 'FILE' }),
  history: Flags.string({
    env: 'ARBK8S_HISTORY',
    description: 'history of a store plugin, e.g. s3://bucket/prefix',
    exclusive: ['history-file'],
    helpValue: 'LOCATION',
  }),
}
