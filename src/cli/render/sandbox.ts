import type { ClusterStatus } from '@arbk8s/plugin-kit'

/** What `sandbox start|stop|status --json` print. */
export interface SandboxView {
  running: boolean
  pid: number | null
  server: string | null
  kubeconfig: string | null
  started_at: string | null
}

/** The status on the wire. */
export function sandboxView(status: ClusterStatus): SandboxView {
  const { running, pid, server, kubeconfig, startedAt } = status
  return { running, pid, server, kubeconfig, started_at: startedAt }
}
