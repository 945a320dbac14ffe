/** Secrets in YAML text that may be too broken to be parsed: what is said about the mistake must not repeat them. */
import { looksSecret } from './secrets.js'

/** Spares most files the search. */
const worthALook = /secret|token|pass|pwd|key|credential|auth/i
const value = String.raw`("(?:[^"\\\n]|\\.)*"?|'(?:[^'\n]|'')*'?|[^\s,{}[\]#][^\n,}\]]*)`
const pair = new RegExp(String.raw`["']?([\w.-]+)["']?\s*:[ \t]+${value}`, 'g')
const variable = new RegExp(
  String.raw`\bname["']?\s*:\s*["']?([\w.-]+)["']?\s*(?:,|\n)\s*["']?value["']?\s*:\s*\{?(?:\w+:\s*)?${value}`,
  'g',
)
/** A value is taken for a secret by a name alone, so it must be long enough to be one. */
const shortestGuessed = 8

/** The values that stand behind keys, and in `name:`, `value:` pairs behind names, that tell of a secret. */
export function secretsInYaml(text: string): string[] {
  if (!worthALook.test(text)) return []
  return [...text.matchAll(pair), ...text.matchAll(variable)]
    .filter(([, name = '']) => looksSecret(name))
    .flatMap(([, , found = '']) => bare(found.trim()))
    .filter((secret) => secret.length >= shortestGuessed)
}

/** Without quotes, and without the sign that YAML reads as something else than text. */
function bare(text: string): string[] {
  const quoted = /^(["'])(.*?)\1?$/s.exec(text)
  if (!quoted) return [text.replace(/^[*&!|>@`%]+/, '')]
  const inner = quoted[2]!
  return [inner, quoted[1] === '"' ? inner.replace(/\\(["\\/])/g, '$1') : inner.replaceAll("''", "'")]
}
