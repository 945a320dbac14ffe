/** What counts as a secret, and how one is shown. */

const secretName =
  /(^|[_.-])(secret|token|passw(or)?d|pass|pwd|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|auth)([_.-]|$)/i
const notSecret = /(_|-|\.)(file|path|name|ref|ttl|timeout|url_host)$/i

/** True for an environment name whose value is most likely a secret, e.g. `DB_PASSWORD`, `API_KEY`. */
export function looksSecret(name: string): boolean {
  return secretName.test(name) && !notSecret.test(name)
}

export const mask = '********'

/** An `env` entry's value as it may be shown. */
export function maskedValue(name: string, value: string): string {
  return looksSecret(name) ? mask : maskUrl(value)
}

/** A URL without user info, path and query, which is where webhook URLs carry their secret; other text unchanged. */
export function maskUrl(text: string): string {
  return text.replace(
    /([a-z][a-z0-9+.-]*:\/\/)([^\s/@]*@)([^\s]*)/gi,
    (_all, scheme: string, _user, rest: string) => `${scheme}${mask}@${rest}`,
  )
}

/** Arguments as they may be shown: the values of options such as `--api-key` are masked, and credentials in URLs. */
export function maskedArgs(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    const option = /^(--?([A-Za-z][\w-]*))=/.exec(arg)
    if (option && looksSecret(option[2]!)) return `${option[1]}=${mask}`
    const before = /^--?([A-Za-z][\w-]*)$/.exec(args[index - 1] ?? '')
    return before && looksSecret(before[1]!) && !arg.startsWith('-') ? mask : maskUrl(arg)
  })
}
