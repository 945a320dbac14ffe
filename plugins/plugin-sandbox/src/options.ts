/** What a sandbox can be started with. */
import type { Capacity } from './control/scheduler.js'

export interface SandboxOptions {
  /** Where containers' folders, logs and the kubeconfig go; a new temporary folder where it is not given. */
  directory?: string
  /** Image name (with or without a tag) → folder that stands for the image's file system. */
  imageRoots?: Record<string, string>
  /** Namespaces that exist from the start, beside `default`. */
  namespaces?: string[]
  /** 0 or nothing: a free port. */
  port?: number
  /** Images whose names start with one of these cannot be pulled, beside `localhost:1/` and `missing.local/`. */
  unpullable?: string[]
  /** The first of the doubling delays between tries, in ms. Default 10000, as in a cluster. */
  backoffBaseMs?: number
  /** Room on the one node. Default 64 CPU, 256 GiB, 110 pods. */
  capacity?: Partial<Capacity>
  /** Changes kept for watches and paged lists. Default 10000. */
  historyWindow?: number
  /** Milliseconds between bookmarks of a watch. Default 60000. */
  bookmarkMs?: number
  /** PATH of the containers. Default: this process's. */
  searchPath?: string
  now?: () => Date
  /** Told of defects in the sandbox itself. */
  onError?: (error: unknown) => void
}

export interface Sandbox {
  directory: string
  /** Path of a kubeconfig, mode 0600. */
  kubeconfig: string
  /** `https://127.0.0.1:PORT`. */
  server: string
  token: string
  /** PEM of the certificate, its own authority. */
  certificate: string
  /** What a user must know before Jobs are sent there. */
  notice: string
  stop(): Promise<void>
}
