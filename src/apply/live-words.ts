/** Finds live mode in what a container is told: its variables, its arguments and the shell lines within them. */
import type { Container } from '../session/job.js'

/** Whether a value is the word `live`. */
export function isLive(value: unknown): boolean {
  return typeof value === 'string' && value.trim().toLowerCase() === 'live'
}

/** How a container says that it trades live, or undefined. Where it could be read in two ways, it is live. */
export function liveWords({ env = [], command = [], args = [] }: Container): string | undefined {
  const values = literalValues(env)
  if (isLive(values.get('MODE'))) return 'its variable MODE is "live"'
  const text = expand([...command, ...args].join(' '), values)
  // Quotes may hold a word together (li've') or keep words apart ('--mode','live'): read both ways.
  const readings = ['', ' '].map((instead) => plainWords(text, instead))
  if (readings.some((words) => /(^|\s)--mode(=\s*|\s+)live(\s|$)/i.test(words))) return 'its arguments say --mode live'
  if (readings.some((words) => /(^|\s)MODE=live(\s|$)/i.test(words))) return 'its arguments say MODE=live'
  return undefined
}

/** The variables that the manifest itself gives, each expanded by those before it, as the kubelet does. */
function literalValues(env: NonNullable<Container['env']>): Map<string, string> {
  const values = new Map<string, string>()
  for (const { name, value } of env) if (typeof value === 'string') values.set(name, expand(value, values))
  return values
}

/** `$(NAME)` as the kubelet expands it, `${NAME}` and `$NAME` as a shell does; a name that is not known stays. */
function expand(text: string, values: Map<string, string>): string {
  return text.replace(
    /\$(?:\(([\w.-]+)\)|\{(\w+)\}|(\w+))/g,
    (whole, kubelet?: string, braced?: string, bare?: string) => values.get(kubelet ?? braced ?? bare ?? '') ?? whole,
  )
}

/** A shell line as words between blanks; what ends a command stays between the words that it parts. */
function plainWords(text: string, insteadOfQuotes: string): string {
  return text
    .replace(/\\\r?\n/g, ' ')
    .replace(/["'`\\]/g, insteadOfQuotes)
    .replace(/[;&|<>()]/g, ' ; ')
    .replace(/[[\]{},]/g, ' ')
}
