import path from 'node:path'

import { Args, Flags } from '@oclif/core'

import { ArbError } from '../../base/errors.js'
import { BaseCommand } from '../../cli/base-command.js'
import type { PluginsNewResult } from '../../cli/results.js'
import { isOurName, listProviders } from '../../plugins/providers.js'
import { checkName, checkPackageName, scaffold } from '../../plugins/scaffold.js'

export default class PluginsNew extends BaseCommand {
  static override summary = 'Write a small, complete package: an alert channel or a history store of your own.'
  static override description =
    'It has TypeScript, tests that run the conformance suite, and a README; it builds, passes and works as it is. ' +
    'docs/plugin-authors.md walks through it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> notifier team-pager',
    '<%= config.bin %> <%= command.id %> store team-archive --dir ../team-archive --package @your-team/plugin-archive',
  ]
  static override args = {
    kind: Args.string({ description: 'what it is to be', options: ['notifier', 'store'], required: true }),
    name: Args.string({ description: "the channel's name, or the scheme of the store's locations", required: true }),
  }
  static override flags = {
    dir: Flags.string({ description: 'the new folder; default arbk8s-plugin-NAME', helpValue: 'FOLDER' }),
    package: Flags.string({ description: "the package's name; default arbk8s-plugin-NAME", helpValue: 'PACKAGE' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PluginsNew)
    const kind = args.kind as 'notifier' | 'store'
    checkName(args.name)
    this.requireFree(kind, args.name)
    const packageName = flags.package ?? `arbk8s-plugin-${args.name}`
    checkPackageName(packageName)
    const shown = flags.dir ?? `arbk8s-plugin-${args.name}`
    const result = await scaffold({ kind, name: args.name, packageName, folder: path.resolve(shown) })
    const use =
      kind === 'notifier' ? `alerts test --channel ${args.name}` : `history show --history ${args.name}://FOLDER`
    const text = [
      `${packageName}: ${result.files.length} files in ${shown}`,
      '',
      `  cd ${shown}`,
      '  npm install && npm test',
      '  arbk8s plugins link .',
      `  arbk8s ${use}`,
    ].join('\n')
    await this.finish<PluginsNewResult>({ result, text })
  }

  private requireFree(kind: 'notifier' | 'store', name: string): void {
    const taken = listProviders(this.config).find((provider) => provider.kind === kind && provider.name === name)
    if (!taken && !isOurName(kind, name)) return
    throw new ArbError({
      code: 'ARB_USAGE',
      message: `"${name}" is taken${taken ? ` by ${taken.packageName}` : ''}: two packages cannot provide one name`,
      hints: ['Choose another, such as team-NAME.'],
    })
  }
}
