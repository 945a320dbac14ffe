/** Text as YAML that every reader, of YAML 1.1 and 1.2, takes for the same text. Plain only where nothing can be misread. */

/** Words, paths, options and images; no colon before a space, no #, no quote, nothing that YAML gives a meaning. */
const plainText = /^[A-Za-z_./-][\w./:@+-]*(?: [\w./@+(][\w./:@+()-]*)*$/
const quantity = /^\d+(?:\.\d+)?(?:m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi|Ei)$/
const words = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null', 'nan', 'inf', 'none'])

/** The text plain, or else in double quotes. In flow style a colon needs quotes too: some readers end the key there. */
export function scalarText(text: string, inFlow = false): string {
  return isPlain(text, inFlow) ? text : quotedText(text)
}

function isPlain(text: string, inFlow: boolean): boolean {
  if (quantity.test(text)) return true
  if (!plainText.test(text) || words.has(text.toLowerCase())) return false
  // A dash or dot alone or before a digit begins lists, documents and numbers; a colon at a word's end makes a key.
  if (
    /^(?:-(?![-A-Za-z])|\.(?![A-Za-z/_]))/.test(text) ||
    /^(?:---|\.\.\.)/.test(text) ||
    /^[-.]?\.(?:inf|nan)$/i.test(text)
  )
    return false
  return !/:(?: |$)/.test(text) && !(inFlow && text.includes(':'))
}

const escapes: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r', '\0': '\\0' }
// Whatever is not printable everywhere, and lone halves of surrogate pairs.
const escaped =
  /["\\]|[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]|[\u0600-\u061c\u2000-\u200f\u2028-\u202f\u2060-\u206f]/gu

function quotedText(text: string): string {
  return `"${text.replace(escaped, (character) => escapes[character] ?? escapeOf(character))}"`
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0)!
  return `\\u${code.toString(16).padStart(4, '0')}`
}
