/** The channel's settings: what stands in the config, checked before anything is sent. */
import { X509Certificate } from 'node:crypto'

import { type Address, readAddress, readAddresses } from './addresses.js'
import { settingsError } from './settings-error.js'
import { hasControls } from './text.js'

/** How TLS comes about: from the first byte, or by the STARTTLS command. There is no third way. */
export type TlsMode = 'implicit' | 'starttls'

/** Settings that can be used as they are. */
export interface EmailSettings {
  host: string
  port: number
  tls: TlsMode
  /** Null where the server takes mail without a login. */
  login: { username: string; password: string } | null
  from: Address
  /** Each address once. */
  to: string[]
  /** PEM certificates that the server's certificate must be signed by; null for those that Node trusts. */
  ca: string | null
  /** The name that the certificate must carry, where it is not `host`. */
  serverName: string | null
  /** Stands before each subject; may be empty. */
  subjectPrefix: string
}

type Raw = Record<string, unknown>

const known = [
  ...['host', 'port', 'tls', 'username', 'password', 'from', 'to', 'smtp_ca', 'server_name', 'subject_prefix'],
  // The command's --webhook-url goes to every channel; it means nothing here.
  'webhook_url',
]
const hostname =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)*\.?$/i
const ipv6 = /^[0-9a-f:.]*:[0-9a-f:.]*$/i

/** Throws an Error with `code: 'ERR_SETTINGS'` that names the setting and says what to write. */
export function readSettings(raw: Raw): EmailSettings {
  const stranger = Object.keys(raw).find((key) => !known.includes(key))
  if (stranger !== undefined) {
    throw settingsError(stranger, `is not a setting of this channel; it has ${known.slice(0, -1).join(', ')}`)
  }
  const { port, tls } = readPort(raw)
  return {
    host: readHost(raw, 'host', 'the SMTP server, e.g. smtp.example.com') ?? missingHost(),
    port,
    tls,
    login: readLogin(raw),
    from: readAddress(raw.from, 'from'),
    to: readAddresses(raw.to, 'to'),
    ca: readCa(raw),
    serverName: readHost(raw, 'server_name', "the name in the server's certificate, e.g. mail.example.com"),
    subjectPrefix: readText(raw, 'subject_prefix', 'a short text, e.g. "[tuning]"') ?? '',
  }
}

function missingHost(): never {
  throw settingsError('host', 'is missing: write the SMTP server, e.g. smtp.example.com')
}

function readText(raw: Raw, key: string, wanted: string): string | null {
  const value = raw[key]
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string') throw settingsError(key, `must be text, in quotes where it is a number: ${wanted}`)
  if (hasControls(value)) throw settingsError(key, `must not hold a line break or control character: ${wanted}`)
  return value
}

function readHost(raw: Raw, key: string, wanted: string): string | null {
  const value = readText(raw, key, wanted)
  if (value === null || hostname.test(value) || ipv6.test(value)) return value
  throw settingsError(key, `must be a host name without scheme or port: ${wanted}`)
}

function readPort(raw: Raw): { port: number; tls: TlsMode } {
  const tls = readText(raw, 'tls', 'implicit or starttls')
  if (tls !== null && tls !== 'implicit' && tls !== 'starttls') {
    throw settingsError('tls', 'must be implicit (TLS from the start) or starttls; mail is never sent in clear')
  }
  const text = String(raw.port ?? '')
  if (text === '') return tls === 'starttls' ? { port: 587, tls } : { port: 465, tls: 'implicit' }
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) {
    throw settingsError('port', 'must be a number from 1 to 65535, e.g. 465 or 587')
  }
  return { port, tls: tls ?? (port === 465 ? 'implicit' : 'starttls') }
}

function readLogin(raw: Raw): EmailSettings['login'] {
  const username = readText(raw, 'username', 'the name to log in with')
  const password = readText(raw, 'password', 'the password, best as password_file: or ${NAME}')
  if (username === null && password === null) return null
  if (username === null)
    throw settingsError('username', 'is missing: there is a password; write the name to log in with')
  if (password === null) {
    throw settingsError('password', 'is missing: there is a username; write password_file: PATH or password: ${NAME}')
  }
  return { username, password }
}

function readCa(raw: Raw): string | null {
  const wanted = 'certificates in PEM form; write smtp_ca_file: PATH to read them from a file'
  const value = raw.smtp_ca
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string' || !value.includes('-----BEGIN CERTIFICATE-----')) {
    throw settingsError('smtp_ca', `must be ${wanted}`)
  }
  try {
    new X509Certificate(value)
  } catch {
    throw settingsError('smtp_ca', `cannot be read as a certificate; it must be ${wanted}`)
  }
  return value
}
