/** A command that reaches a cluster: the kubeconfig's, or an embedded sandbox for its duration. */
import { homedir } from 'node:os'

import type { Cluster } from '../cluster/open.js'
import { checkedNamespace } from '../cluster/paths.js'
import type { Reader } from '../cluster/types.js'
import { BaseCommand } from './base-command.js'
import { longestTimerMs } from './flags.js'
import { masker } from './masker.js'
import { imageRootsOf, useSandbox } from './sandbox.js'
import { neededSelector, type SelectorFlagValues } from './which-jobs.js'

/** The parsed values of `clusterFlags`. */
export interface ClusterFlagValues {
  namespace?: string | undefined
  context?: string | undefined
  kubeconfig?: string | undefined
  'request-timeout'?: number | undefined
  'insecure-skip-tls-verify'?: boolean | undefined
  sandbox?: boolean | undefined
  'sandbox-dir'?: string | undefined
  'sandbox-image'?: string[] | undefined
}

export interface ClusterSession {
  cluster: Cluster
  reader: Reader
  /** The flag's namespace, else the context's, else `default`. */
  namespace: string
}

export abstract class ClusterCommand extends BaseCommand {
  /** Whether the command has a sandbox of its own, which ends with it. */
  protected ownSandbox = false

  /**
   * Connects. Nothing is sent yet: the first request tells whether the cluster answers.
   * `namespaces` are made in a sandbox that is started for this command.
   */
  protected async openCluster(flags: ClusterFlagValues, namespaces: string[] = []): Promise<ClusterSession> {
    if (flags.namespace !== undefined) checkedNamespace(flags.namespace)
    const kubeconfig = flags.sandbox ? await this.sandboxKubeconfig(flags, namespaces) : flags.kubeconfig
    const { openCluster } = await import('../cluster/open.js')
    const cluster = await openCluster({
      kubeconfig,
      context: flags.sandbox ? undefined : flags.context,
      namespace: flags.namespace,
      requestTimeoutMs: flags['request-timeout'] === 0 ? longestTimerMs : flags['request-timeout'],
      insecure: flags['insecure-skip-tls-verify'],
      env: process.env,
      homedir: homedir(),
      signal: this.signal,
      masker,
    })
    this.atEnd(async () => cluster.close())
    return { cluster, reader: cluster.reader, namespace: cluster.target.namespace }
  }

  private async sandboxKubeconfig(flags: ClusterFlagValues, namespaces: string[]): Promise<string> {
    const wanted = flags.namespace ? [flags.namespace, ...namespaces] : namespaces
    const sandbox = await useSandbox({
      config: this.config,
      directory: flags['sandbox-dir'] ?? '.arbk8s/sandbox',
      imageRoots: imageRootsOf(
        flags['sandbox-image'],
        this.setting('sandbox_images'),
        this.settingFolder('sandbox_images'),
      ),
      namespaces: [...new Set(wanted)],
      signal: this.signal,
    })
    this.ownSandbox = sandbox.own
    this.atEnd(() => sandbox.stop())
    const end = sandbox.own
      ? ' It ends with this command, and its Jobs with it; arbk8s sandbox start keeps one running.'
      : ''
    await this.note(`Sandbox: ${sandbox.notice}${end}`)
    return sandbox.kubeconfig
  }

  protected override afterInterruption(): string[] {
    return [`Nothing in the cluster was changed. ${super.afterInterruption().join(' ')}`]
  }

  /** The label selector of the flags. */
  protected selectorOf(flags: SelectorFlagValues): string {
    return neededSelector(flags)
  }
}
