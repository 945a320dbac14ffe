import path from 'node:path'

import { BaseCommand } from '../../cli/base-command.js'
import { sandboxDirFlag } from '../../cli/flags.js'
import { sandboxView } from '../../cli/render/sandbox.js'
import type { SandboxStatusResult } from '../../cli/results.js'
import { sandboxProvider } from '../../cli/sandbox.js'

export default class SandboxStatus extends BaseCommand {
  static override summary = 'Tell whether a sandbox runs in this folder, and where its kubeconfig is.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']
  static override flags = {
    'sandbox-dir': sandboxDirFlag('folder that it was started in'),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(SandboxStatus)
    const provider = await sandboxProvider(this.config, this.signal)
    const status = await provider.status({ directory: path.resolve(flags['sandbox-dir']) })
    const text = status.running
      ? `Sandbox running at ${status.server} (pid ${status.pid}, since ${status.startedAt})\n  export KUBECONFIG=${status.kubeconfig}`
      : 'No sandbox is running here. Start one with: arbk8s sandbox start'
    await this.finish<SandboxStatusResult>({ result: sandboxView(status), text })
  }
}
