import { Args, Flags, type Command } from '@oclif/core'

import { BaseCommand } from '../../cli/base-command.js'
import { installed, installFailure, type InstalledPlugin, pluginNames } from '../../cli/install-plugins.js'
import type { PluginsInstallResult } from '../../cli/results.js'
import { asGuest } from '../../plugins/guest.js'
import { installSpec } from '../../plugins/install-spec.js'

export default class PluginsInstall extends BaseCommand {
  static override summary = 'Install a channel or store: by name from a registry, or a packed package from a file.'
  static override description =
    'NAME is looked for as @arbk8s/plugin-NAME first. npm does the work, from its usual registry or the one of ' +
    'ARBK8S_NPM_REGISTRY; no install script of a package is run. A plugin has the rights of the user who runs it: ' +
    'install what you trust.'
  static override aliases = ['plugins:add']
  static override examples = [
    '<%= config.bin %> <%= command.id %> slack',
    '<%= config.bin %> <%= command.id %> @your-team/plugin-pager@1.2.0',
    '<%= config.bin %> <%= command.id %> ./your-team-plugin-pager-1.2.0.tgz',
  ]
  static override strict = false
  static override args = {
    plugin: Args.string({ description: 'name, name@version or .tgz file; several may be given', required: true }),
  }
  static override flags = {
    force: Flags.boolean({ char: 'f', description: 'fetch again what is there already' }),
    silent: Flags.boolean({ char: 's', description: 'no output of npm', exclusive: ['verbose'] }),
    verbose: Flags.boolean({ char: 'v', description: "npm's whole output" }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(PluginsInstall)
    const specs = await Promise.all((argv as string[]).map((given) => installSpec(given, process.cwd())))
    const installer = await this.installer()
    const options = (['force', 'silent', 'verbose'] as const).flatMap((name) => (flags[name] ? [`--${name}`] : []))
    const done: InstalledPlugin[] = []
    for (const spec of specs) {
      const before = await pluginNames(this.config)
      // What npm and its wrapper print is talk, not the result.
      await asGuest('npm', () => installer.run([spec, ...options], this.config)).catch((error: unknown) => {
        throw installFailure(spec, error)
      })
      done.push(...(await installed(this.config, spec, before)))
    }
    for (const { name, provides } of done) {
      if (provides.length === 0) await this.caution(`${name} provides no channel, store or cluster`)
    }
    const lines = done.map(({ name, version, provides }) =>
      [`installed ${name} ${version}`, ...(provides.length > 0 ? [provides.join(', ')] : [])].join(': '),
    )
    await this.finish<PluginsInstallResult>({ result: { installed: done }, text: lines.join('\n') })
  }

  /** The command of oclif's own plugin, which does the work. */
  private async installer(): Promise<Command.Class> {
    const plugin = this.config.plugins.get('@oclif/plugin-plugins')
    return (await plugin!.findCommand('plugins:install', { must: true })) as Command.Class
  }
}
