import { Flags } from '@oclif/core'

import { exitCodes } from '../../base/errors.js'
import { BaseCommand } from '../../cli/base-command.js'
import { deliveryFlags } from '../../cli/channels.js'
import { channelReports, packageReports } from '../../cli/provider-checks.js'
import { pluginsText } from '../../cli/render/plugins.js'
import type { PluginsResult } from '../../cli/results.js'

export default class Plugins extends BaseCommand {
  static override summary =
    'Show each package, what it provides, whether it loads, and whether its channels are complete.'
  static override description =
    'Packages are loaded and configured channels opened; nothing is sent. Exit 0 where all is well, 1 where not.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']
  static override flags = {
    core: Flags.boolean({ description: 'also show packages of arbk8s that provide no channel, store or cluster' }),
    'channel-type': deliveryFlags['channel-type'],
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Plugins)
    const all = await packageReports(this.config, this.signal)
    const packages = all.filter(
      ({ from, provides, problems }) => flags.core || from !== 'built_in' || provides.length > 0 || problems.length > 0,
    )
    const channels = await channelReports({
      config: this.config,
      names: flags['channel-type'] ?? [],
      named: this.setting('channels'),
      signal: this.signal,
    })
    const ok =
      packages.every(({ provides, problems }) => problems.length === 0 && provides.every(({ loads }) => loads)) &&
      channels.every(({ status }) => status === 'ok')
    const result: PluginsResult = { ok, packages, channels }
    await this.finish<PluginsResult>({
      result,
      text: pluginsText(result),
      exitCode: ok ? exitCodes.ok : exitCodes.findings,
    })
  }
}
