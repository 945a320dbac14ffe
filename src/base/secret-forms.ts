/** The spellings in which one secret may turn up: as it is, and as URLs, JSON, HTML, YAML, CSV, base64 and hex carry it. */
import { createHash } from 'node:crypto'

import { clean, cleanLine } from './text.js'

/** What stands where a secret was. */
export const hidden = '********'

/** A shorter value is masked where it is shown by its name, and nowhere else: it would blank half of an output. */
export const shortestSecret = 4
/** A form of fewer characters counts only where no letter and no digit adjoins it. */
export const shortestAnywhere = 8

/** One spelling of a secret. */
export interface SecretForm {
  text: string
  /** What is shown in its place. */
  shown: string
  /** So many characters at its start are no secret: a URL's scheme and host. */
  open: number
}

/** Words of every output: nobody's secret is kept by blanking them. */
const everyday = new Set(['true', 'false', 'null', 'none', 'default', 'error', 'warn', 'info', 'http', 'https'])

/** Every form of a secret that is long enough to be told from other text. */
export function formsOf(secret: string): SecretForm[] {
  const url = asUrl(secret)
  const found = new Map<string, SecretForm>()
  for (const text of [...linesOf(secret), ...(url ? urlParts(url) : [])].flatMap(plainForms)) {
    if (text.length < shortestSecret || everyday.has(text.toLowerCase()) || found.has(text)) continue
    found.set(text, { text, ...shownOf(text, secret, url) })
  }
  return [...found.values()]
}

/** A URL is shown by its host wherever it stands whole; any other form is not shown at all. */
function shownOf(text: string, secret: string, url: URL | undefined): Omit<SecretForm, 'text'> {
  const origins = url ? [`${url.protocol}//${url.host}/`, `${url.origin}/`] : []
  const plain = origins.find((origin) => text.startsWith(origin))
  if (plain !== undefined) return { shown: shownUrl(secret), open: plain.length }
  const coded = origins.map(encodeURIComponent).find((origin) => text.startsWith(origin))
  return { shown: hidden, open: coded?.length ?? 0 }
}

/** A secret of several lines, such as a key, is printed line by line by some: each line that tells something counts. */
function linesOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim())
  if (lines.length === 1) return [secret]
  return [secret, ...lines.filter((line) => line.length >= 16 && !line.startsWith('-----'))]
}

function plainForms(secret: string): string[] {
  const written = [
    secret,
    secret.trim(),
    clean(secret),
    cleanLine(secret),
    ...urlEncoded(secret),
    ...jsonLevels(secret),
    secret.replaceAll("'", String.raw`\'`),
    secret.replaceAll("'", "''"),
    secret.replaceAll('"', '""'),
    ...htmlEscaped(secret),
  ]
  const coded = secret.trim().length < shortestAnywhere ? [] : [...base64Forms(secret), ...hexForms(secret)]
  return [...written, ...coded]
}

/** JSON within JSON, as payloads in debug lines are: each level escapes the one before. */
function jsonLevels(text: string): string[] {
  const levels = [jsonEscaped(text)]
  if (levels[0] !== text) while (levels.length < 4) levels.push(jsonEscaped(levels.at(-1)!))
  return levels
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function urlEncoded(text: string): string[] {
  const component = encoded(text)
  if (component === undefined) return []
  const strict = component.replace(/[!'()*]/g, percented)
  const inForm = component.replace(/[!'()~]/g, percented).replaceAll('%20', '+')
  const all = [component, strict, inForm, encodeURI(text), component.replaceAll('%20', '+')]
  return [...all, ...all.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))]
}

function percented(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
}

/** Half a surrogate pair has no URL-encoded form. */
function encoded(text: string): string | undefined {
  try {
    return encodeURIComponent(text)
  } catch {
    return undefined
  }
}

function htmlEscaped(text: string): string[] {
  const angled = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quotes = [
    ['&quot;', '&#39;'],
    ['&#34;', '&#x27;'],
    ['&quot;', '&apos;'],
  ] as const
  return [angled, ...quotes.map(([double, single]) => angled.replaceAll('"', double).replaceAll("'", single))]
}

/** Base64 as a whole, and the part that stays the same wherever the secret stands within what is encoded. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8')
  const whole = bytes.toString('base64')
  const within = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const whollyKnown = Math.floor(((shift + bytes.length) * 8) / 6)
    return text.slice(Math.ceil((shift * 8) / 6), whollyKnown)
  })
  const all = [whole, whole.replace(/=+$/, ''), ...within].filter((text) => text.length >= shortestAnywhere)
  return [...all, ...all.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))]
}

function hexForms(secret: string): string[] {
  const hex = Buffer.from(secret, 'utf8').toString('hex')
  return [hex, hex.toUpperCase()]
}

/** A URL as libraries write it, its path and query as they report them, and the parts of it that hold the secret. */
function urlParts(url: URL): string[] {
  const rest = url.pathname + url.search
  const parts = [...(rest.length >= 12 ? [rest] : []), ...tellingParts(url)]
  return [url.href, ...parts, ...parts.map(percentDecoded)]
}

function tellingParts(url: URL): string[] {
  const segments = url.pathname.split('/').filter((segment) => segment.length >= 8 && looksRandom(segment))
  const values = [...url.searchParams.values()].filter((value) => value.length >= 8)
  return [...segments, ...values, url.username, url.password].filter((part) => part.length >= shortestSecret)
}

function looksRandom(text: string): boolean {
  return /\d/.test(text) || (/[a-z]/.test(text) && /[A-Z]/.test(text))
}

/** The text without percent signs for characters; as it is where they make none. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function asUrl(text: string): URL | undefined {
  if (!/^\s*[a-z][a-z0-9+.-]*:\/\/[^\s/]/i.test(text) || !URL.canParse(text)) return undefined
  return new URL(text)
}

/** A URL that is a secret, as it may be shown: `https://host/…` and a fingerprint by which two can be told apart. */
export function shownUrl(secret: string): string {
  const url = asUrl(secret)
  if (!url) return hidden
  const fingerprint = createHash('sha256').update(secret.trim()).digest('hex').slice(0, 8)
  return `${url.protocol}//${url.host}/…#sha256:${fingerprint}`
}
