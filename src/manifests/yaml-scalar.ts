/**
 * Reads plain scalars as kubectl does: YAML 1.1's booleans and octals, but times and dates as text. Tried out against
 * kubectl 1.32 value by value; readers of YAML 1.2 read some of them otherwise, and that is said.
 */

export interface ResolvedScalar {
  value: string | number | boolean | null
  /** What other YAML readers make of it, where they do not agree with kubectl. */
  doubt?: string
  /** A number that JSON, and so the API server, cannot hold. */
  unsupported?: true
}

const words = new Map<string, string | number | boolean | null>()
for (const word of ['true', 'True', 'TRUE']) words.set(word, true)
for (const word of ['false', 'False', 'FALSE']) words.set(word, false)
for (const word of ['', '~', 'null', 'Null', 'NULL']) words.set(word, null)

const oldBooleans = new Map<string, boolean>()
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']) oldBooleans.set(word, true)
for (const word of ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']) oldBooleans.set(word, false)

const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/
const notFinite = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/
const sexagesimal = /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/
const date = /^\d{4}-\d\d?-\d\d?([Tt \t].*)?$/

/** The value of a plain scalar's text. */
export function resolvePlain(text: string): ResolvedScalar {
  const word = words.get(text)
  if (word !== undefined) return { value: word }
  const old = oldBooleans.get(text)
  if (old !== undefined) return { value: old, doubt: `kubectl reads it as ${old}, YAML 1.2 as the text "${text}"` }
  if (!/^[-+.0-9]/.test(text)) return { value: text }
  if (notFinite.test(text)) return { value: text, unsupported: true }
  return resolveNumber(text)
}

function resolveNumber(text: string): ResolvedScalar {
  const digits = text.replaceAll('_', '')
  const whole = integer.exec(digits)
  if (whole) {
    const value = Number(wholeNumber(whole[1]!, whole[2]!))
    const plain = /^[-+]?(0|[1-9][0-9]*|0x[0-9a-fA-F]+)$/.test(text)
    return plain
      ? { value }
      : { value, doubt: `kubectl reads it as ${value}, other YAML readers as another number or as text` }
  }
  if (float.test(digits)) {
    const value = Number(digits)
    if (!Number.isFinite(value)) return { value: text }
    const doubtful = digits !== text || /^[-+]?0[0-9]/.test(text)
    return doubtful ? { value, doubt: `kubectl reads it as ${value}, other YAML readers may read text` } : { value }
  }
  if (sexagesimal.test(text)) return { value: text, doubt: 'kubectl reads it as text, YAML 1.1 as a number in base 60' }
  if (date.test(text)) return { value: text, doubt: 'kubectl reads it as text, YAML 1.1 as a date' }
  return { value: text }
}

function wholeNumber(sign: string, digits: string): bigint {
  const octal = /^0[oO]?([0-7]+)$/.exec(digits)
  const value = BigInt(octal ? `0o${octal[1]}` : digits)
  return sign === '-' ? -value : value
}
