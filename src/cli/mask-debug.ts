/** oclif's own lines for DEBUG repeat the whole command line: values of flags that carry a secret are masked in them. */
import { looksSecret, mask } from '../base/secrets.js'

const flagWithValue = /^--([\w-]+)(?:=(.*))?$/s

/** Masks those values in everything that goes to stderr from now on; without DEBUG nothing of them is ever printed. */
export function maskDebug(argv: readonly string[], env: Record<string, string | undefined>): void {
  const secrets = secretValues(argv)
  if (!env.DEBUG || secrets.length === 0) return
  const { stderr } = process
  const write = stderr.write.bind(stderr) as (...args: unknown[]) => boolean
  stderr.write = (chunk: unknown, ...rest: unknown[]): boolean =>
    write(typeof chunk === 'string' ? masked(chunk, secrets) : chunk, ...rest)
}

/** The values of `--webhook-url VALUE`, `--webhook-url=VALUE` and of flags whose names tell a secret. */
export function secretValues(argv: readonly string[]): string[] {
  return argv
    .flatMap((token, index) => {
      const [, name = '', value = argv[index + 1] ?? ''] = flagWithValue.exec(token) ?? []
      return name === 'webhook-url' || looksSecret(name) ? [value] : []
    })
    .filter((value) => value.length > 3)
}

function masked(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, mask), text)
}
