/** An unknown command is a usage error like any other: exit code 3, and the nearest command is named. */
import type { Hook } from '@oclif/core'

import { ArbError } from '../../base/errors.js'
import { nearest } from '../../base/text.js'

const commandNotFound: Hook<'command_not_found'> = async ({ config, id }) => {
  const spoken = (name: string): string => name.replaceAll(':', ' ')
  const known = config.commands.filter((command) => !command.hidden).map((command) => spoken(command.id))
  const topics = [...new Set(known.filter((name) => name.includes(' ')).map((name) => name.split(' ')[0] as string))]
  const near = nearest(spoken(id), known) ?? nearest(spoken(id), topics)
  throw new ArbError({
    code: 'ARB_USAGE',
    message: `there is no command "${spoken(id)}"`,
    hints: [...(near ? [`Did you mean "arbk8s ${near}"?`] : []), 'arbk8s help lists every command.'],
  })
}

export default commandNotFound
