/** Secrets within text that nobody wrote for us, e.g. a program's log: found by their names and their forms. */
import { looksSecret, mask, maskUrl } from './secrets.js'

/** `name=value`, `name: value` and `"name": "value"`; a value of three characters or less is no secret. */
const assignment =
  /(?<![\w.-])([A-Za-z][\w.-]{0,80})("\s?:\s?"|'\s?:\s?'|\s?=\s?["']?|:\s?["']?)((?<=["'])[^"'\n]{4,}(?=["'])|[^\s"',;&]{4,})/g

/** Forms that are secrets whatever their name. */
const forms = [
  /\b(?:Bearer|Basic)\s+(?=\S{8})[\w.~+/=-]+/gi,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\bxox[a-z]-[\w-]{8,}/g,
  /\b(?:gh[a-z]_|github_pat_|glpat-|sk-)[\w-]{16,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /(?<=hooks\.slack\.com\/)[\w/-]{8,}/g,
]

/** The text with what is most likely a secret replaced by a mask. Meant for short texts: a line, a message. */
export function maskText(text: string): string {
  return forms
    .reduce((left, form) => left.replace(form, mask), maskUrl(text))
    .replace(assignment, (all, name: string, between: string) => (looksSecret(name) ? `${name}${between}${mask}` : all))
}
