import { existsSync } from 'node:fs'
import path from 'node:path'

import { Flags } from '@oclif/core'

import { ArbError } from '../base/errors.js'
import { writeFilesAtomic } from '../base/files.js'
import { BaseCommand } from '../cli/base-command.js'
import type { InitResult } from '../cli/results.js'
import { starterFiles } from '../config/starter.js'

export default class Init extends BaseCommand {
  static override summary = 'Write a commented config for a first session into a folder.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --session-id d30-spread --namespace tuning --image registry.example.com/tuning:1.4',
  ]
  static override flags = {
    dir: Flags.string({ description: 'folder to write to', default: '.', helpValue: 'DIR' }),
    'session-id': Flags.string({ description: 'the session’s id', default: 'my-first-session', helpValue: 'ID' }),
    namespace: Flags.string({ char: 'n', description: 'namespace of the Jobs', default: 'default', helpValue: 'NS' }),
    image: Flags.string({
      description: 'image of the workers',
      default: 'registry.example.com/tuning:1.0',
      helpValue: 'IMAGE',
    }),
    force: Flags.boolean({ description: 'write over files that are there' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Init)
    const files = starterFiles({ sessionId: flags['session-id'], namespace: flags.namespace, image: flags.image })
    const targets = files.map(({ name, text }) => ({ file: path.join(flags.dir, name), text }))
    const there = targets.filter(({ file }) => existsSync(file)).map(({ file }) => file)
    if (there.length > 0 && !flags.force) throw alreadyThere(there)
    await writeFilesAtomic(targets)
    const result: InitResult = { files: targets.map(({ file }) => file) }
    const next = flags.dir === '.' ? '' : `cd ${flags.dir} && `
    await this.finish<InitResult>({
      result,
      text: [
        ...result.files.map((file) => `✓ ${file}`),
        '',
        `Next: ${next}arbk8s jobs gen && arbk8s jobs validate`,
      ].join('\n'),
    })
  }
}

function alreadyThere(files: string[]): ArbError {
  return new ArbError({
    code: 'ARB_OUTPUT_UNWRITABLE',
    message: `${files.join(', ')}: already there; nothing was written`,
    hints: ['Give --force to write over, or --dir for another folder.'],
  })
}
