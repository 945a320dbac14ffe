/** Which Jobs the flags mean: checked before a kubeconfig is read, a file written or a request sent. */
import { ArbError } from '../base/errors.js'
import { parseSelector, sessionSelector } from '../base/selector.js'
import { cleanLine, shorten } from '../base/text.js'

/** The parsed values of `selectorFlags`. */
export interface SelectorFlagValues {
  selector?: string | undefined
  session?: string | undefined
}

/** The label selector that the flags name; undefined where they name none. Errors: ARB_SELECTOR_INVALID, ARB_USAGE. */
export function givenSelector({ selector, session }: SelectorFlagValues): string | undefined {
  if (session !== undefined) return selectorOfSession(session)
  if (selector === undefined || selector.trim() === '') return undefined
  parseSelector(selector)
  return selector
}

/** An id with a comma in it would be a second requirement, and an empty one the Jobs of no session. */
function selectorOfSession(id: string): string {
  const selector = sessionSelector(id)
  if (isOneValue(selector, id)) return selector
  throw new ArbError({
    code: 'ARB_USAGE',
    message: `--session: "${shorten(cleanLine(id), 80)}" is not a session id`,
    hints: [
      'It is the session_id of the config: at most 63 of A-Z, a-z, 0-9, -, _ and ., a letter or digit first and last.',
    ],
  })
}

function isOneValue(selector: string, id: string): boolean {
  try {
    const requirements = parseSelector(selector)
    return id !== '' && requirements.length === 1 && requirements[0]!.values[0] === id
  } catch {
    return false
  }
}

/** The selector, or a usage error that tells how to give one. */
export function neededSelector(flags: SelectorFlagValues): string {
  const selector = givenSelector(flags)
  if (selector !== undefined) return selector
  throw new ArbError({
    code: 'ARB_USAGE',
    message: 'no selector: which Jobs are meant?',
    hints: [
      'Give -l/--selector (e.g. -l session_id=d29) or --session ID, set ARBK8S_SELECTOR, or write "selector:" into arbk8s.yaml.',
    ],
  })
}
