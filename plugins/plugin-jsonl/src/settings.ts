/** The store's settings, `stores.jsonl` of arbk8s.yaml. */

/** When a file is closed and another one begun. */
export interface Rotation {
  /** Bytes; undefined: however big. */
  size: number | undefined
  /** Milliseconds since the file's first record; undefined: however old. */
  ageMs: number | undefined
  /** Closed files that stay, the newest so many. */
  keep: number
}

/** What the store obeys. */
export interface Settings {
  rotate: Rotation | undefined
  chain: boolean
}

const sizeUnits: Record<string, number> = { '': 1, b: 1, k: 1e3, m: 1e6, g: 1e9, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30 }
const ageUnits: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The settings checked. Throws an Error with `code: 'ERR_SETTINGS'` that names the key and what it takes. */
export function settingsOf(given: Record<string, unknown>): Settings {
  only(given, ['rotate', 'chain'], '')
  const { rotate, chain = false } = given
  if (typeof chain !== 'boolean') throw wrong('chain', 'true or false')
  return { chain, rotate: rotate === undefined ? undefined : rotationOf(rotate) }
}

function rotationOf(given: unknown): Rotation {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw wrong('rotate', 'a mapping such as {size: 64MiB, age: 30d, keep: all}')
  }
  const { size, age, keep = 'all' } = given as Record<string, unknown>
  only(given, ['size', 'age', 'keep'], 'rotate.')
  if (size === undefined && age === undefined) throw wrong('rotate', 'a size or an age, or both')
  if (keep !== 'all' && !(Number.isSafeInteger(keep) && Number(keep) >= 1)) {
    throw wrong('rotate.keep', 'all, or how many closed files stay (1 or more)')
  }
  return {
    size: size === undefined ? undefined : bytesOf(size),
    ageMs: age === undefined ? undefined : ageOf(age),
    keep: keep === 'all' ? Number.POSITIVE_INFINITY : Number(keep),
  }
}

function bytesOf(given: unknown): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmg]i?)?b?$/i.exec(String(given).trim()) ?? []
  const bytes = Math.floor(Number(amount) * sizeUnits[unit.toLowerCase()]!)
  if (amount !== undefined && bytes >= 1) return bytes
  throw wrong('rotate.size', 'bytes, such as 64MiB or 500MB')
}

function ageOf(given: unknown): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(String(given).trim()) ?? []
  const ms = Number(amount) * ageUnits[unit ?? 's']!
  if (unit !== undefined && ms > 0) return ms
  throw wrong('rotate.age', 'a time such as 12h or 30d')
}

function only(given: object, keys: string[], prefix: string): void {
  const unknown = Object.keys(given).find((key) => !keys.includes(key))
  if (unknown !== undefined) throw failure(`${prefix}${unknown} is not known; known are ${keys.join(', ')}`)
}

function wrong(key: string, expected: string): Error {
  return failure(`${key} must be ${expected}`)
}

function failure(what: string): Error {
  return Object.assign(new Error(`the setting stores.jsonl.${what}`), { code: 'ERR_SETTINGS' })
}
