/** The two commented files that `init` writes: the project's settings and a session's config. */

/** What stands in the files from the start. */
export interface StarterOptions {
  sessionId: string
  namespace: string
  image: string
}

/** A file to write. */
export interface StarterFile {
  name: string
  text: string
}

/** The files with their text; the same options give the same bytes. */
export function starterFiles(options: StarterOptions): StarterFile[] {
  return [
    { name: 'arbk8s.yaml', text: settingsText(options) },
    { name: 'k8s.yaml', text: sessionText(options) },
  ]
}

function settingsText({ sessionId, namespace }: StarterOptions): string {
  return `# Settings of arbk8s for this folder and those below. Flags and ARBK8S_ variables win over them.
# Relative paths start at this file. All keys: docs/reference/settings.md; what is in force: arbk8s doctor

namespace: ${namespace}
selector: session_id=${sessionId}

k8s_config: k8s.yaml
output_dir: jobs
jobs_dir: jobs
history_file: history.jsonl

# The Kubernetes version to validate against; default: the newest known.
# kube_version: "1.31"

# Contexts (with * as a wildcard) where nothing is applied without --confirm-context NAME.
protected_contexts:
  - "*prod*"

# Where alerts go. console comes with the CLI; others are plugins: arbk8s plugins install slack
channel_type: [console]
`
}

function sessionText({ sessionId, namespace, image }: StarterOptions): string {
  return `# One tuning session: its iterations are shared out over the workers, and each worker is a Kubernetes Job.
# All keys: docs/reference/session-config.md

session_id: ${sessionId}
k8s_namespace: ${namespace}
image: ${image}

# paper, shadow or live. Jobs in live mode are applied with --allow-live only.
mode: paper
# docker, local, stage or prod
env: local

total_iterations: 12
workers: 2
# grid, random or bayesian
optimizer: random
config_path: configs/search.json

# What a worker runs. Without these two: python scripts/run_d24_tuning_session.py with the same arguments.
# command: [node]
# args: [worker.mjs, --config, "{{config_path}}", --iterations, "{{iterations}}", --worker-id, "{{worker_id}}",
#        --output-csv, "{{output_csv}}"]

resources:
  requests: { cpu: 500m, memory: 512Mi }
  limits: { cpu: "1", memory: 1Gi }

# Plain variables. A secret never stands here: name the Secret's key under secret_env instead.
extra_env:
  LOG_LEVEL: info
# secret_env:
#   EXCHANGE_API_KEY: { name: exchange, key: api-key }

# What keeps a night quiet: an end for a Job that hangs, and for one that is done.
active_deadline_seconds: 7200
ttl_seconds_after_finished: 86400
`
}
