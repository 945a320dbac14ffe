/** A session whose workers are a few lines of shell in busybox: a config on disk, for tests on a cluster. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'

export interface ShellSession {
  namespace: string
  sessionId: string
  /** What each worker runs; `{{index}}` and the like are filled in. */
  script: string
  workers?: number
}

/** Writes `k8s.yaml` into the folder and gives the arguments of `pipeline run` for it. */
export async function writeShellSession(folder: string, session: ShellSession): Promise<string[]> {
  const { namespace, sessionId, script, workers = 4 } = session
  const config = {
    session_id: sessionId,
    k8s_namespace: namespace,
    image: 'busybox:1.35',
    image_pull_policy: 'IfNotPresent',
    mode: 'paper',
    env: 'local',
    total_iterations: 10,
    workers,
    command: ['sh', '-c'],
    args: [script],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '500m', memory: '64Mi' } },
  }
  const file = path.join(folder, `${sessionId}.yaml`)
  await writeFile(file, JSON.stringify(config))
  return ['--k8s-config', file, '--jobs-dir', path.join(folder, `${sessionId}-jobs`)]
}
