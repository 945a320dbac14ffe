/** The process's one masker, and what is secret before any command has begun: in its arguments and in its environment. */
import { createMasker } from '../base/masker.js'
import { credentialsInUrl, looksSecret, looksSecretSetting } from '../base/secrets.js'

/** Whatever reads a secret adds it here; whatever leaves the process goes through it (mask-output.ts, files, stores). */
export const masker = createMasker()

const flagWithValue = /^--([\w-]+)(?:=(.*))?$/s
/** A variable's value is taken for a secret by the variable's name alone, so it must be worth keeping, and no path. */
const shortestInherited = 8

/** Registers what the arguments and the environment hold. */
export function addInherited(argv: readonly string[], env: Record<string, string | undefined>): void {
  for (const value of [...secretArguments(argv), ...secretVariables(env)]) masker.add(value)
}

/** The values of `--webhook-url VALUE`, `--webhook-url=VALUE` and of flags whose names tell a secret. */
export function secretArguments(argv: readonly string[]): string[] {
  return argv.flatMap((token, index) => {
    const [, name = '', value = argv[index + 1] ?? ''] = flagWithValue.exec(token) ?? []
    return value !== '' && looksSecretSetting(name) ? [value] : []
  })
}

function secretVariables(env: Record<string, string | undefined>): string[] {
  return Object.entries(env).flatMap(([name, value = '']) => {
    if (/_proxy$/i.test(name) || /^arbk8s_npm_registry$/i.test(name)) return credentialsInUrl(value)
    if (/^ARBK8S_.*WEBHOOK_URL$/.test(name)) return [value]
    const worth = value.length >= shortestInherited && !/^[./~]/.test(value)
    return worth && looksSecret(name) ? [value] : []
  })
}
