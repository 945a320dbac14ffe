/** An unknown command is a usage error like any other: exit code 3, and the nearest command is named. */
import type { Hook } from '@oclif/core'

import { ArbError } from '../../base/errors.js'
import { nearest, shorten } from '../../base/text.js'

const commandNotFound: Hook<'command_not_found'> = async ({ config, id }) => {
  const spoken = id.replaceAll(':', ' ')
  const known = config.commands.filter((command) => !command.hidden).map((command) => command.id.replaceAll(':', ' '))
  throw new ArbError({ code: 'ARB_USAGE', ...problemOf(spoken, known) })
}

function problemOf(spoken: string, known: string[]): { message: string; hints: string[] } {
  const listing = 'arbk8s help lists every command.'
  if (spoken.startsWith('-'))
    return {
      message: `"${spoken}" stands where a command is expected`,
      hints: ['Flags come after the command: arbk8s COMMAND FLAGS. arbk8s --help and --version stand alone.', listing],
    }
  const begun = known.filter((name) => spoken.startsWith(`${name} `)).sort((a, b) => b.length - a.length)[0]
  if (begun !== undefined)
    return {
      message: `arbk8s ${begun}: "${surplus(spoken.slice(begun.length + 1))}" is one argument too many`,
      hints: [`arbk8s ${begun} --help shows its flags.`],
    }
  const topics = [...new Set(known.filter((name) => name.includes(' ')).map((name) => name.split(' ')[0] as string))]
  const near = nearest(spoken, known) ?? nearest(spoken, topics)
  const meant = near === undefined ? [] : [`Did you mean "arbk8s ${near}"?`]
  return { message: `there is no command "${spoken}"`, hints: [...meant, listing] }
}

/** An address may be a webhook's and so a secret. */
function surplus(words: string): string {
  return shorten(words.includes('//') ? words.replace(/\S*\s?\/\/\S*/g, '(an address)') : words, 80)
}

export default commandNotFound
