/** A try that met no answer, told without a secret. */
import type { Delivery } from '@arbk8s/plugin-kit'

import { plainLine } from './text.js'

const maxReason = 300

/** Why the request failed, from what the host's sender threw. */
export function failure(error: unknown, secrets: readonly string[]): Delivery {
  const { message, permanent }: { message?: unknown; permanent?: unknown } = error instanceof Error ? error : {}
  const told = plainLine(masked(String(message ?? '').slice(0, 5000), secrets))
  return { delivered: false, permanent: permanent === true, reason: told.slice(0, maxReason) || 'the request failed' }
}

/** The text without the secrets in any spelling. */
export function masked(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap(spellings)
    .filter((spelling) => spelling.length >= 6)
    .sort((a, b) => b.length - a.length)
    .reduce((left, spelling) => left.replaceAll(spelling, '********'), text)
}

function spellings(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64')
  return [secret, encodeURIComponent(secret), base64, base64.replace(/=+$/, ''), JSON.stringify(secret).slice(1, -1)]
}

/** A webhook's URL and the parts of it that are secrets of their own. */
export function secretsOfUrl(url: string): string[] {
  const { pathname, search } = new URL(url)
  const parts = pathname.split('/').filter((part) => part.length >= 8)
  return [url, `${pathname}${search}`, pathname, search, ...parts]
}
