/** Looks for secrets in what a plugin shows, in every spelling that a careless encoding gives them. */
import { ok } from 'node:assert/strict'

/** Throws where one of the secrets stands in any of the values: plain, URL-encoded, base64 or JSON-escaped. */
export function checkSecrets(secrets: readonly string[], shown: readonly unknown[]): void {
  const text = shown.map(spelled).join('\n')
  for (const secret of secrets)
    for (const [form, spelling] of Object.entries(formsOf(secret)))
      ok(!text.includes(spelling), `a secret is shown (${form})`)
}

/** Every text within the value; of an error everything that a log would print of it. */
function spelled(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  const parts: unknown[] = value instanceof Error ? [value.message, value.stack, value.cause] : []
  return [...parts, ...Object.keys(value), ...Object.values(value)].map(spelled).join('\n')
}

function formsOf(secret: string): Record<string, string> {
  const bytes = Buffer.from(secret)
  return {
    plain: secret,
    'URL-encoded': encodeURIComponent(secret),
    base64: bytes.toString('base64').replace(/=+$/, ''),
    base64url: bytes.toString('base64url'),
    'JSON-escaped': JSON.stringify(secret).slice(1, -1),
  }
}
