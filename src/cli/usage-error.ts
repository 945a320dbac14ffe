/** What oclif says about a command line, in our words: what is wrong, what was probably meant. */
import { cleanLine, nearest } from '../base/text.js'

/** The parts of oclif's errors that are used here. */
export interface OclifError extends Error {
  oclif?: { exit?: number }
  suggestions?: string[]
  /** Of an error about unknown flags. */
  flags?: string[]
  parse?: { input?: { flags?: Record<string, { hidden?: boolean; aliases?: string[] }> } }
}

const helpHint = 'Run the command with --help to see its flags.'

/** Message and hints of a usage error that oclif found. */
export function usageProblem(error: OclifError): { message: string; hints: string[] } {
  const missing = /^Command (\S+) not found\.$/.exec(error.message)
  if (missing) {
    const spoken = cleanLine(missing[1]!).replaceAll(':', ' ')
    return { message: `there is no command "${spoken}"`, hints: ['arbk8s help lists every command.'] }
  }
  const hints = [...(error.suggestions ?? []), helpHint]
  if (Array.isArray(error.flags) && error.message.startsWith('Nonexistent flag')) {
    const names = error.flags.map(cleanLine)
    return { message: `there is no flag ${names.join(', ')}`, hints: [...meantFlags(names, error), ...hints] }
  }
  const lines = withoutFrame(error.message).split('\n').map(cleanLine).filter(Boolean)
  return { message: lines.join(' '), hints }
}

function meantFlags(names: string[], error: OclifError): string[] {
  const known = Object.entries(error.parse?.input?.flags ?? {}).filter(([, flag]) => !flag.hidden)
  const all = known.flatMap(([name, flag]) => [name, ...(flag.aliases ?? [])])
  return names
    .filter((name) => name.startsWith('--'))
    .map((name) => nearest(name.slice(2), all))
    .filter((name) => name !== undefined)
    .map((name) => `Did you mean --${name}?`)
}

/**
 * A message without what oclif puts around it: around that of a flag's own parser, also one of ours, the flag's name and
 * a pointer to the help.
 */
export function withoutFrame(text: string): string {
  const inner = text.replace(/\nSee more help with --help$/, '').replace(/^The following errors? occurred:\s*/, '')
  const parsing = /^Parsing (--\S+) \n\t/.exec(inner)
  if (!parsing) return inner
  const rest = inner.slice(parsing[0].length)
  return rest.startsWith('-') ? rest : `${parsing[1]}: ${rest.charAt(0).toLowerCase()}${rest.slice(1)}`
}

/** What is needed of a flag's definition to find where its value came from. */
interface FlagOrigin {
  char?: string
  env?: string
  aliases?: string[]
}

/** Adds to an error about a flag's value that the value stands in a variable, where it does. */
export function nameVariable(error: unknown, argv: readonly string[], flags: Record<string, FlagOrigin>): void {
  if (!(error instanceof Error)) return
  const name = /^(?:Parsing|Expected) --([\w-]+)/.exec(error.message)?.[1] ?? ''
  const flag = flags[name]
  if (!flag?.env || process.env[flag.env] === undefined) return
  const spellings = [name, ...(flag.aliases ?? [])].map((spelling) => `--${spelling}`)
  const given = argv.some(
    (token) =>
      spellings.some((spelling) => token === spelling || token.startsWith(`${spelling}=`)) ||
      (flag.char !== undefined && /^-[^-]/.test(token) && token[1] === flag.char),
  )
  if (given) return
  const hint = `The value comes from the variable ${flag.env}.`
  const own = error as { hints?: string[]; suggestions?: string[] }
  if (Array.isArray(own.hints)) own.hints.unshift(hint)
  else own.suggestions = [hint, ...(own.suggestions ?? [])]
}
