/** Every key of a session's config: what it is called, what it may hold, what it means. Checks and docs read it here. */
import {
  dnsLabelProblem,
  dnsSubdomainProblem,
  envNameProblem,
  labelValueProblem,
  qualifiedNameProblem,
} from './kube-names.js'
import type { ConfigKey, ValueType } from './config-types.js'
import { defaultNamePrefix } from './names.js'

export const modes = ['paper', 'shadow', 'live'] as const
export const environments = ['docker', 'local', 'stage', 'prod'] as const
export const optimizers = ['grid', 'random', 'bayesian'] as const
export const layouts = ['per-worker', 'indexed'] as const

const maxInt32 = 2_147_483_647
const text: ValueType = { is: 'text' }
const filled: ValueType = { is: 'text', check: (value) => (value.trim() === '' ? 'it must not be empty' : undefined) }
const noSpaces: ValueType = {
  is: 'text',
  check: (value) => (value === '' || /\s/.test(value) ? 'it must not be empty or hold spaces' : undefined),
}
const dnsLabel: ValueType = { is: 'text', check: dnsLabelProblem }
const dnsSubdomain: ValueType = { is: 'text', check: dnsSubdomainProblem }
const sessionId: ValueType = {
  is: 'text',
  check: (value) => (value === '' ? 'it must not be empty' : labelValueProblem(value)),
}
const labelValue: ValueType = { is: 'text', check: labelValueProblem }
const quantities: ValueType = { is: 'map', of: { is: 'quantity' }, key: qualifiedNameProblem }
const count = (min: number): ValueType => ({ is: 'integer', min, max: maxInt32 })

const resources: ValueType = {
  is: 'object',
  keys: [
    { name: 'requests', type: quantities, description: 'what a worker is promised, e.g. `{cpu: 500m, memory: 512Mi}`' },
    { name: 'limits', type: quantities, description: 'what a worker may use at most' },
  ],
}

const secretRef: ValueType = {
  is: 'object',
  keys: [
    { name: 'name', type: dnsSubdomain, required: true, description: 'the Secret' },
    { name: 'key', type: filled, required: true, description: 'the key within the Secret' },
    { name: 'optional', type: { is: 'boolean' }, description: 'start the worker also where the Secret is missing' },
  ],
}

const queue: ValueType = {
  is: 'object',
  keys: [
    { name: 'local_queue', type: dnsSubdomain, required: true, description: 'the LocalQueue in the Jobs’ namespace' },
    { name: 'priority_class', type: dnsSubdomain, description: 'the WorkloadPriorityClass' },
  ],
}

/** The keys of both files, in the order of the reference. */
export const configKeys: readonly ConfigKey[] = [
  {
    name: 'session_id',
    type: sessionId,
    required: true,
    orchestrator: true,
    description: 'the session’s name; it becomes a label value, and its first 8 characters a part of every Job’s name',
  },
  { name: 'k8s_namespace', type: dnsLabel, required: true, description: 'the namespace that the Jobs are made in' },
  { name: 'image', type: noSpaces, required: true, description: 'the workers’ container image' },
  {
    name: 'mode',
    type: { is: 'choice', of: modes },
    required: true,
    orchestrator: true,
    description: 'paper, shadow or live trading',
  },
  {
    name: 'env',
    type: { is: 'choice', of: environments },
    required: true,
    orchestrator: true,
    description: 'the environment that the workers run in',
  },
  {
    name: 'total_iterations',
    type: count(1),
    required: true,
    orchestrator: true,
    description: 'the session’s iterations, shared out over the workers',
  },
  {
    name: 'workers',
    type: count(1),
    required: true,
    orchestrator: true,
    description: 'how many workers share the iterations',
  },
  {
    name: 'optimizer',
    type: { is: 'choice', of: optimizers },
    orchestrator: true,
    description: 'how parameters are searched; needed by the standard `args`',
  },
  {
    name: 'config_path',
    type: filled,
    orchestrator: true,
    description: 'the strategy’s config inside the image; needed by the standard `args`',
  },
  {
    name: 'base_output_csv',
    type: filled,
    orchestrator: 'only',
    standard: '`outputs/d29_k8s_session.csv`',
    description:
      'the CSV that the session’s results are named after; every worker adds `_{worker_id}` before the ending',
  },
  { name: 'resources', type: resources, description: 'a worker’s requests and limits' },
  {
    name: 'extra_env',
    type: { is: 'map', of: text, key: envNameProblem },
    description: 'environment variables, over the standard ones',
  },
  {
    name: 'secret_env',
    type: { is: 'map', of: secretRef, key: envNameProblem },
    description: 'environment variables whose values come from Secrets',
  },
  {
    name: 'command',
    type: { is: 'list', of: text },
    standard: '`[python]`',
    description: 'the container’s command; placeholders as in `args`',
  },
  {
    name: 'args',
    type: { is: 'list', of: text },
    standard: 'the tuning script’s',
    description: 'the container’s arguments, with placeholders such as `{{iterations}}`',
  },
  {
    name: 'name_prefix',
    type: dnsLabel,
    standard: `\`${defaultNamePrefix}\``,
    description: 'what Job names begin with',
  },
  {
    name: 'labels',
    type: { is: 'map', of: labelValue, key: qualifiedNameProblem },
    description: 'more labels for the Jobs and their pods',
  },
  {
    name: 'annotations',
    type: { is: 'map', of: text, key: qualifiedNameProblem },
    description: 'more annotations for the Jobs and their pods',
  },
  { name: 'backoff_limit', type: count(0), standard: '`0`', description: 'how often a failed worker is tried again' },
  {
    name: 'restart_policy',
    type: { is: 'choice', of: ['Never', 'OnFailure'] },
    standard: '`Never`',
    description: 'whether a failed container is restarted in its pod',
  },
  { name: 'active_deadline_seconds', type: count(1), description: 'after how many seconds a Job is ended as failed' },
  {
    name: 'ttl_seconds_after_finished',
    type: count(0),
    description: 'after how many seconds a finished Job is removed from the cluster',
  },
  { name: 'service_account_name', type: dnsSubdomain, description: 'the workers’ service account' },
  {
    name: 'image_pull_policy',
    type: { is: 'choice', of: ['Always', 'IfNotPresent', 'Never'] },
    description: 'when the image is pulled',
  },
  {
    name: 'node_selector',
    type: { is: 'map', of: labelValue, key: qualifiedNameProblem },
    description: 'labels of the nodes that workers may run on',
  },
  {
    name: 'tolerations',
    type: { is: 'list', of: { is: 'kubernetes', type: 'Toleration' } },
    description: 'node taints that workers tolerate, as in Kubernetes',
  },
  {
    name: 'pod_failure_policy',
    type: { is: 'kubernetes', type: 'PodFailurePolicy' },
    description: 'which failures count, as in Kubernetes (1.26 and later); needs `restart_policy: Never`',
  },
  { name: 'suspend', type: { is: 'boolean' }, description: 'make the Jobs suspended' },
  { name: 'queue', type: queue, description: 'the Kueue queue that admits the Jobs' },
  {
    name: 'layout',
    type: { is: 'choice', of: layouts },
    standard: '`per-worker`',
    description: 'one Job per worker, or one Indexed Job for the session',
  },
]

/** The keys that the k8s config may have. */
export const k8sConfigKeys = configKeys.filter((key) => key.orchestrator !== 'only')
/** The keys that the orchestrator config may have; all of them are optional there. */
export const orchestratorConfigKeys = configKeys
  .filter((key) => key.orchestrator)
  .map((key): ConfigKey => ({ ...key, required: false }))
