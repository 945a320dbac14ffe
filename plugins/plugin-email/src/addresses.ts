/**
 * Mail addresses, from the config alone. Only the plain form is taken: no quoted local part, comment, route or list in
 * one text, since what reads as one address here and as another at the server sends mail to a stranger.
 */
import { settingsError } from './settings-error.js'
import { hasControls } from './text.js'

/** An address with the name that people see. */
export interface Address {
  name: string
  address: string
}

const local = /^(?=.{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@/i
const domain = /@(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i
const maxName = 100
const maxRecipients = 50

/** True for `name@domain` in its plain form, at most 254 characters. */
export function isAddress(text: string): boolean {
  return text.length <= 254 && text.split('@').length === 2 && local.test(text) && domain.test(text)
}

/** `a@example.com`, or `{ name, address }`. Throws ERR_SETTINGS. */
export function readAddress(value: unknown, key: string): Address {
  const wanted = 'one address, e.g. alerts@example.com'
  if (value === undefined || value === null || value === '') throw settingsError(key, `is missing: write ${wanted}`)
  if (typeof value === 'object' && !Array.isArray(value)) return readNamed(value, key)
  if (typeof value !== 'string' || !isAddress(value)) {
    throw settingsError(
      key,
      `must be ${wanted}; a name goes into the form { name: Tuning, address: alerts@example.com }`,
    )
  }
  return { name: '', address: value }
}

function readNamed(value: object, key: string): Address {
  const { name = '', address, ...rest } = value as Record<string, unknown>
  const extra = Object.keys(rest)[0]
  if (extra !== undefined) throw settingsError(`${key}.${extra}`, 'is unknown: write name and address')
  if (typeof name !== 'string' || hasControls(name) || name.length > maxName) {
    throw settingsError(`${key}.name`, `must be a text of one line, at most ${maxName} characters`)
  }
  return { name, address: readAddress(typeof address === 'object' ? 'no' : address, `${key}.address`).address }
}

/** One address or a list of them, each kept once. Throws ERR_SETTINGS. */
export function readAddresses(value: unknown, key: string): string[] {
  const list = Array.isArray(value) ? value : [value]
  if (value === undefined || value === null || list.length === 0) {
    throw settingsError(key, 'is missing: write a list of addresses, e.g. [oncall@example.com]')
  }
  if (list.length > maxRecipients) {
    throw settingsError(key, `has ${list.length} addresses; at most ${maxRecipients} are taken: use a mailing list`)
  }
  const seen = new Map<string, string>()
  for (const [index, entry] of list.entries()) {
    if (typeof entry !== 'string' || !isAddress(entry)) {
      throw settingsError(
        Array.isArray(value) ? `${key}[${index}]` : key,
        'must be one plain address, e.g. oncall@example.com; several are written as a list',
      )
    }
    if (!seen.has(entry.toLowerCase())) seen.set(entry.toLowerCase(), entry)
  }
  return [...seen.values()]
}
