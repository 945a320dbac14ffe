import path from 'node:path'

import { BaseCommand } from '../../cli/base-command.js'
import { sandboxDirFlag } from '../../cli/flags.js'
import { sandboxView } from '../../cli/render/sandbox.js'
import type { SandboxStatusResult } from '../../cli/results.js'
import { sandboxProvider } from '../../cli/sandbox.js'

export default class SandboxStop extends BaseCommand {
  static override summary = 'Stop the sandbox that was started in this folder, and its containers’ processes.'
  static override examples = ['<%= config.bin %> <%= command.id %>']
  static override flags = {
    'sandbox-dir': sandboxDirFlag('folder that it was started in'),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(SandboxStop)
    const provider = await sandboxProvider(this.config, this.signal)
    const directory = path.resolve(flags['sandbox-dir'])
    const before = await provider.status({ directory })
    const status = await provider.stop({ directory })
    await this.finish<SandboxStatusResult>({
      result: sandboxView(status),
      text: before.running ? `Sandbox stopped (pid ${before.pid})` : `No sandbox is running in ${directory}`,
    })
  }
}
