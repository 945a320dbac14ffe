/** Refuses secrets that stand literally in a config: they would end in files, in the cluster's API and in logs. */
import { ArbError } from '../base/errors.js'
import { looksSecret } from '../base/secrets.js'
import { placeOf, type ConfigDocument, type ConfigPath } from './config-check.js'

/** Throws for the first literal secret in `extra_env`, `command` or `args`, showing the `secret_env` form. */
export function refuseLiteralSecrets(document: ConfigDocument, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries((values.extra_env ?? {}) as Record<string, string>))
    if (looksSecret(name) && isLiteral(value)) throw literalSecret(document, ['extra_env', name], name)
  for (const key of ['command', 'args']) {
    const found = secretOption((values[key] ?? []) as string[])
    if (found) throw literalSecret(document, [key, found.index], found.name)
  }
}

/** `$(NAME)` and `{{name}}` stand for a value that comes from elsewhere. */
function isLiteral(value: string): boolean {
  return value !== '' && !/^\$\([^)]+\)$/.test(value) && !/^\{\{[^}]+\}\}$/.test(value)
}

/** The first option such as `--api-key=abc` or `--api-key abc` with a literal value. */
function secretOption(args: string[]): { index: number; name: string } | undefined {
  for (const [index, arg] of args.entries()) {
    const match = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(arg)
    if (!match || !looksSecret(match[1]!)) continue
    const next = args[index + 1]
    const value = match[2] ?? (next?.startsWith('-') ? '' : next)
    if (value && isLiteral(value)) return { index, name: match[1]! }
  }
  return undefined
}

function literalSecret(document: ConfigDocument, path: ConfigPath, name: string): ArbError {
  const variable = name.toUpperCase().replace(/[^A-Z0-9_]/g, '_')
  const argument = path[0] === 'extra_env' ? '' : ` and write $(${variable}) where the value stood`
  return new ArbError({
    code: 'ARB_SECRET_LITERAL',
    message: `${placeOf(document, path)}: ${path.join('.')}: "${name}" looks like a secret and has its value written out`,
    hints: [
      `Put the value into a Secret of the namespace, take it from there${argument}:`,
      'secret_env:',
      `  ${path[0] === 'extra_env' ? name : variable}: {name: my-secret, key: ${variable.toLowerCase().replaceAll('_', '-')}}`,
    ],
    details: { file: document.file, name },
  })
}
