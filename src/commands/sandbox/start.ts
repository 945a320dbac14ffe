import { Flags } from '@oclif/core'

import { ArbError } from '../../base/errors.js'
import { cleanLine, shorten } from '../../base/text.js'
import { BaseCommand } from '../../cli/base-command.js'
import { defaultSandboxDir, sandboxDirFlag } from '../../cli/flags.js'
import { sandboxView } from '../../cli/render/sandbox.js'
import type { SandboxStatusResult } from '../../cli/results.js'
import { dnsLabelProblem } from '../../session/kube-names.js'
import { imageRootsOf, sandboxFolder, sandboxProvider } from '../../cli/sandbox.js'

export default class SandboxStart extends BaseCommand {
  static override summary = 'Start a small Kubernetes API on this machine and keep it running.'
  static override description =
    'It runs each container’s command as a process of this machine, as this user and without isolation. It writes a kubeconfig; kubectl and every arbk8s command work with it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --namespace tuning',
    'export KUBECONFIG=$(arbk8s sandbox status --json | jq -r .kubeconfig)',
  ]
  static override flags = {
    'sandbox-dir': sandboxDirFlag('folder for containers, logs and the kubeconfig'),
    'sandbox-image': Flags.string({
      multiple: true,
      description: 'the folder that stands for an image’s files',
      helpValue: 'IMAGE=DIR',
    }),
    namespace: Flags.string({
      char: 'n',
      multiple: true,
      description: 'namespaces to make beside default',
      helpValue: 'NS',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(SandboxStart)
    const provider = await sandboxProvider(this.config, this.signal)
    const status = await provider.start({
      directory: await sandboxFolder(flags['sandbox-dir']),
      imageRoots: imageRootsOf(
        flags['sandbox-image'],
        this.setting('sandbox_images'),
        this.settingFolder('sandbox_images'),
      ),
      namespaces: (flags.namespace ?? []).map(validNamespace),
    })
    await this.finish<SandboxStatusResult>({
      result: sandboxView(status),
      text: [
        `Sandbox running at ${status.server} (pid ${status.pid})`,
        'It runs containers’ commands as processes on this machine, without isolation.',
        `  export KUBECONFIG=${status.kubeconfig}`,
        `Stop it with: arbk8s sandbox stop${flags['sandbox-dir'] === defaultSandboxDir ? '' : ` --sandbox-dir ${flags['sandbox-dir']}`}`,
      ].join('\n'),
    })
  }
}

/** A name that no API server would take is refused here as there. */
function validNamespace(name: string): string {
  const problem = dnsLabelProblem(name)
  if (problem === undefined) return name
  throw new ArbError({
    code: 'ARB_USAGE',
    message: `--namespace: "${shorten(cleanLine(name), 80)}" is not a namespace's name: ${problem}`,
  })
}
