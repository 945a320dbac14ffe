/** A connection with what may be done over it, split by right: most stages get the Reader alone. */
import { connect, type ConnectOptions } from './connect.js'
import { createDryRunner } from './dry-runner.js'
import { createReader } from './reader.js'
import type { ClusterTarget, DryRunner, Reader } from './types.js'
import type { Transport } from './transport.js'

/** A connected cluster; give its `reader` to whatever only looks. */
export interface Cluster {
  target: ClusterTarget
  reader: Reader
  dryRunner: DryRunner
  /**
   * What `createWriter` needs; only apply/ makes one.
   * @internal
   */
  transport: Transport
  /** Closes idle connections, so that the process can end. */
  close(): void
}

/** Connects by the kubeconfig's rules. */
export async function openCluster(options: ConnectOptions): Promise<Cluster> {
  const { target, transport } = await connect(options)
  return {
    target,
    transport,
    reader: createReader(transport),
    dryRunner: createDryRunner(transport),
    close: () => transport.close(),
  }
}
