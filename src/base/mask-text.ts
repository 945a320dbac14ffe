/** Secrets within a program's own output, which nobody registered: found by their names and their shapes. */
import { hidden } from './secret-forms.js'
import { maskPatterns } from './secret-patterns.js'
import { looksSecret } from './secrets.js'

/**
 * `name=value`, `"name": "value"` and `name: value`, where a bare value after a colon has something that a word of prose
 * has not. A value of three characters or less is no secret.
 */
const assignment =
  /(?<![\w.-])([A-Za-z][\w.-]{0,80})("\s?:\s?"|'\s?:\s?'|\s?=\s?["']?|:\s?["']|:\s?(?=[A-Za-z]*[^A-Za-z\s,;.'"&]))((?<=["'])[^"'\n]{4,}(?=["'])|[^\s"',;&]{4,})/g

/** Masked by shape also where the text calls them nothing; others are in `maskPatterns`. */
const bareTokens = /\bsk-[\w-]{16,}|\b(?:Bearer|Basic)\s+(?=\S{8})[\w.~+/=-]+/gi

/** The text with what is most likely a secret replaced by a mask. Meant for short texts: a line, a message. */
export function maskText(text: string): string {
  return maskPatterns(text)
    .replace(bareTokens, hidden)
    .replace(assignment, (all, name: string, between: string) =>
      looksSecret(name) ? `${name}${between}${hidden}` : all,
    )
}
