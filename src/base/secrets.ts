/** What counts as a secret by its name, and how its value is shown. */
import { hidden, percentDecoded } from './secret-forms.js'
import { maskPatterns } from './secret-patterns.js'

const secretName =
  /(^|[_.-])(secret|token|passw(or)?d|passphrase|pass|pwd|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|auth)([_.-]|$)/i
const notSecret = /(_|-|\.)(file|path|dir|name|ref|ttl|timeout|url_host|sock)$/i
/** Keys of a channel's or store's settings, and headers, beyond that. */
const secretSetting =
  /^(webhook[_-]?url|(routing|integration|signing|service|secret|encryption)[_-]?key|key|hmac([_-].*)?|dsn|authorization|proxy-authorization|cookie|x-.*(signature|-key))$/i

/** True for an environment name whose value is most likely a secret, e.g. `DB_PASSWORD`, `API_KEY`, `accessToken`. */
export function looksSecret(name: string): boolean {
  const parted = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2')
  return secretName.test(parted) && !notSecret.test(parted)
}

/** True for a key of settings, or a header, whose value is a secret: also `webhook_url`, `routing_key`, `hmac_secret`. */
export function looksSecretSetting(key: string): boolean {
  return looksSecret(key) || (secretSetting.test(key) && !notSecret.test(key))
}

/** An `env` entry's value as it may be shown. */
export function maskedValue(name: string, value: string): string {
  return looksSecret(name) ? hidden : maskPatterns(value)
}

/** User and password of a URL, as written and decoded, and as `user:password`, which is how they are sent. */
export function credentialsInUrl(text: string): string[] {
  const info = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^\s/@]+)@/i.exec(text)?.[1]
  if (info === undefined) return []
  const password = info.slice(info.indexOf(':') + 1)
  return [info, password].flatMap((part) => [part, percentDecoded(part)])
}

/** Arguments as they may be shown: the values of options such as `--api-key` are masked, and credentials in URLs. */
export function maskedArgs(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    const secret = secretPart(args, index)
    return secret === undefined ? maskPatterns(arg) : arg.slice(0, arg.length - secret.length) + hidden
  })
}

/** The values of such options. */
export function secretArgsOf(args: readonly string[]): string[] {
  return args.map((_arg, index) => secretPart(args, index)).filter((value) => value !== undefined)
}

/** The end of an argument that is a secret: the value of `--api-key=VALUE`, or what stands after `--api-key`. */
function secretPart(args: readonly string[], index: number): string | undefined {
  const arg = args[index] ?? ''
  const option = /^--?([A-Za-z][\w-]*)=(.*)$/s.exec(arg)
  if (option) return looksSecret(option[1]!) ? option[2] : undefined
  const before = /^--?([A-Za-z][\w-]*)$/.exec(args[index - 1] ?? '')
  return before && looksSecret(before[1]!) && !arg.startsWith('-') ? arg : undefined
}
